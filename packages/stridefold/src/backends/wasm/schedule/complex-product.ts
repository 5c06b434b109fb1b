/**
 * Which contractions multiply complex numbers with separate real and imaginary parts? Both parts of
 * a result are then computed together (emit/complex-product.ts).
 *
 *   to[p] = Σ_c Σ_q  a[q, c] · b[p − q, c]    p, q: 0 real, 1 imaginary
 *                                             b holds (−im, re, im) at −1, 0, 1
 *
 * A step qualifies by its loops: a result loop of extent 2 that moves only `b` and the result; a
 * sum loop of extent 2 along which `b` moves back by the same stride; a loop that is contiguous in
 * all three for the lanes; and at most one more sum loop. With several filters, the parts and the
 * filters of a result are often one loop: it is split again. Other steps become ordinary
 * contractions.
 *
 * The terms are added in the order of the sum loops, as in an ordinary contraction. So whether a
 * step qualifies decides its speed, never its bits: a given order is kept.
 */

import { iterations } from '../../../ndarray/loops.ts'
import type { Contraction } from '../../../program/steps.ts'
import type { Element } from './element.ts'
import { isEmptySum, type Nest, type NestLoop } from './nest.ts'

export interface ComplexProduct {
  readonly step: Contraction
  /** Strides between the parts of a, b and the result. */
  readonly parts: { readonly a: number; readonly b: number; readonly c: number }
  readonly lane: NestLoop
  readonly sum: NestLoop | undefined
  /** The sum loops in the order in which the terms are added. */
  readonly ordered: readonly NestLoop[]
  /** True if all products with one part of `a` come first, then those with the other part. */
  readonly isPartOutside: boolean
  readonly outer: readonly NestLoop[]
  /** Predicted time of one grid item, in cycles. */
  readonly cycles: number
}

/**
 * Returns the step as a product of complex numbers, or undefined if it does not qualify. `nest`
 * holds the loops of the step.
 */
export function complexProductOf(
  step: Contraction,
  { result, sum, block, isOrdered }: Nest,
  element: Element,
): ComplexProduct | undefined {
  if (
    step.start !== 'zero' ||
    step.tile === 'scalar' ||
    step.epilogue !== undefined ||
    block !== undefined ||
    isEmptySum(step)
  )
    return undefined
  if (step.to.buffer === step.a.buffer || step.to.buffer === step.b.buffer) return undefined
  const sumPart = sum.find((loop) => loop.extent === 2 && loop.a > 0 && loop.b < 0)
  const merged = result.find((loop) => isPartLoop(loop, -(sumPart?.b ?? 0)))
  const lane = result.find(
    (loop) => loop.a === 1 && loop.b === 1 && loop.c === 1 && loop.extent >= element.lanes,
  )
  if (merged === undefined || sumPart === undefined || lane === undefined || sum.length > 2)
    return undefined
  const otherSum = sum.find((loop) => loop !== sumPart)
  // Both parts of a result, and the loop inside them if there is one: to[part, inside].
  const inside = { ...merged, extent: merged.extent / 2 }
  const outer = result.flatMap((loop) =>
    loop === lane ? [] : loop !== merged ? [loop] : inside.extent > 1 ? [inside] : [],
  )
  const vectors = Math.ceil(lane.extent / element.lanes) * iterations(outer)
  const terms = otherSum?.extent ?? 1
  const isPartFirst = isOrdered ? sum[0] === sumPart : inside.extent > 1
  const isPartOutside = isPartFirst && otherSum !== undefined
  const others = otherSum === undefined ? [] : [otherSum]
  return {
    step,
    parts: { a: sumPart.a, b: -sumPart.b, c: merged.c * inside.extent },
    lane,
    sum: otherSum,
    ordered: isPartOutside ? [sumPart, ...others] : [...others, sumPart],
    isPartOutside,
    outer,
    cycles: vectors * (3.5 * terms + 2),
  }
}

/**
 * Whether the outer half of a loop is the loop over the parts of a result: it moves `b` by the same
 * stride as the sum over parts, in the other direction.
 */
const isPartLoop = ({ extent, a, b, c }: NestLoop, stride: number): boolean =>
  extent % 2 === 0 && a === 0 && b > 0 && c > 0 && (b * extent) / 2 === stride
