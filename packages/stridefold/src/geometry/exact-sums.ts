/**
 * When is an integer result exact, whatever the algorithm? Samples have an integer type, weights
 * are multiples of 2⁻ᵐ. Then all sums are multiples of 2⁻ᵐ. They are exact in every order if
 *
 *   largest sample of the type · Σ|k| · 2ᵐ < 2²⁴ (float32) or 2⁵³ (float64)
 *
 * The planner then uses no algorithm that returns other sums, and `verify: true` accepts no other
 * result. Numbers that are added to the sums, and samples outside of the input, may be fractions.
 * The whole result is exact if they lie on such a grid, too.
 */

import { absoluteSums } from '../ndarray/absolute-sums.ts'
import type { EpilogueActivation } from '../ndarray/activation.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type DType, dtypes, toDType } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { largestOf, wholeNumbers } from '../ndarray/whole-numbers.ts'
import { largestComponentSum } from './component-sum.ts'
import { type ConvGeometry, leavesInput } from './geometry.ts'
import type { LatticeProperties } from './operands.ts'

/** The properties of a kernel in canonical order that decide whether its sums are exact. */
export function latticeProperties(g: ConvGeometry, kernel: NdArray): LatticeProperties {
  const { data, offset, shape } = contiguousCopy(kernel)
  const weights = data.subarray(offset, offset + elementCount(shape))
  return {
    exponent: dyadicExponent(weights),
    ...signedSums(weights, kernel.shape[0]!),
    equal: weights.every((weight) => weight === weights[0]) ? weights[0] : undefined,
    absoluteSum: absoluteSums(kernel).reduce((a, b) => Math.max(a, b), 0),
    componentSum: largestComponentSum(g, kernel),
  }
}

/**
 * The largest sums of positive and of negative weights of any filter, and the largest weight. Only
 * finite ones count.
 */
function signedSums(
  weights: ArrayLike<number>,
  filters: number,
): Pick<LatticeProperties, 'positiveSum' | 'negativeSum' | 'largest'> {
  let [positiveSum, negativeSum, largest] = [0, 0, 0]
  const perFilter = weights.length / filters
  for (let f = 0; f < filters; f++) {
    let [positive, negative] = [0, 0]
    for (let i = f * perFilter; i < (f + 1) * perFilter; i++) {
      const weight = weights[i]!
      if (!Number.isFinite(weight)) continue
      if (weight > 0) positive += weight
      else negative -= weight
      largest = Math.max(largest, Math.abs(weight))
    }
    positiveSum = Math.max(positiveSum, positive)
    negativeSum = Math.max(negativeSum, negative)
  }
  return { positiveSum, negativeSum, largest }
}

/**
 * Whether the sums over samples of this type are exact in every order. Samples outside of the input
 * are not considered. `added`: how many sums one result adds up (see `mostAdded`).
 */
export function hasExactSums(
  g: ConvGeometry,
  input: DType,
  { exponent, componentSum }: LatticeProperties,
  added: number,
): boolean {
  return (
    dtypes[input].integer &&
    exponent !== undefined &&
    largestOf(input) * componentSum * added * 2 ** exponent < wholeNumbers[g.dtype]
  )
}

/** Numbers that are multiples of 2^−exponent, and their largest magnitude. */
export interface Grid {
  readonly exponent: number
  readonly largest: number
}

/**
 * The grid of all samples: those of the type of the input, and the constants of borders that a
 * window reads. Undefined if a constant is not finite, or too fine a fraction.
 */
export function sampleGrid(g: ConvGeometry, input: DType): Grid | undefined {
  const constants = g.boundary.flatMap((border, a) =>
    typeof border === 'object' && leavesInput(g.axes[a]!) ? [border.constant] : [],
  )
  const exponent = dyadicExponent(constants)
  if (exponent === undefined) return undefined
  return { exponent, largest: Math.max(largestOf(input), ...constants.map(Math.abs)) }
}

/** What follows the sums of a problem. */
export interface Addends {
  /** The bias of each filter; none if undefined. */
  readonly bias: ArrayLike<number> | undefined
  readonly offset: number
  readonly activation: EpilogueActivation | undefined
}

/**
 * Whether every integer result is the one of the definition, rounded once: the sums are exact, and
 * so is everything that follows them.
 */
export function hasExactResults(
  g: ConvGeometry,
  input: DType,
  lattice: LatticeProperties,
  { bias = [], offset, activation }: Addends,
  added: number,
): boolean {
  if (!hasExactSums(g, input, lattice, added) || !isExactActivation(activation, g)) return false
  const samples = sampleGrid(g, input)
  const exponentOfAddends = dyadicExponent([offset, ...Array.from(bias)])
  if (samples === undefined || exponentOfAddends === undefined) return false
  const largest =
    samples.largest * lattice.componentSum * added +
    Math.abs(offset) +
    Array.from(bias, Math.abs).reduce((a, b) => Math.max(a, b), 0)
  const exponent = Math.max(samples.exponent + lattice.exponent!, exponentOfAddends)
  return largest * 2 ** exponent < wholeNumbers[g.dtype]
}

/** Whether an activation rounds nothing: a clamp between limits that the compute type can hold. */
function isExactActivation(
  activation: EpilogueActivation | undefined,
  { dtype }: ConvGeometry,
): boolean {
  if (activation === undefined) return true
  if (activation.kind !== 'clamp') return false
  return [activation.min, activation.max].every((limit) => toDType(limit, dtype) === limit)
}
