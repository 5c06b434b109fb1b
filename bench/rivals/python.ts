/**
 * PyTorch, SciPy and OpenCV through a python3 that has them, one process each, one thread, and an allocator that keeps its pages
 * (otherwise every call pays for fresh ones, which costs PyTorch up to six times).
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Competitor } from '../competitor.ts'
import type { Problem } from '../problem.ts'

type Library = 'pytorch' | 'scipy' | 'opencv'

const fair = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: '100000000000', OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }

/** One of the libraries; the process starts with the first problem and ends with `close`. */
export function pythonRival(library: Library, python: string): Competitor {
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-bench-'))
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _l2, ...kept } = process.env
  const child = spawn(python, [new URL('python.py', import.meta.url).pathname], { env: { ...kept, ...fair } })
  const ask = asking(child, library)
  return {
    name: library,
    version: `${library} in Python, one thread; the call names its version`,
    refuse: (p) => refusal(library, p),
    prepare: async (p) => {
      const [x, k, y] = ['x', 'k', 'y'].map((name) => join(folder, name)) as [string, string, string]
      writeFileSync(x, p.x)
      writeFileSync(k, p.k)
      const { inputShape, kernelShape, outputShape, geometry: g } = p
      const [stride, dilation, before] = (['stride', 'dilation', 'before'] as const).map((name) => g.axes.map((axis) => axis[name]))
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
          return { values: new Float32Array(new Uint8Array(readFileSync(y)).buffer), layout: 'channels-first', levels: 1.5 }
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
  if (library === 'pytorch') return g.axes.some((axis) => axis.before !== axis.after) ? 'the same padding on both sides only' : undefined
  if (g.channels * g.filters * (bytes ? 1 : g.batch) > 1 || g.axes.some((axis) => axis.stride * axis.dilation > 1))
    return 'one channel, dense, only'
  if (g.axes.some((axis) => Math.max(axis.before, axis.after) > axis.kernel / 2)) return 'no more padding than half a kernel'
  return library === 'opencv' && g.axes.length !== 2 ? 'two axes only' : undefined
}

interface Answer {
  readonly call?: string
  readonly ms?: number
}

/** Sends a line, waits for the one that answers it; what the process said on stderr is the error where it ends. */
function asking(child: ChildProcessWithoutNullStreams, library: string): (job: object) => Promise<Answer> {
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
