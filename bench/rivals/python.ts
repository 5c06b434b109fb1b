/**
 * PyTorch, SciPy and OpenCV in Python: one process per library, with one thread. The allocator
 * keeps its pages; otherwise every call gets new ones, which makes PyTorch up to six times slower.
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

const childEnvironment = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '100000000000',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
}

/** The names of each library: of its Python module, and of its package for pip. */
const modules: Readonly<Record<Library, readonly [name: string, pipPackage: string]>> = {
  pytorch: ['torch', 'torch'],
  scipy: ['scipy', 'scipy'],
  opencv: ['cv2', 'opencv-python-headless'],
}

/**
 * Returns the version of a library in that Python. Throws an `Error` that names the missing part
 * and the command that installs it.
 */
export function versionIn(python: string, library: Library): string {
  const [name, pipPackage] = modules[library]
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
      `${pipPackage}, or name another with --python PATH`,
  )
}

/** Returns one of the libraries as a baseline. It starts the Python process; `close` ends it. */
export function pythonBaseline(library: Library, python: string): Baseline {
  const version = versionIn(python, library)
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-bench-'))
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _l2, ...environment } = process.env
  // Detached, so that Ctrl-C reaches only the benchmark, which still reads results. The process
  // ends when its input ends.
  const child = spawn(python, [fileURLToPath(new URL('python.py', import.meta.url))], {
    env: { ...environment, ...childEnvironment },
    detached: true,
  })
  const request = createRequester(child, library)
  return {
    name: library,
    version: `${modules[library][0]} ${version} in Python, one thread`,
    unsupportedReason: (p) => unsupportedReason(library, p),
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
      const { call } = await request(job)
      return {
        call: `${call}`,
        output: async () => {
          await request({ show: y })
          return {
            values: new Float32Array(new Uint8Array(readFileSync(y)).buffer),
            layout: 'channels-first',
            levels: 1.5,
          }
        },
        round: async (minMs) => Number((await request({ least: minMs })).ms),
        close: () => {},
      }
    },
    close: () => {
      child.kill()
      rmSync(folder, { recursive: true })
    },
  }
}

function unsupportedReason(library: Library, { geometry: g, bytes }: Problem): string | undefined {
  if (bytes && library !== 'opencv') return 'float32 only'
  if (library === 'pytorch')
    return g.axes.some((axis) => axis.before !== axis.after)
      ? 'equal padding on both sides only'
      : undefined
  if (
    g.channels * g.filters * (bytes ? 1 : g.batch) > 1 ||
    g.axes.some((axis) => axis.stride * axis.dilation > 1)
  )
    return 'one channel, stride 1 and dilation 1 only'
  if (g.axes.some((axis) => Math.max(axis.before, axis.after) > axis.kernel / 2))
    return 'padding of at most half a kernel'
  return library === 'opencv' && g.axes.length !== 2 ? 'two axes only' : undefined
}

interface Answer {
  readonly call?: string
  readonly ms?: number
}

/**
 * Returns a function that sends a line with a job and waits for the line with the answer. If the
 * process ends, the function throws an `Error` with the text of stderr.
 */
function createRequester(
  child: ChildProcessWithoutNullStreams,
  library: string,
): (job: object) => Promise<Answer> {
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  let stderrText = ''
  child.stderr.on('data', (chunk) => {
    stderrText += chunk
  })
  child.on('error', (error) => {
    stderrText += error.message
  })
  child.stdin.on('error', () => {})
  return async (job) => {
    child.stdin.write(`${JSON.stringify(job)}\n`)
    const { value, done } = await answers.next()
    if (done) throw new Error(`${library}: the Python process ended. ${stderrText.trim()}`)
    return JSON.parse(value) as Answer
  }
}
