/**
 * Baselines: other libraries in the same run. They are those installed in the current folder, and
 * those of a Python.
 *
 * Each baseline opens once and prepares one problem at a time (an N × N input, a small kernel, no
 * padding). If it runs in another process, that process measures its time. A missing library is
 * listed with the reason.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { codeOf } from '../failure.ts'
import type { Contender } from '../measure/interleaved.ts'
import { modelType } from '../profile/onnx-messages.ts'
import type { Matrix } from './as-written/article1.ts'

/** A library prepared for one problem: its result, and a function that runs it again. */
export interface Prepared extends Contender {
  readonly result: ArrayLike<number>
  readonly close: () => void
}

export interface Baseline {
  readonly name: string
  readonly version: string
  readonly prepare: (x: Matrix, k: Matrix) => Promise<Prepared>
  readonly close: () => void
}

export interface Baselines {
  readonly available: readonly Baseline[]
  readonly missing: readonly { readonly name: string; readonly reason: string }[]
  readonly close: () => void
}

/** Opens all available baselines. `folder`: the folder whose node_modules is searched. */
export async function openBaselines(folder: string, python: string): Promise<Baselines> {
  const require = createRequire(join(folder, 'package.json'))
  const available: Baseline[] = []
  const missing: { name: string; reason: string }[] = [...neverAvailable]
  const script = await Promise.all(
    Object.entries(openers).map(async ([name, open]) => {
      try {
        return await open(require)
      } catch (error) {
        missing.push({ name, reason: reasonOf(error) })
        return undefined
      }
    }),
  )
  available.push(...script.filter((baseline) => baseline !== undefined))
  const other = await openPythonBaselines(python)
  available.push(...other.available)
  missing.push(...other.missing)
  return { available, missing, close: () => available.forEach((baseline) => baseline.close()) }
}

const reasonOf = (error: unknown): string =>
  codeOf(error) === 'MODULE_NOT_FOUND'
    ? 'not installed in this folder'
    : ((error instanceof Error ? error.message : `${error}`).split('\n')[0] ?? '')

/** Libraries that cannot take part, whatever is installed. */
const neverAvailable = [
  {
    name: 'sharp',
    reason: 'its kernels start at 3×3, and it clips results to sample values of an image',
  },
] as const

const float32 = ({ data }: Matrix): Float32Array => Float32Array.from(data)

interface Tensor {
  dataSync(): Float32Array
  dispose(): void
}
interface Tf {
  readonly version_core: string
  conv2d(x: Tensor, k: Tensor, stride: number, pad: 'valid'): Tensor
  tensor4d(values: Float32Array, shape: readonly number[]): Tensor
  setBackend(name: 'wasm'): Promise<boolean>
  ready(): Promise<void>
}
interface Cv {
  matFromArray(rows: number, columns: number, type: number, values: ArrayLike<number>): CvMat
  Mat: new () => CvMat
  Point: new (x: number, y: number) => object
  readonly CV_32F: number
  readonly BORDER_CONSTANT: number
  filter2D(
    x: CvMat,
    y: CvMat,
    depth: number,
    k: CvMat,
    anchor: object,
    delta: number,
    border: number,
  ): void
}
interface CvMat {
  readonly data32F: Float32Array
  delete(): void
}
interface Ort {
  readonly env: {
    readonly wasm: { numThreads: number }
    readonly versions: { readonly web?: string }
  }
  readonly InferenceSession: { create(model: Uint8Array): Promise<OrtSession> }
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object
}
interface OrtSession {
  run(inputs: object): Promise<{ readonly y: { readonly data: Float32Array } }>
  release(): Promise<void>
}

