/**
 * Which contractions multiply complex numbers with separate real and imaginary parts? Both parts of
 * a result are then computed together (emit/complex-product.ts).
 *
 *   to[p] = Σ_c Σ_q  a[q, c] · b[p − q, c]    p, q: 0 real, 1 imaginary
 *                                             b holds (−im, re, im) at −1, 0, 1
 *
 * A step qualifies by its loops: a result loop of extent 2 that moves only `b` and the result; a
 * sum loop of extent 2 along which `b` moves back by the same stride; a loop that is contiguous in
 * all three for the lanes; and at most one more sum loop. Other steps become ordinary contractions.
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
  { result, sum }: Nest,
  element: Element,
): ComplexProduct | undefined {
  if (
    step.start !== 'zero' ||
    step.tile === 'scalar' ||
    step.epilogue !== undefined ||
    isEmptySum(step)
  )
    return undefined
  if (step.to.buffer === step.a.buffer || step.to.buffer === step.b.buffer) return undefined
  const resultPart = result.find(
    (loop) => loop.extent === 2 && loop.a === 0 && loop.b > 0 && loop.c > 0,
  )
  const sumPart = sum.find(
    (loop) => loop.extent === 2 && loop.a > 0 && loop.b === -(resultPart?.b ?? 0),
  )
  const lane = result.find(
    (loop) => loop.a === 1 && loop.b === 1 && loop.c === 1 && loop.extent >= element.lanes,
  )
  if (resultPart === undefined || sumPart === undefined || lane === undefined || sum.length > 2)
    return undefined
  const otherSum = sum.find((loop) => loop !== sumPart)
  const outer = result.filter((loop) => loop !== lane && loop !== resultPart)
  const vectors = Math.ceil(lane.extent / element.lanes) * iterations(outer)
  const terms = otherSum?.extent ?? 1
  return {
    step,
    parts: { a: sumPart.a, b: resultPart.b, c: resultPart.c },
    lane,
    sum: otherSum,
    outer,
    cycles: vectors * (3.5 * terms + 2),
  }
}
