/**
 * `verify: true`: the result beside the definition, element by element, within the error that the
 * algorithm states.
 *
 * Rounding to the type of the result is monotone: it lies between what the two ends of the bound
 * around the definition's value round to.
 */

import { InternalError } from '../errors.ts'
import { toDType } from '../ndarray/dtype.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { referenceConv } from '../reference.ts'
import { applyActivation } from './activation.ts'
import { activatedBound, sumBounds } from './error-bound.ts'
import { foldedSums } from './pad-adjoint.ts'
import type { Problem } from './problem.ts'

/** Canonical operands, and the result as the caller sees it. */
export interface Verified {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly result: NdArray
}

/** An element outside its bound. */
export interface Fault {
  /** Its number, row-major over [batch, filters, ...outputs]. */
  readonly at: number
  readonly came: number
  readonly wanted: number
  readonly bound: number
}

/**
 * The element that leaves its bound the farthest; undefined where all keep it. `growth`: what the
 * algorithm states.
 */
export function worstFault(
  problem: Problem,
  { input, kernel, bias, result }: Verified,
  growth: number,
): Fault | undefined {
  const { geometry: g, offset, activation } = problem
  const filterBounds = sumBounds(g, { input, kernel, bias, offset }, growth)
  const paddedResult = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
  const { sums, shape } = foldedSums(
    Float64Array.from(referenceConv(g, input, kernel)),
    paddedResult,
    problem,
  )
  const bounds = foldedSums(spreadOver(paddedResult, filterBounds), paddedResult, problem).sums
  const perFilter = elementCount(shape.slice(2))
  const y = contiguousCopy(problem.toCanonicalAxes(result))
  let fault: Fault | undefined
  let most = 0
  for (let i = 0; i < sums.length; i++) {
    const f = Math.floor(i / perFilter) % g.filters
    const added = bias === undefined ? 0 : bias.data[bias.offset + f * bias.strides[0]!]!
    const value = applyActivation(sums[i]! + added + offset, activation)
    const bound = activatedBound(bounds[i]!, Math.abs(value), activation, g.dtype)
    const came = y.data[y.offset + i]!
    const excess = excessOf(came, value, bound, result.dtype)
    if (excess > most) {
      most = excess
      fault = { at: i, came, wanted: toDType(value, result.dtype), bound }
    }
  }
  return fault
}

/** One number for each filter, at every element of [batch, filters, ...outputs]. */
function spreadOver(
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
 * By how much a result lies outside the interval; NaN and infinities have to be where the
 * definition has them.
 */
function excessOf(came: number, value: number, bound: number, dtype: NdArray['dtype']): number {
  if (bound === Infinity) return 0
  const wanted = toDType(value, dtype)
  if (Object.is(came, wanted) || came === wanted) return 0
  const [low, high] = [toDType(value - bound, dtype), toDType(value + bound, dtype)]
  if (came >= low && came <= high) return 0
  const excess = Math.max(low - came, came - high)
  return excess > 0 ? excess : Infinity
}

/**
 * Throws `InternalError` (`VERIFY_FAILED`) with the worst element where the result leaves the
 * stated bound. `by`: what computed it.
 */
export function verifyResult(
  problem: Problem,
  operands: Verified,
  growth: number,
  by: string,
): void {
  const fault = worstFault(problem, operands, growth)
  if (fault === undefined) return
  const { at, came, wanted, bound } = fault
  const { key } = problem.geometry
  throw new InternalError(
    'VERIFY_FAILED',
    `${by} gives ${came} for element ${at} of ${key} where the definition gives ${wanted}; ` +
      `the stated bound is ${bound}. Please report this case.`,
  )
}
