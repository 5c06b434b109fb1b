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

/** The sums of some windows, and the positions of results that they do not give accurately. */
interface Part {
  readonly y: TypedArray
  readonly totals: TypedArray
  readonly weighted: TypedArray
  readonly weights: TypedArray
  readonly start: number
  readonly end: number
  readonly inaccurate: number[]
}

type Combine = (part: Part, constants: Constants) => void

/**
 * Overwrites Σ_present k·x with the results. Returns the positions of those that the sums do not
 * give accurately: the definition must.
 */
export function* combineWork(frame: Frame, sums: Sums): Work<number[]> {
  const { present, presentTotal, weighted, presentWeights, counts } = sums
  const constants = constantsOf(frame, counts !== undefined)
  const [y, totals] = [present.data, presentTotal.data]
  const combine = weighted === undefined ? combineOneSign : combineSigned
  const inaccurate: number[] = []
  for (let start = 0; start < y.length; start += elementsPerSlice) {
    if (start > 0) yield
    const end = Math.min(y.length, start + elementsPerSlice)
    if (counts !== undefined) markEmpty(totals, counts.data, start, end)
    const others = { weighted: weighted?.data ?? y, weights: presentWeights?.data ?? y }
    combine({ y, totals, ...others, start, end, inaccurate }, constants)
  }
  return inaccurate
}

const elementsPerSlice = 2 ** 17

/**
 * If a smaller part of the weights meets present samples, the rounding errors of a sum over the
 * whole window may be too large: its results are computed by the definition.
 */
export const smallestAccurate: number = 1 / 64

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

/** y · Σ|k| / Σ_present |k| */
const combineOneSign: Combine = ({ y, totals, start, end, inaccurate }, constants) => {
  const { total, bias, whole, smallest, accurate } = constants
  for (let i = start; i < end; i++) {
    const present = totals[i]!
    if (present >= whole) y[i] = y[i]! + bias
    else if (present < smallest || present === 0) y[i] = NaN
    else {
      y[i] = (y[i]! * total) / present + bias
      if (present < accurate) inaccurate.push(i)
    }
  }
}

/** y + (Σk − Σ_present k) · (Σ_present |k|·x / Σ_present |k|) */
const combineSigned: Combine = (part, constants) => {
  const { y, totals, weighted, weights, start, end, inaccurate } = part
  const { sum, bias, whole, smallest, accurate } = constants
  for (let i = start; i < end; i++) {
    const present = totals[i]!
    if (present >= whole) y[i] = y[i]! + bias
    else if (present < smallest || present === 0) y[i] = NaN
    else {
      const value = y[i]! + (sum - weights[i]!) * (weighted[i]! / present) + bias
      y[i] = value
      // The difference of infinite numbers is NaN: an infinite mean must not change a result.
      if (present < accurate || value - value !== 0) inaccurate.push(i)
    }
  }
}
