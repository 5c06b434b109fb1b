/**
 * How fast is this machine, in the units of the planner? Some programs are timed. Then the rates of
 * the planner's table are changed until its predictions fit the times.
 *
 *   minimise  Σ ρ(log predicted − log measured)² + λ Σ log²(speed)
 *
 * The second sum keeps a rate at its table value where no program says otherwise. Gauss–Newton
 * steps; the slopes come from predictions with one rate changed. ρ limits the weight of a
 * program that was disturbed (Huber 1964).
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { capabilities, loadTuning, planCase, saveTuning, zeros } from 'stridefold/sync'
import { timeOnOneThread } from './one-thread.ts'
import { type Problem, problem } from './problem.ts'
import type { Weights } from './suites.ts'

/** How many times faster than the built-in table, by the name of the rate. */
export type Speeds = Readonly<Record<string, number>>

/** The rates of this machine, and how well they predict. */
export interface Calibration {
  /** The text for `loadTuning`. */
  readonly json: string
  readonly speeds: Speeds
  /** The typical factor between predicted and measured times, before and after. */
  readonly errorBefore: number
  readonly errorAfter: number
  /** How many programs were timed. */
  readonly programs: number
}

/** The rates that are fitted. */
const rates = [
  ...['sums', 'matrices', 'spectra', 'transforms', 'moves', 'scalar'],
  ...['stream', 'move', 'copy', 'cachedCopy', 'run', 'stage'],
]

interface Timed {
  readonly text: string
  readonly weights?: Weights
  readonly algorithms: readonly string[]
}

/** Programs that together use every rate, each a few microseconds to a few milliseconds long. */
const cases: readonly Timed[] = [
  { text: '16 * 3 same', algorithms: ['strided'] },
  { text: '60x60 * 3x3 same', algorithms: ['strided', 'naive'] },
  { text: '1200x1200 * 3x3 same', algorithms: ['strided'] },
  { text: '120x120 * 5x5 same reflect', algorithms: ['strided', 'im2col'] },
  {
    ...{ text: '256x256 * 15x15 same', weights: 'gaussian' },
    algorithms: ['separable', 'fft', 'strided'],
  },
  { text: '5000 * 129 same', algorithms: ['fft', 'strided', 'toeplitz'] },
  { text: '1x1x24x24x24 * 1x1x7x7x7 p3', algorithms: ['fft'] },
  { text: '1x64x28x28 * 64x64x3x3 p1', algorithms: ['strided', 'winograd', 'fft', 'im2col'] },
  { text: '1x16x20x20 * 16x16x5x5 p2', algorithms: ['strided', 'winograd', 'fft', 'im2col'] },
  { text: '1x8x20x20 * 8x8x3x3 p1', algorithms: ['strided', 'winograd', 'naive'] },
  { text: '1x64x56x56 * 64x64x1x1', algorithms: ['strided'] },
  { text: '1x32x56x56 * 32x1x3x3 p1 g32', algorithms: ['strided'] },
]

/** A rate that no program determines stays: λ, and the error from which on ρ grows linearly. */
const [ridge, huber] = [0.05, 0.25]

/** No rate is changed by a larger factor. */
const mostSpeed = 8

/**
 * Measures this machine, in a few seconds. `progress` receives the finished share and the next
 * step. Changes nothing: the tuning that was loaded stays loaded. Throws an `Error` without
 * WebAssembly SIMD: only its backend is calibrated.
 */
export async function calibrate(
  progress: (share: number, what: string) => void = () => {},
): Promise<Calibration> {
  const { simd, simdMissing } = capabilities()
  if (!simd) throw new Error(`there is nothing to calibrate: ${simdMissing}`)
  const before = saveTuning()
  const all = cases.map(({ text, weights = 'random', algorithms }) => ({
    p: problem(text, { weights }),
    algorithms,
  }))
  const predict = (speeds: Speeds): number[] => {
    loadTuning(withSpeeds(before, speeds))
    return all.flatMap(({ p, algorithms }) => {
      const { candidates } = planOf(p, algorithms[0]!)
      return algorithms.map(
        (name) => candidates.find(({ algorithm }) => algorithm === name)!.milliseconds,
      )
    })
  }
  try {
    loadTuning(withSpeeds(before, {}))
    const measured: number[] = []
    for (const [i, { p, algorithms }] of all.entries())
      for (const algorithm of algorithms) {
        progress((0.7 * i) / all.length, `${p.text}, ${algorithm}`)
        await nextTurn()
        measured.push(timeProgram(p, algorithm))
      }
    const speeds = await fit(predict, measured, (share) =>
      progress(0.7 + 0.3 * share, 'fitting the rates'),
    )
    return {
      json: withSpeeds(before, speeds),
      speeds,
      errorBefore: typicalError(predict({}), measured),
      errorAfter: typicalError(predict(speeds), measured),
      programs: measured.length,
    }
  } finally {
    loadTuning(before)
  }
}

