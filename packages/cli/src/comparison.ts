/**
 * Compares all algorithms on one image: time, memory, and difference from a reference.
 *
 * The reference is the definition as loops in float64. The algorithms run in turns, so that a busy
 * moment of the machine affects all of them. Each algorithm gets an equal share of the time. Its
 * first run compiles and is checked. The first run counts as a sample only if there is no time for
 * a second one.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Contender, interleaved, median, timeOnce } from '@stridefold/measure'
import { asStrided, type NdArray, ndarray, type Plan, plan, zeros } from 'stridefold/sync'
import { compareWithDefinition, type Definition, definition } from 'stridefold/verify'
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
  readonly result: NdArray<'float32'>
  /** The result with the largest difference from the reference; undefined if none differs. */
  readonly farthest: { readonly algorithm: string; readonly differences: Differences } | undefined
  readonly reference: Reference
}

/** The largest difference among the channels of each pixel. */
export interface Differences {
  readonly height: number
  readonly width: number
  /** Row by row. */
  readonly values: Float32Array
}

/** The definition for a window of the output. */
export interface Reference {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
  /** False if the window is only a part of the result. */
  readonly isComplete: boolean
  readonly expected: Definition
}

export interface ComparisonRequest {
  /** Height × width × channels, dense. */
  readonly input: NdArray<'float32'>
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

interface AlgorithmRun extends Contender {
  readonly plan: Plan
  readonly difference: number
}

/**
 * Runs, checks and times all algorithms that support the problem. `progress` receives a share from
 * 0 to 1.
 */
export async function compare(request: ComparisonRequest, progress: Progress): Promise<Comparison> {
  const { input, kernel, budgetMs } = request
  const weights = ndarray(Float32Array.from(kernel.weights), kernel.shape)
  const options = { channelAxis: -1, kernel: weights, memoryLimit: maxWorkspace, threads: 1 }
  const planWith = (algorithm: string): Plan =>
    plan('correlate', input.shape, kernel.shape, { ...options, algorithm })
  const out = zeros(input.shape, 'float32')

  progress(0, 'the definition in float64')
  await nextTurn()
  const auto = planWith('auto')
  const reference = referenceOf(request, auto)
  const skipped: SkippedAlgorithm[] = []
  const runs: AlgorithmRun[] = []
  let result: NdArray<'float32'> | undefined
  let farthest: Comparison['farthest']
  let maxDifference = 0
  for (const [
    i,
    { algorithm: name, refused: reason, milliseconds: predicted, errorBound },
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
    const run = (): unknown => candidatePlan.runSync(input, weights, out)
    const { milliseconds: firstRun } = timeOnce(run)
    const { difference, differences } = differencesOf(out, reference, errorBound)
    if (name === auto.algorithm) result = copyOf(out)
    if (difference > maxDifference) {
      maxDifference = difference
      farthest = { algorithm: name, differences }
    }
    // A run that takes the whole share of its algorithm is not repeated.
    const isLong = firstRun > budgetMs / auto.candidates.length
    runs.push({ name, run, plan: candidatePlan, taken: isLong ? [firstRun] : [], difference })
  }
  const sampled = await interleaved(
    runs,
    { samples: maxRuns, minMs: 0, budgetMs, equalTime: { fewest: minRuns } },
    { progress: (share, what) => progress(0.3 + 0.7 * share, `timing ${what}`) },
  )
  const measured = runs.map(
    ({ plan: { algorithm, backend, workspaceBytes }, difference }, i): MeasuredAlgorithm => {
      const times = sampled[i]!.samples.toSorted((a, b) => a - b)
      return { algorithm, backend, times, median: median(times), workspaceBytes, difference }
    },
  )
  for (const algorithmRun of runs) algorithmRun.plan.dispose()
  const chosen = { algorithm: auto.algorithm, backend: auto.backend, decision: auto.decision }
  return { measured, skipped, chosen, result: result!, farthest, reference }
}

/**
 * The definition in float64. If the whole result takes too long, only a window in its middle, away
 * from the border.
 */
function referenceOf(
  { input, kernel, maxReferenceProducts }: ComparisonRequest,
  { geometry }: Plan,
): Reference {
  const [height, width, channels] = input.shape as readonly [number, number, number]
  const [rows, columns] = kernel.shape as readonly [number, number]
  const operands = {
    input: channelPlanes(input),
    kernel: ndarray(Float64Array.from(kernel.weights), [1, 1, rows, columns]),
  }
  const products = height * width * channels * rows * columns
  if (products <= maxReferenceProducts) {
    const expected = definition(geometry, operands)
    return { top: 0, left: 0, height, width, isComplete: true, expected }
  }
  const side = Math.sqrt(maxReferenceProducts / products)
  const size = {
    height: Math.max(1, Math.floor((height - rows) * side)),
    width: Math.max(1, Math.floor((width - columns) * side)),
  }
  const top = Math.floor((height - size.height) / 2)
  const left = Math.floor((width - size.width) / 2)
  const region = { start: [top, left], shape: [size.height, size.width] }
  const expected = definition(geometry, operands, { region })
  return { top, left, ...size, isComplete: false, expected }
}

/** A view as one image per channel: [channels, 1, height, width]. */
function channelPlanes(x: NdArray<'float32'>): NdArray {
  const [height, width, channels] = x.shape as readonly [number, number, number]
  return asStrided(x, {
    shape: [channels, 1, height, width],
    strides: [1, 0, width * channels, channels],
  })
}

function differencesOf(
  result: NdArray<'float32'>,
  { width, height, expected }: Reference,
  errorBound: number,
): { readonly difference: number; readonly differences: Differences } {
  const values = new Float32Array(width * height)
  const { difference } = compareWithDefinition(
    expected,
    channelPlanes(result),
    { errorBound },
    (distance, i) => {
      const pixel = i % values.length
      values[pixel] = Math.max(values[pixel]!, distance)
    },
  )
  return { difference, differences: { width, height, values } }
}

const copyOf = (x: NdArray<'float32'>): NdArray<'float32'> => ndarray(x.data.slice(), x.shape)
