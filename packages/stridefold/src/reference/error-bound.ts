/**
 * By how much may a result differ from the definition, for given arrays? Each filter has its own
 * bound:
 *
 *   |s − Σ k·x|  ≤  errorBound · max|x| · Σ|k|  +  2ε·(|bias| + |offset|)
 *
 * An algorithm states its `errorBound`; it is a small multiple of ε. max|x| includes the samples of
 * the group of the filter, and the constants of the borders that a window reads. Non-finite values
 * are ignored.
 */

import { type ConvGeometry, leavesInput } from '../geometry/geometry.ts'
import { absoluteSums, finiteMagnitude } from '../ndarray/absolute-sums.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { epsilon } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/**
 * Arrays in canonical order: input [batch, channels, ...axes], kernel [filters, channels per group,
 * ...axes], bias [filters].
 */
export interface SumOperands {
  /** [batch, channels, ...axes], with any strides. */
  readonly input: NdArray
  /** [filters, channels per group, ...axes], with any strides. */
  readonly kernel: NdArray
  /** [filters]: a number to add to every sum of a filter. Default: none. */
  readonly bias?: NdArray | undefined
  /** A number added to every sum. Default 0. */
  readonly offset?: number | undefined
}

/** How large the sums of one filter can be. */
export interface FilterMagnitude {
  /** max|x| · Σ|k|: the largest possible sum of products. */
  readonly sum: number
  /** |bias| + |offset|: what is added to it. */
  readonly addends: number
}

/** Returns the magnitudes of each filter. */
export function filterMagnitudes(
  g: ConvGeometry,
  { input, kernel, bias, offset = 0 }: SumOperands,
): FilterMagnitude[] {
  const filtersPerGroup = g.filters / g.groups
  const samples = groupMagnitudes(g, input)
  return absoluteSums(kernel).map((weights, f) => ({
    sum: samples[Math.floor(f / filtersPerGroup)]! * weights,
    addends:
      finiteMagnitude(bias === undefined ? 0 : bias.data[bias.offset + f * bias.strides[0]!]!) +
      finiteMagnitude(offset),
  }))
}

/**
 * Returns the bound of an output that adds up `count` sums of one filter, before any activation:
 * several only for the adjoint of a border. It is infinite if an intermediate sum may overflow the
 * type. For an `errorBound` of 0 it is 0, so the result must be the rounded definition.
 */
export function outputBound(
  g: ConvGeometry,
  { sum, addends }: FilterMagnitude,
  errorBound: number,
  count = 1,
): number {
  if (errorBound === 0 || count === 0) return 0
  const { dtype } = g
  if (!(sum * count < largestNumber[dtype])) return Infinity
  const terms = (g.channels / g.groups) * elementCount(g.axes.map((axis) => axis.kernel))
  // The definition itself rounds each product and each addition to float64.
  const ofDefinition = terms * epsilon.float64
  return (
    (errorBound + ofDefinition) * sum * count +
    2 * epsilon[dtype] * addends +
    (errorBound / epsilon[dtype]) * smallestNumber[dtype] * count
  )
}

const largestNumber = { float32: 2 ** 128 - 2 ** 104, float64: Number.MAX_VALUE }
const smallestNumber = { float32: 2 ** -149, float64: Number.MIN_VALUE }

/** Returns max|x| for each group, the constants of the borders included. */
function groupMagnitudes(g: ConvGeometry, input: NdArray): number[] {
  const { data, offset } = contiguousCopy(input)
  const constants = g.boundary.map((border, a) =>
    typeof border === 'object' && leavesInput(g.axes[a]!) ? finiteMagnitude(border.constant) : 0,
  )
  const magnitudes = new Array<number>(g.groups).fill(Math.max(0, ...constants))
  const plane = g.axes.reduce((n, axis) => n * axis.input, 1)
  const perGroup = (g.channels / g.groups) * plane
  for (let i = 0; i < g.batch * g.channels * plane; i++) {
    const group = Math.floor(i / perGroup) % g.groups
    const size = finiteMagnitude(data[offset + i]!)
    if (size > magnitudes[group]!) magnitudes[group] = size
  }
  return magnitudes
}
