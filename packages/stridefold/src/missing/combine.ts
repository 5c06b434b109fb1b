/**
 * The results from the sums of all windows, element by element.
 */

import { type ComputeDType, epsilon, type TypedArray } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import type { Frame } from './frame.ts'

/** The sums of all windows, dense and row-major. */
export interface Sums {
  /** Σ_present k·x, which becomes the result. */
  readonly present: NdArray
  /** Σ_present |k| */
  readonly presentTotal: NdArray
  /** Σ_present |k|·x, and Σ_present k; undefined if no two weights have different signs. */
  readonly weighted: NdArray | undefined
  readonly presentWeights: NdArray | undefined
  /**
   * The number of present samples in each window, if the other sums are not accurate where it is
   * small.
   */
  readonly counts: NdArray | undefined
}

/** What all results have in common. */
interface Constants {
  /** Σ|k| and Σk. */
  readonly total: number
  readonly sum: number
  readonly bias: number
  /** From this Σ_present |k| on, no sample that counts is missing. */
  readonly whole: number
  /** Below this Σ_present |k| the result is NaN. */
  readonly smallest: number
  /** Below this Σ_present |k| the sums are not accurate enough. */
  readonly accurate: number
}

type Combine = (
  y: TypedArray,
  totals: TypedArray,
  weighted: TypedArray,
  weights: TypedArray,
  constants: Constants,
  start: number,
  end: number,
) => void

/**
 * Overwrites Σ_present k·x with the results. Returns the positions of those that the sums do not
 * give accurately: the definition must.
 */
export function* combineWork(frame: Frame, sums: Sums): Work<number[]> {
  const { present, presentTotal, weighted, presentWeights, counts } = sums
  const constants = constantsOf(frame, counts !== undefined)
  const [y, totals] = [present.data, presentTotal.data]
  const combine = weighted === undefined ? combineOneSign : combineSigned
  const positions: number[] = []
  for (let start = 0; start < y.length; start += elementsPerSlice) {
    if (start > 0) yield
    const end = Math.min(y.length, start + elementsPerSlice)
    if (counts !== undefined) markEmpty(totals, counts.data, start, end)
    if (counts !== undefined || weighted !== undefined)
      collect(y, totals, constants, start, end, positions)
    combine(y, totals, weighted?.data ?? y, presentWeights?.data ?? y, constants, start, end)
  }
  return positions
}

const elementsPerSlice = 2 ** 17

/** The largest part of the rounding errors of a sum that a mean of few samples may have. */
const smallestAccurate = 1 / 64

function constantsOf({ weights, dtype, options }: Frame, isInaccurate: boolean): Constants {
  const { values, total, smallest } = weights
  return {
    ...{ total, smallest, bias: options.bias },
    sum: values.reduce((sum, weight) => sum + weight, 0),
    whole: total * (1 - roundings * epsilon[dtype as ComputeDType]),
    accurate: isInaccurate ? total * smallestAccurate : 0,
  }
}

/** Two sums of the same weights may differ by some roundings. */
const roundings = 4

/** A window without present samples has the sum 0, not a rounding error. */
function markEmpty(totals: TypedArray, counts: TypedArray, start: number, end: number): void {
  for (let i = start; i < end; i++) if (counts[i]! < 0.5) totals[i] = 0
}

/** Adds the positions whose sums are not accurate, or infinite: a mean must not change those. */
function collect(
  y: TypedArray,
  totals: TypedArray,
  { accurate }: Constants,
  start: number,
  end: number,
  positions: number[],
): void {
  for (let i = start; i < end; i++) {
    const [value, total] = [y[i]!, totals[i]!]
    if (total !== 0 && (total < accurate || value - value !== 0)) positions.push(i)
  }
}

/** y · Σ|k| / Σ_present |k| */
const combineOneSign: Combine = (y, totals, _weighted, _weights, constants, start, end) => {
  const { total, bias, whole, smallest } = constants
  for (let i = start; i < end; i++) {
    const present = totals[i]!
    if (present >= whole) y[i]! += bias
    else if (present < smallest || present === 0) y[i] = NaN
    else y[i] = (y[i]! * total) / present + bias
  }
}

/** y + (Σk − Σ_present k) · (Σ_present |k|·x / Σ_present |k|) */
const combineSigned: Combine = (y, totals, weighted, weights, constants, start, end) => {
  const { sum, bias, whole, smallest } = constants
  for (let i = start; i < end; i++) {
    const present = totals[i]!
    if (present >= whole) y[i]! += bias
    else if (present < smallest || present === 0) y[i] = NaN
    else y[i] = y[i]! + (sum - weights[i]!) * (weighted[i]! / present) + bias
  }
}
