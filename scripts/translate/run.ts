/**
 * Runs the code of each system. Python code runs in one process for all cases; JavaScript runs
 * here, and gets its imports as parameters; ImageMagick reads an image in text form.
 */

import { execFileSync, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as stridefold from 'stridefold/sync'
import type { System, Translation } from '../../packages/cli/src/translate/translation.ts'

export interface Numbers {
  readonly x: readonly number[]
  readonly k: readonly number[]
  readonly dtype: 'float32' | 'float64'
}

export interface Answer {
  readonly shape: readonly number[]
  readonly data: readonly number[]
  readonly dtype: string
}

export interface RunnerPaths {
  readonly python: string
  readonly rivals: string
  readonly magick: string
}

type Run = (translation: Translation, numbers: Numbers) => Promise<Answer>

const AsyncFunction = (async () => {}).constructor as new (
  ...parametersAndBody: string[]
) => (...values: unknown[]) => Promise<unknown>

/** Returns the code without its imports, as a function with the imported names as parameters. */
const asFunction = (
  code: string,
  ...names: string[]
): ((...values: unknown[]) => Promise<unknown>) =>
  new AsyncFunction(...names, `{${code.replace(/^import .*$/gm, '')}\nreturn y}`)

export function createRunners({ python, rivals, magick }: RunnerPaths): {
  run(system: System): Run
  close(): void
} {
  const child = spawn(python, [fileURLToPath(new URL('execute.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.on('error', (cause) => {
    process.stderr.write(
      `${python} does not start: ${cause.message}. Set --python to a Python with NumPy, SciPy, ` +
        'PyTorch and OpenCV.\n',
    )
    process.exit(1)
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const requireBaseline = createRequire(new URL('package.json', pathToFileURL(`${rivals}/`)))

  async function runPython(
    system: string,
    { code, x, k }: Translation,
    numbers: Numbers,
  ): Promise<Answer & { model?: string }> {
    const array = (data: readonly number[], shape: readonly number[]): object => ({
      data,
      shape,
      dtype: numbers.dtype,
    })
    child.stdin.write(
      `${JSON.stringify({ system, code, x: array(numbers.x, x.shape), k: array(numbers.k, k.shape) })}\n`,
    )
    const answer = JSON.parse((await lines.next()).value)
    if (answer.error) throw new Error(answer.error)
    return answer
  }

  const js: Readonly<Record<string, Run>> = {
    stridefold: async ({ code, x, k }, numbers) => {
      const Type = numbers.dtype === 'float64' ? Float64Array : Float32Array
      const array = (data: readonly number[], shape: readonly number[]): stridefold.NdArray =>
        stridefold.ndarray(new Type(data), shape)
      const y = (await asFunction(
        code,
        'x',
        'k',
        ...Object.keys(stridefold),
      )(
        array(numbers.x, x.shape),
        array(numbers.k, k.shape),
        ...Object.values(stridefold),
      )) as stridefold.NdArray
      return {
        shape: y.shape,
        data: [...stridefold.contiguous(y).data].map(Number),
        dtype: y.dtype,
      }
    },
    sharp: async ({ code, y }, { x, k }) => {
      const { default: sharp } = await import('sharp')
      const data = (await asFunction(
        code,
        'x',
        'k',
        'sharp',
      )(Uint8Array.from(x), k, sharp)) as Uint8Array
      return { shape: y.shape, data: [...data], dtype: 'uint8' }
    },
    tfjs: async ({ code, x, k }, numbers) => {
      const tf = requireBaseline('@tensorflow/tfjs-core')
      requireBaseline('@tensorflow/tfjs-backend-cpu')
      const y = (await asFunction(
        code,
        'x',
        'k',
        'tf',
      )(tf.tensor(numbers.x, x.shape), tf.tensor(numbers.k, k.shape), tf)) as {
        shape: number[]
        data(): Promise<Float32Array>
      }
      return { shape: y.shape, data: [...(await y.data())], dtype: 'float32' }
    },
    onnx: async (translation, numbers) => {
      const { model } = await runPython('onnx', translation, numbers)
      const ort = requireBaseline('onnxruntime-node')
      const session = await ort.InferenceSession.create(Buffer.from(model!, 'base64'), {
        graphOptimizationLevel: 'disabled',
      })
      const Type = numbers.dtype === 'float64' ? Float64Array : Float32Array
      const { y } = await session.run({
        x: new ort.Tensor(numbers.dtype, new Type(numbers.x), translation.x.shape),
      })
      return { shape: y.dims, data: [...y.data], dtype: y.type }
    },
    imagemagick: async ({ code, x, y }, numbers) => {
      const [, options, method, kernel] = /in\.png (.*) -morphology (\w+) "(.*): \$K"/.exec(code)!
      const [rows, columns] = x.shape
      const text = execFileSync(
        magick,
        [
          'pgm:-',
          ...options!.split(' '),
          '-morphology',
          method!,
          `${kernel}: ${numbers.k.join(',')}`,
          '-depth',
          '8',
          '-compress',
          'none',
          'pgm:-',
        ],
        { input: `P2\n${columns} ${rows}\n255\n${numbers.x.join(' ')}\n` },
      )
      return {
        shape: y.shape,
        data: text.toString().trim().split(/\s+/).slice(4).map(Number),
        dtype: 'uint8',
      }
    },
  }
  return {
    run: ({ name }) =>
      js[name] ?? ((translation, numbers) => runPython(name, translation, numbers)),
    close: () => child.stdin.end(),
  }
}
