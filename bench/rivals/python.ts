/**
 * PyTorch, SciPy and OpenCV through a python3 that has them, one process each, one thread, and an
 * allocator that keeps its pages (otherwise every call pays for fresh ones, which costs PyTorch up
 * to six times).
 */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Baseline } from '../baseline.ts'
import type { Problem } from '../problem.ts'

type Library = 'pytorch' | 'scipy' | 'opencv'

const fair = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '100000000000',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
}

/** What Python calls a library, and what its installer does. */
const modules: Readonly<Record<Library, readonly [name: string, installed: string]>> = {
  pytorch: ['torch', 'torch'],
  scipy: ['scipy', 'scipy'],
  opencv: ['cv2', 'opencv-python-headless'],
}

/**
 * The library's version in that Python. Throws with a sentence that says what is missing and how to
 * get it.
 */
export function versionIn(python: string, library: Library): string {
  const [name, installed] = modules[library]
  const { error, status, stdout, stderr } = spawnSync(
    python,
    ['-c', `import numpy, ${name}; print(${name}.__version__)`],
    {
      encoding: 'utf8',
    },
  )
  if (error)
    throw new Error(
      `'${python}' does not start (${error.message}); name a Python that has ${name} with ` +
        '--python PATH',
    )
  if (status === 0) return stdout.trim()
  const reason = stderr.trim().split('\n').at(-1) ?? 'no reason given'
  throw new Error(
    `'${python}' cannot load it (${reason}); run ${python} -m pip install numpy ` +
      `${installed}, or name another with --python PATH`,
  )
}

/** One of the libraries; the process starts with the first problem and ends with `close`. */
export function pythonRival(library: Library, python: string): Baseline {
  const version = versionIn(python, library)
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-bench-'))
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _l2, ...kept } = process.env
  // A process group of its own: Ctrl-C is answered by the benchmark, which still wants results. It
  // ends when its input does.
  const child = spawn(python, [fileURLToPath(new URL('python.py', import.meta.url))], {
    env: { ...kept, ...fair },
    detached: true,
  })
  const ask = asking(child, library)
  return {
    name: library,
    version: `${modules[library][0]} ${version} in Python, one thread`,
    refuse: (p) => refusal(library, p),
    prepare: async (p) => {
      const [x, k, y] = ['x', 'k', 'y'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ]
      writeFileSync(x, p.x)
      writeFileSync(k, p.k)
      const { inputShape, kernelShape, outputShape, geometry: g } = p
      const [stride, dilation, before] = (['stride', 'dilation', 'before'] as const).map((name) =>
        g.axes.map((axis) => axis[name]),
      )
      const separable = p.kernel !== 'random'
      const job = {
        library,
        x,
        k,
        y,
        inputShape,
        kernelShape,
        outputShape,
        stride,
        dilation,
        before,
        groups: g.groups,
        separable,
        bytes: p.bytes,
      }
      const { call } = await ask(job)
      return {
        call: `${call}`,
        output: async () => {
          await ask({ show: y })
          return {
            values: new Float32Array(new Uint8Array(readFileSync(y)).buffer),
            layout: 'channels-first',
            levels: 1.5,
          }
        },
        round: async (least) => Number((await ask({ least })).ms),
        close: () => {},
      }
    },
    close: () => {
      child.kill()
      rmSync(folder, { recursive: true })
    },
  }
}

function refusal(library: Library, { geometry: g, bytes }: Problem): string | undefined {
  if (bytes && library !== 'opencv') return 'float32 only'
  if (library === 'pytorch')
    return g.axes.some((axis) => axis.before !== axis.after)
      ? 'the same padding on both sides only'
      : undefined
  if (
    g.channels * g.filters * (bytes ? 1 : g.batch) > 1 ||
    g.axes.some((axis) => axis.stride * axis.dilation > 1)
  )
    return 'one channel, dense, only'
  if (g.axes.some((axis) => Math.max(axis.before, axis.after) > axis.kernel / 2))
    return 'no more padding than half a kernel'
  return library === 'opencv' && g.axes.length !== 2 ? 'two axes only' : undefined
}

interface Answer {
  readonly call?: string
  readonly ms?: number
}

/**
 * Sends a line, waits for the one that answers it; what the process said on stderr is the error
 * where it ends.
 */
function asking(
  child: ChildProcessWithoutNullStreams,
  library: string,
): (job: object) => Promise<Answer> {
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  child.on('error', (error) => {
    said += error.message
  })
  child.stdin.on('error', () => {})
  return async (job) => {
    child.stdin.write(`${JSON.stringify(job)}\n`)
    const { value, done } = await answers.next()
    if (done) throw new Error(`${library}: the Python process ended. ${said.trim()}`)
    return JSON.parse(value) as Answer
  }
}
