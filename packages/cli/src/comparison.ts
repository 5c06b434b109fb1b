/**
 * Compares all algorithms on one image: time, memory, and difference from a reference.
 *
 * The reference is the definition as loops in float64. The algorithms run in turns, so that a busy
 * moment of the machine affects all of them. Each algorithm gets an equal share of the time. Its
 * first run compiles and is checked. The first run counts as a sample only if there is no time for
 * a second one.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { correlate, type NdArray, ndarray, type Plan, plan, zeros } from 'stridefold/sync'
import type { Kernel } from './kernel-argument.ts'

/** One algorithm's row. */
export interface MeasuredAlgorithm {
  readonly algorithm: string
  readonly backend: string
  /** Milliseconds, ascending. */
  readonly times: readonly number[]
  readonly median: number
  readonly workspaceBytes: number
  /** Largest absolute difference from the reference, in sample values. */
  readonly difference: number
}

export interface SkippedAlgorithm {
  readonly algorithm: string
  readonly reason: string
}

export interface Comparison {
  readonly measured: readonly MeasuredAlgorithm[]
  readonly skipped: readonly SkippedAlgorithm[]
  readonly chosen: {
    readonly algorithm: string
    readonly backend: string
    readonly decision: string
  }
  /** Height × width × channels, computed by the algorithm that `auto` chose. */
  readonly result: NdArray<Float32Array>
  /** The result with the largest difference from the reference; undefined if none differs. */
  readonly farthest:
    | { readonly algorithm: string; readonly result: NdArray<Float32Array> }
    | undefined
  readonly reference: Reference
}

/** The reference result for a window of the output. */
export interface Reference {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
  readonly values: Float64Array
  /** False if the window is only a part of the result. */
  readonly isComplete: boolean
}

export interface ComparisonRequest {
  /** Height × width × channels, dense. */
  readonly input: NdArray<Float32Array>
  readonly kernel: Kernel
  /** Time for the timed runs of all algorithms together. */
  readonly budgetMs: number
  /**
   * Largest number of products of the reference. Above it, the reference covers only a window in
   * the middle.
   */
  readonly maxReferenceProducts: number
}

export type Progress = (done: number, what: string) => void

const minRuns = 3
const maxRuns = 25
/**
 * An algorithm that needs more workspace (bytes) or time for one run is skipped, with this as the
 * reason.
 */
const maxWorkspace = 2 ** 31
const maxPredictedMs = 10_000

interface AlgorithmRun {
  readonly plan: Plan
  readonly times: number[]
  readonly difference: number
  /** Milliseconds of the timed runs so far. */
  spent: number
}

/**
 * Runs, checks and times all algorithms that support the problem. `progress` receives a share from
 * 0 to 1.
 */
export async function compare(request: ComparisonRequest, progress: Progress): Promise<Comparison> {
  const { input, kernel, budgetMs } = request
  const weights = ndarray(Float32Array.from(kernel.weights), kernel.shape)
  const options = { channelAxis: -1, kernel: weights, memoryLimit: maxWorkspace }
  const planWith = (algorithm: string): Plan =>
    plan('correlate', input.shape, kernel.shape, { ...options, algorithm })
  const out = zeros(input.shape, 'float32')

  progress(0, 'the definition in float64')
  await nextTurn()
  const reference = referenceOf(request)
  const auto = planWith('auto')
  const skipped: SkippedAlgorithm[] = []
  const runs: AlgorithmRun[] = []
  let result: NdArray<Float32Array> | undefined
  let farthest: Comparison['farthest']
  let maxDifference = 0
  for (const [
    i,
    { algorithm: name, refused: reason, milliseconds: predicted },
  ] of auto.candidates.entries()) {
    const skipReason =
      reason ??
      (predicted > maxPredictedMs
        ? `one run would take more than ${maxPredictedMs / 1000} s`
        : undefined)
    if (skipReason !== undefined) {
      skipped.push({ algorithm: name, reason: skipReason })
      continue
    }
    progress(0.1 + (0.2 * i) / auto.candidates.length, `checking ${name}`)
    await nextTurn()
    const candidatePlan = planWith(name)
    const start = performance.now()
    candidatePlan.runSync(input, weights, out)
    const firstRun = performance.now() - start
    const difference = largestDifference(out, reference)
    if (name === auto.algorithm) result = copyOf(out)
    if (difference > maxDifference) {
      maxDifference = difference
      farthest = { algorithm: name, result: copyOf(out) }
    }
    // A run that takes the whole share of its algorithm is not repeated.
    const isLong = firstRun > budgetMs / auto.candidates.length
    runs.push({
      plan: candidatePlan,
      times: isLong ? [firstRun] : [],
      difference,
      spent: isLong ? firstRun : 0,
    })
  }
  await timeInTurns(
    runs,
    budgetMs,
    (algorithmRun) => {
      const start = performance.now()
      algorithmRun.plan.runSync(input, weights, out)
      return performance.now() - start
    },
    progress,
  )
  const measured = runs.map(summarise)
  for (const algorithmRun of runs) algorithmRun.plan.dispose()
  const chosen = { algorithm: auto.algorithm, backend: auto.backend, decision: auto.decision }
  return { measured, skipped, chosen, result: result!, farthest, reference }
}

