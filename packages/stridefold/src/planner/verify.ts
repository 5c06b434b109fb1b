/**
 * `verify: true`: compares every element of the result with the definition, within the error bound
 * of the algorithm.
 *
 * Rounding to the type of the result is monotone. So a correct result lies between the rounded ends
 * of the interval [reference − bound, reference + bound].
 */

import { InternalError } from '../errors.ts'
import { activatedBound, activationFunction } from '../ndarray/activation.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { toDType } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { referenceConv } from '../reference.ts'
import { sumBounds } from './error-bound.ts'
import { padAdjointSums } from './pad-adjoint.ts'
import type { Problem } from './problem.ts'

/** The operands in canonical order, and the result as the caller gets it. */
export interface VerifiedArrays {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly result: NdArray
}

/** An element of the result whose error is larger than its bound. */
export interface Fault {
  /** The index of the element, row-major over [batch, filters, ...outputs]. */
  readonly at: number
  readonly actual: number
  readonly expected: number
  readonly bound: number
}

/**
 * Returns the element that exceeds its bound by most; undefined if no element exceeds it. `factor`
 * is the `errorBoundFactor` of the algorithm.
 */
export function worstFault(
  problem: Problem,
  { input, kernel, bias, result }: VerifiedArrays,
  factor: number,
): Fault | undefined {
  const { geometry: g, offset, activation } = problem
  const filterBounds = sumBounds(g, { input, kernel, bias, offset }, factor)
  const paddedResult = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
  const { sums, shape } = padAdjointSums(
    Float64Array.from(referenceConv(g, input, kernel)),
    paddedResult,
    problem,
  )
  const bounds = padAdjointSums(
    broadcastPerFilter(paddedResult, filterBounds),
    paddedResult,
    problem,
  ).sums
  const perFilter = elementCount(shape.slice(2))
  const y = contiguousCopy(problem.toCanonicalAxes(result))
  const activate = activationFunction(activation)
  let fault: Fault | undefined
  let maxExcess = 0
  for (let i = 0; i < sums.length; i++) {
    const f = Math.floor(i / perFilter) % g.filters
    const biasOfFilter = bias === undefined ? 0 : bias.data[bias.offset + f * bias.strides[0]!]!
    const reference = activate(sums[i]! + biasOfFilter + offset)
    const bound = activatedBound(bounds[i]!, Math.abs(reference), activation, g.dtype)
    const actual = y.data[y.offset + i]!
    const excess = excessOf(actual, reference, bound, result.dtype)
    if (excess > maxExcess) {
      maxExcess = excess
      fault = { at: i, actual, expected: toDType(reference, result.dtype), bound }
    }
  }
  return fault
}

/** Returns an array of `shape` [batch, filters, ...outputs] with one value per filter. */
function broadcastPerFilter(
  shape: readonly number[],
  values: readonly number[],
): Float64Array<ArrayBuffer> {
  const inner = elementCount(shape.slice(2))
  return Float64Array.from(
    { length: elementCount(shape) },
    (_, i) => values[Math.floor(i / inner) % values.length]!,
  )
}

/**
 * Returns by how much a result lies outside of its interval; 0 if it lies inside. NaN and
 * infinities must be where the definition has them.
 */
function excessOf(
  actual: number,
  reference: number,
  bound: number,
  dtype: NdArray['dtype'],
): number {
  if (bound === Infinity) return 0
  const expected = toDType(reference, dtype)
  if (Object.is(actual, expected) || actual === expected) return 0
  const [low, high] = [toDType(reference - bound, dtype), toDType(reference + bound, dtype)]
  if (actual >= low && actual <= high) return 0
  const excess = Math.max(low - actual, actual - high)
  return excess > 0 ? excess : Infinity
}

/**
 * Throws `InternalError` (`VERIFY_FAILED`) with the worst element if an error exceeds its bound.
 * `computedBy` names the algorithm and the backend.
 */
export function verifyResult(
  problem: Problem,
  operands: VerifiedArrays,
  factor: number,
  computedBy: string,
): void {
  const fault = worstFault(problem, operands, factor)
  if (fault === undefined) return
  const { at, actual, expected, bound } = fault
  const { key } = problem.geometry
  throw new InternalError(
    'VERIFY_FAILED',
    `${computedBy} returns ${actual} for element ${at} of ${key}, but the definition returns ` +
      `${expected}; the error bound is ${bound}. Please report this case.`,
  )
}
