/**
 * Decides whether B is faster than A beyond the noise. All three conditions must hold:
 *
 *   the 95 % interval of the ratio of the medians is beyond the floor (bootstrap, Efron 1979);
 *   a rank test gives p < 0.05 (Mann and Whitney 1947), which no single disturbed run can move;
 *   the floor: two runs of one program differ by a few per cent (code placement, memory, clock).
 *
 * If the measured peak of the machine changed between the two runs, the floor is raised by that
 * change.
 */

import { uniform } from './random.ts'
import { median } from './statistics.ts'

/** Whether B is faster than A, by how much, and how sure that is. */
export interface Verdict {
  readonly is: 'faster' | 'slower' | 'no difference'
  /** Time of B divided by time of A: 0.5 is twice as fast. */
  readonly ratio: number
  /** 95 % interval of the ratio, from resampled samples. */
  readonly interval: readonly [low: number, high: number]
  /** Probability of such ranks if both are equally fast. */
  readonly probability: number
  /** The smallest difference, as a share, that counts as one. */
  readonly floor: number
}

/** Difference of two runs of one program, measured on a quiet machine. */
const minFloor = 0.03
const drawCount = 2000

/**
 * Compares times of B with times of A. `drift`: change of the speed of the machine from A to B, as
 * a share. Throws `RangeError` without samples.
 */
export function verdict(a: readonly number[], b: readonly number[], drift = 0): Verdict {
  const ratio = median(b) / median(a)
  const interval = bootstrapInterval(a, b)
  const probability = rankProbability(a, b)
  const floor = minFloor + Math.abs(drift)
  const isFaster = interval[1] < 1 - floor && probability < 0.05
  const isSlower = interval[0] > 1 + floor && probability < 0.05
  return {
    is: isFaster ? 'faster' : isSlower ? 'slower' : 'no difference',
    ratio,
    interval,
    probability,
    floor,
  }
}

function bootstrapInterval(a: readonly number[], b: readonly number[]): readonly [number, number] {
  const next = uniform(1)
  const drawMedian = (from: readonly number[]): number =>
    median(from.map(() => from[Math.floor(next() * from.length)]!))
  const ratios = Array.from({ length: drawCount }, () => drawMedian(b) / drawMedian(a)).sort(
    (x, y) => x - y,
  )
  return [ratios[Math.floor(0.025 * drawCount)]!, ratios[Math.ceil(0.975 * drawCount) - 1]!]
}

/**
 * Two-sided Mann–Whitney U test in normal approximation, with mid-ranks for ties and continuity
 * correction.
 */
function rankProbability(a: readonly number[], b: readonly number[]): number {
  const all = [
    ...a.map((value) => ({ value, inA: true })),
    ...b.map((value) => ({ value, inA: false })),
  ].sort((x, y) => x.value - y.value)
  const n = all.length
  let [rankSum, ties] = [0, 0]
  for (let from = 0; from < n; ) {
    let to = from
    while (to < n && all[to]!.value === all[from]!.value) to++
    const rank = (from + 1 + to) / 2
    for (let i = from; i < to; i++) if (all[i]!.inA) rankSum += rank
    ties += (to - from) ** 3 - (to - from)
    from = to
  }
  const pairs = a.length * b.length
  const u = rankSum - (a.length * (a.length + 1)) / 2
  const variance = (pairs / 12) * (n + 1 - ties / (n * (n - 1)))
  if (!(variance > 0)) return 1
  return 2 * (1 - normal(Math.max(0, Math.abs(u - pairs / 2) - 0.5) / Math.sqrt(variance)))
}

/**
 * The share of a normal distribution below z ≥ 0 (Abramowitz and Stegun 26.2.17, error below 1e-7).
 */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}