/**
 * Runs the algorithms in turns until each has used its share of the time. Each runs at least once,
 * and at least three times unless a run is long.
 */
async function timeInTurns(
  runs: readonly AlgorithmRun[],
  budgetMs: number,
  run: (algorithmRun: AlgorithmRun) => number,
  progress: Progress,
): Promise<void> {
  const share = budgetMs / runs.length
  const isDone = ({ times, spent }: AlgorithmRun): boolean =>
    times.length >= maxRuns ||
    (times.length > 0 &&
      spent + spent / times.length > share &&
      (times.length >= minRuns || spent > share / 2))
  for (let round = 0; !runs.every(isDone); round++) {
    for (const algorithmRun of runs) {
      if (isDone(algorithmRun)) continue
      const used =
        runs.reduce((sum, { spent }) => sum + Math.min(1, spent / share), 0) / runs.length
      progress(
        0.3 + 0.7 * Math.max(used, round / maxRuns),
        `timing ${algorithmRun.plan.algorithm}, run ${round + 1}`,
      )
      await nextTurn()
      const milliseconds = run(algorithmRun)
      algorithmRun.times.push(milliseconds)
      algorithmRun.spent += milliseconds
    }
  }
}

function summarise({
  plan: { algorithm, backend, workspaceBytes },
  times,
  difference,
}: AlgorithmRun): MeasuredAlgorithm {
  const sorted = times.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
  return { algorithm, backend, times: sorted, median, workspaceBytes, difference }
}

/**
 * The definition in float64. If the whole result takes too long, only a window in its middle, away
 * from the border.
 */
function referenceOf({ input, kernel, maxReferenceProducts }: ComparisonRequest): Reference {
  const [height, width, channels] = input.shape as readonly [number, number, number]
  const [rows, columns] = kernel.shape as readonly [number, number]
  const weights = ndarray(Float64Array.from(kernel.weights), kernel.shape)
  const options = { channelAxis: -1, algorithm: 'naive', backend: 'js' } as const
  const products = height * width * channels * rows * columns
  if (products <= maxReferenceProducts) {
    const x = ndarray(Float64Array.from(input.data), input.shape)
    const values = correlate(x, weights, options).data as Float64Array
    return { top: 0, left: 0, height, width, values, isComplete: true }
  }
  const side = Math.sqrt(maxReferenceProducts / products)
  const size = {
    height: Math.max(1, Math.floor((height - rows) * side)),
    width: Math.max(1, Math.floor((width - columns) * side)),
  }
  const top = Math.floor((height - size.height) / 2)
  const left = Math.floor((width - size.width) / 2)
  // Output (top, left) reads from half a kernel before it, because `same` centres the kernel.
  const first = [top - Math.floor((rows - 1) / 2), left - Math.floor((columns - 1) / 2)] as const
  const x = Float64Array.from(
    { length: (size.height + rows - 1) * (size.width + columns - 1) * channels },
    (_, i) => {
      const pixel = Math.floor(i / channels)
      const row = first[0] + Math.floor(pixel / (size.width + columns - 1))
      const column = first[1] + (pixel % (size.width + columns - 1))
      return input.data[(row * width + column) * channels + (i % channels)]!
    },
  )
  const shape = [size.height + rows - 1, size.width + columns - 1, channels]
  const values = correlate(ndarray(x, shape), weights, { ...options, mode: 'valid' })
    .data as Float64Array
  return { top, left, ...size, values, isComplete: false }
}

function largestDifference(result: NdArray<Float32Array>, reference: Reference): number {
  let maxDifference = 0
  forEachDifference(result, reference, (difference) => {
    if (difference > maxDifference || Number.isNaN(difference)) maxDifference = difference
  })
  return maxDifference
}

/**
 * Calls `visit` with |result − reference| and the pixel in the window of the reference, channel by
 * channel.
 */
export function forEachDifference(
  result: NdArray<Float32Array>,
  reference: Reference,
  visit: (difference: number, pixel: number) => void,
): void {
  const [, width, channels] = result.shape as readonly [number, number, number]
  const rowLength = reference.width * channels
  for (let row = 0; row < reference.height; row++) {
    const from = ((reference.top + row) * width + reference.left) * channels
    for (let i = 0; i < rowLength; i++) {
      const at = row * rowLength + i
      visit(Math.abs(result.data[from + i]! - reference.values[at]!), Math.floor(at / channels))
    }
  }
}

const copyOf = (x: NdArray<Float32Array>): NdArray<Float32Array> => ndarray(x.data.slice(), x.shape)