const openers: Readonly<Record<string, (require: NodeJS.Require) => Promise<Baseline>>> = {
  'TensorFlow.js wasm': async (require) => {
    const tf = require('@tensorflow/tfjs-core') as Tf
    const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void }
    wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
    await tf.setBackend('wasm')
    await tf.ready()
    const name = 'TensorFlow.js wasm'
    return {
      ...{ name, version: tf.version_core },
      prepare: async (x, k) => {
        const [a, b] = [
          tf.tensor4d(float32(x), [1, x.rows, x.columns, 1]),
          tf.tensor4d(float32(k), [k.rows, k.columns, 1, 1]),
        ]
        const run = (): Tensor => tf.conv2d(a, b, 1, 'valid')
        return {
          name,
          run: () => run().dispose(),
          result: run().dataSync(),
          close: () => {
            a.dispose()
            b.dispose()
          },
        }
      },
      close: () => {},
    }
  },
  'ONNX Runtime Web': async (require) => {
    const ort = (await import(pathToFileURL(require.resolve('onnxruntime-web')).href)) as {
      default?: Ort
    } & Ort
    const { env, InferenceSession, Tensor: OrtTensor } = ort.default ?? ort
    env.wasm.numThreads = 1
    const name = 'ONNX Runtime Web'
    return {
      ...{ name, version: env.versions.web ?? '' },
      prepare: async (x, k) => {
        const value = (of: string, shape: readonly number[]): object => ({
          name: of,
          type: {
            tensor_type: {
              elem_type: 1,
              shape: { dim: shape.map((dim_value) => ({ dim_value })) },
            },
          },
        })
        const shape = [1, 1, x.rows, x.columns]
        const weight = {
          name: 'k',
          dims: [1, 1, k.rows, k.columns],
          data_type: 1,
          raw_data: Buffer.from(float32(k).buffer as ArrayBuffer),
        }
        const node = { op_type: 'Conv', name: 'conv', input: ['x', 'k'], output: ['y'] }
        const output = value('y', [1, 1, x.rows - k.rows + 1, x.columns - k.columns + 1])
        const graph = {
          name: 'one',
          node: [node],
          initializer: [weight],
          input: [value('x', shape)],
          output: [output],
        }
        const session = await InferenceSession.create(
          modelType.encode({ ir_version: 8, graph, opset_import: [{ version: 13 }] }).finish(),
        )
        const feeds = { x: new OrtTensor('float32', float32(x), shape) }
        return {
          name,
          run: () => session.run(feeds),
          result: (await session.run(feeds)).y.data,
          close: () => void session.release(),
        }
      },
      close: () => {},
    }
  },
  'OpenCV.js': async (require) => {
    // The library is a thenable that resolves to itself, so awaiting it directly would never end.
    const { cv: loaded } = await new Promise<{ cv: Cv }>((resolve) => {
      const library = require('@techstark/opencv-js') as Cv & {
        then?: (use: (cv: Cv) => void) => void
        onRuntimeInitialized?: () => void
      }
      if (library.Mat !== undefined) resolve({ cv: library })
      else if (library.then !== undefined) library.then((cv) => resolve({ cv }))
      else library.onRuntimeInitialized = () => resolve({ cv: library })
    })
    const name = 'OpenCV.js'
    const { version } = require('@techstark/opencv-js/package.json') as { version: string }
    return {
      ...{ name, version },
      prepare: async (x, k) => {
        const [a, b] = [x, k].map((m) =>
          loaded.matFromArray(m.rows, m.columns, loaded.CV_32F, m.data),
        ) as [CvMat, CvMat]
        const y = new loaded.Mat()
        const anchor = new loaded.Point(0, 0)
        const run = (): void => loaded.filter2D(a, y, -1, b, anchor, 0, loaded.BORDER_CONSTANT)
        run()
        const [rows, columns] = [x.rows - k.rows + 1, x.columns - k.columns + 1]
        const all = y.data32F
        const result = Float32Array.from(
          { length: rows * columns },
          (_, i) => all[Math.floor(i / columns) * x.columns + (i % columns)]!,
        )
        return {
          ...{ name, run, result },
          close: () => {
            for (const m of [a, b, y]) m.delete()
          },
        }
      },
      close: () => {},
    }
  },
}

const inPython = [
  'NumPy: loops',
  'NumPy: im2col',
  'NumPy: strides',
  'PyTorch',
  'SciPy',
  'OpenCV',
] as const

/**
 * Makes the allocator keep its pages. Otherwise every call pays for new pages, which would be
 * unfair.
 */
const pythonEnvironment = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '100000000000',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
}

async function openPythonBaselines(
  python: string,
): Promise<Pick<Baselines, 'available' | 'missing'>> {
  const script = fileURLToPath(new URL('../../assets/baselines.py', import.meta.url))
  const available: Baseline[] = []
  const missing: { name: string; reason: string }[] = []
  const testInput = { rows: 3, columns: 3, data: new Float64Array(9) }
  for (const name of inPython) {
    // Detached, so that Ctrl-C does not end it before it answers. It ends when its stdin closes.
    const child = spawn(python, [script], {
      detached: true,
      windowsHide: true,
      env: { ...process.env, ...pythonEnvironment },
    })
    const ask = requestFunction(child)
    const baseline: Baseline = {
      name,
      version: '',
      prepare: async (x, k) => {
        const toBase64 = (m: Matrix): string =>
          Buffer.from(float32(m).buffer as ArrayBuffer).toString('base64')
        const job = {
          name,
          x: toBase64(x),
          xShape: [x.rows, x.columns],
          k: toBase64(k),
          kShape: [k.rows, k.columns],
        }
        const { result = '', version } = await ask(job)
        const bytes = Buffer.from(result, 'base64')
        return {
          name,
          ...{
            version,
            result: new Float32Array(
              bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
            ),
          },
          run: () => {},
          timed: async (calls: number) => Number((await ask({ calls })).ms),
          close: () => {},
        }
      },
      close: () => void child.kill(),
    }
    try {
      const trial = (await baseline.prepare(testInput, {
        ...testInput,
        rows: 2,
        columns: 2,
        data: new Float64Array(4),
      })) as { version?: string }
      available.push({ ...baseline, version: trial.version ?? '' })
    } catch (error) {
      missing.push({
        name,
        reason: error instanceof Error ? error.message.split('\n').at(-1)! : `${error}`,
      })
      baseline.close()
    }
  }
  return { available, missing }
}

interface Answer {
  readonly ms?: number
  readonly result?: string
  readonly version?: string
  readonly error?: string
}

/** Sends a line of JSON and waits for the line that answers it. */
function requestFunction(child: ChildProcessWithoutNullStreams): (job: object) => Promise<Answer> {
  let stderrText = ''
  child.stderr.on('data', (chunk) => {
    stderrText += chunk
  })
  const failed = new Promise<never>((_, reject) => child.on('error', reject))
  failed.catch(() => {})
  child.stdin.on('error', () => {})
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  return async (job) => {
    child.stdin.write(`${JSON.stringify(job)}\n`)
    const { value, done } = await Promise.race([answers.next(), failed])
    if (done) throw new Error(stderrText.trim() || 'the Python process ended')
    const answer = JSON.parse(value) as Answer
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }
}