/** A calibration alone: choices that were measured in this process do not belong to it. */
const withSpeeds = (tuning: string, speeds: Speeds): string =>
  JSON.stringify({
    ...(JSON.parse(tuning) as object),
    speeds: Object.keys(speeds).length === 0 ? {} : { wasm: speeds },
    choices: {},
  })

const planOf = ({ text, k }: Problem, algorithm: string): ReturnType<typeof planCase> =>
  planCase(text, { ...{ algorithm, threads: 1, backend: 'wasm' }, kernel: k })

/** Samples of a program, and the milliseconds of one at least. */
const [samples, sampleTime] = [10, 1]
/** Engines optimise code that has run for a while, in milliseconds. */
const warmUpTime = 15

/** The fastest run of a prepared plan on arrays on the heap, in milliseconds. */
function timeProgram(p: Problem, algorithm: string): number {
  const { x, k, outputShape, geometry } = p
  const plan = planOf(p, algorithm)
  const prepared = plan.prepare(k)
  const out = zeros(outputShape, geometry.dtype)
  const run = (): unknown => prepared.runSync(x, undefined, out)
  const start = performance.now()
  let runs = 0
  for (; runs < 3 || performance.now() - start < warmUpTime; runs++) run()
  const calls = Math.max(1, Math.round((sampleTime * runs) / (performance.now() - start)))
  const times = Array.from({ length: samples }, () => timeOnOneThread(run, calls) / calls)
  prepared.dispose()
  plan.dispose()
  return Math.min(...times)
}

/** The median factor between predicted and measured times. */
function typicalError(predictions: readonly number[], measured: readonly number[]): number {
  const errors = predictions
    .map((time, i) => Math.abs(Math.log(time / measured[i]!)))
    .toSorted((a, b) => a - b)
  return Math.exp(errors[Math.floor(errors.length / 2)]!)
}

const [steps, difference] = [4, 0.1]

async function fit(
  predict: (speeds: Speeds) => number[],
  measured: readonly number[],
  progress: (share: number) => void,
): Promise<Speeds> {
  const speedsOf = (values: readonly number[]): Speeds =>
    Object.fromEntries(rates.map((rate, r) => [rate, Math.exp(values[r]!)]))
  const limit = Math.log(mostSpeed)
  let logs = rates.map(() => 0)
  let at = predict(speedsOf(logs))
  // A prediction is nearly a sum of times, so its slopes change little: they are computed once.
  const slopes: number[][] = []
  for (const r of rates.keys()) {
    progress(r / (rates.length + steps))
    await nextTurn()
    const changed = predict(speedsOf(logs.map((_, i) => (i === r ? difference : 0))))
    slopes.push(changed.map((time, i) => Math.log(time / at[i]!) / difference))
  }
  for (let step = 0; step < steps; step++) {
    progress((rates.length + step) / (rates.length + steps))
    const residuals = at.map((time, i) => Math.log(time / measured[i]!))
    const weights = residuals.map((r) => Math.min(1, huber / Math.max(1e-9, Math.abs(r))))
    const weighted = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, i) => sum + weights[i]! * value * b[i]!, 0)
    const matrix = slopes.map((row, r) =>
      slopes.map((column, c) => weighted(row, column) + (r === c ? ridge : 0)),
    )
    const right = slopes.map((row, r) => -weighted(row, residuals) - ridge * logs[r]!)
    const change = solve(matrix, right)
    logs = logs.map((value, r) => Math.max(-limit, Math.min(limit, value + change[r]!)))
    at = predict(speedsOf(logs))
  }
  return Object.fromEntries(
    Object.entries(speedsOf(logs)).map(([rate, speed]) => [rate, Number(speed.toPrecision(4))]),
  )
}

/** Solves a system with a symmetric, positive matrix, by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  const n = rows.length
  for (let pivot = 0; pivot < n; pivot++)
    for (let row = pivot + 1; row < n; row++) {
      const factor = rows[row]![pivot]! / rows[pivot]![pivot]!
      for (let c = pivot; c <= n; c++) rows[row]![c]! -= factor * rows[pivot]![c]!
    }
  const solution = new Array<number>(n).fill(0)
  for (let row = n - 1; row >= 0; row--) {
    const known = solution.reduce(
      (sum, value, c) => sum + (c > row ? rows[row]![c]! * value : 0),
      0,
    )
    solution[row] = (rows[row]![n]! - known) / rows[row]![row]!
  }
  return solution
}
