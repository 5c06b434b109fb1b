/**
 * Libraries in Python: one process per library. The allocator keeps its pages;
 * otherwise every call gets new ones, which makes PyTorch up to six times slower.
 */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../problem.ts'
import { floats, type Rival, type RivalPlace, threadsText } from './rival.ts'

export type PythonLibrary =
  | 'pytorch'
  | 'scipy'
  | 'scipy-direct'
  | 'opencv'
  | 'numpy-loops'
  | 'numpy-im2col'
  | 'numpy-strides'

/** The names of each library: of its Python module, and of its package for pip. */
const modules: Readonly<Record<PythonLibrary, readonly [name: string, pipPackage: string]>> = {
  pytorch: ['torch', 'torch'],
  scipy: ['scipy', 'scipy'],
  'scipy-direct': ['scipy', 'scipy'],
  opencv: ['cv2', 'opencv-python-headless'],
  'numpy-loops': ['numpy', 'numpy'],
  'numpy-im2col': ['numpy', 'numpy'],
  'numpy-strides': ['numpy', 'numpy'],
}

const childEnvironment = (threads: number) => ({
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '100000000000',
  OMP_NUM_THREADS: `${threads}`,
  OPENBLAS_NUM_THREADS: `${threads}`,
})

/**
 * Returns the version of a library in that Python. Throws an `Error` that names the missing part
 * and the command that installs it; its cause is the message of the system or of Python.
 */
export function versionIn(python: string, library: PythonLibrary): string {
  const [name, pipPackage] = modules[library]
  const { error, status, stdout, stderr } = spawnSync(
    python,
    ['-c', `import numpy, ${name}; print(${name}.__version__)`],
    { encoding: 'utf8', windowsHide: true },
  )
  if (error)
    throw new Error(
      `'${python}' does not start (${error.message}); name a Python that has ${name} with ` +
        '--python PATH',
      { cause: error.message },
    )
  if (status === 0) return stdout.trim()
  const reason = stderr.trim().split('\n').at(-1) ?? 'no reason given'
  throw new Error(
    `'${python}' cannot load it (${reason}); run ${python} -m pip install numpy ` +
      `${pipPackage}, or name another with --python PATH`,
    { cause: reason },
  )
}

/** Returns one of the libraries as a rival. It starts the Python process; `close` ends it. */
export function pythonRival(library: PythonLibrary, { python, threads = 1 }: RivalPlace): Rival {
  const version = versionIn(python, library)
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-rival-'))
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _l2, ...environment } = process.env
  // Detached, so that Ctrl-C reaches only this process, which still reads results. The other one
  // ends when its input ends.
  const script = fileURLToPath(new URL('../../assets/rivals.py', import.meta.url))
  const child = spawn(python, [script], {
    env: { ...environment, ...childEnvironment(threads) },
    detached: true,
    windowsHide: true,
  })
  const request = createRequester(child, library)
  return {
    name: library,
    version,
    about: `${modules[library][0]} ${version} in Python, ${threadsText(threads)}`,
    unsupportedReason: (p) => unsupportedReason(library, p),
    prepare: async (p) => {
      const [x, k, y] = ['x', 'k', 'y'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ]
      writeFileSync(x, floats(p.x))
      writeFileSync(k, floats(p.k))
      const { inputShape, kernelShape, outputShape, isBytes, geometry: g } = p
      const [stride, dilation, before] = (['stride', 'dilation', 'before'] as const).map((name) =>
        g.axes.map((axis) => axis[name]),
      )
      const { call } = await request({
        ...{ library, threads, x, k, inputShape, kernelShape, outputShape },
        ...{ stride, dilation, before, groups: g.groups, bytes: isBytes },
        separable: p.weights !== 'random',
      })
      return {
        call: `${call}`,
        output: async () => {
          await request({ show: y })
          const values = new Float32Array(new Uint8Array(readFileSync(y)).buffer)
          return { values, levels: 1 }
        },
        run: () => {},
        timed: async (calls) => Number((await request({ calls })).ms),
        close: () => {},
      }
    },
    close: () => {
      child.kill()
      rmSync(folder, { recursive: true })
    },
  }
}

function unsupportedReason(
  library: PythonLibrary,
  { geometry: g, isBytes }: Problem,
): string | undefined {
  if (isBytes && library !== 'opencv') return 'float32 only'
  if (library === 'pytorch')
    return g.axes.some((axis) => axis.before !== axis.after)
      ? 'equal padding on both sides only'
      : undefined
  if (
    g.channels * g.filters * (isBytes ? 1 : g.batch) > 1 ||
    g.axes.some((axis) => axis.stride * axis.dilation > 1)
  )
    return 'one channel, stride 1 and dilation 1 only'
  if (library.startsWith('numpy') || library === 'scipy-direct')
    return g.axes.length !== 2 || g.axes.some((axis) => axis.before !== 0 || axis.after !== 0)
      ? 'two axes without padding only'
      : undefined
  if (g.axes.some((axis) => Math.max(axis.before, axis.after) > axis.kernel / 2))
    return 'padding of at most half a kernel'
  return library === 'opencv' && g.axes.length !== 2 ? 'two axes only' : undefined
}

interface Answer {
  readonly call?: string
  readonly ms?: number
  readonly error?: string
}

/**
 * Returns a function that sends a line with a job and waits for the line with the answer. If the
 * process ends, the function throws an `Error` with the text of stderr; if the job fails, with its
 * message.
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
    const answer = JSON.parse(value) as Answer
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }
}
