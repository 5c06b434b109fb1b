/**
 * Contractions whose terms are pairs of neighbours: one instruction multiplies eight pairs of
 * numbers of 16 bits, and adds the two products of each sum (i32x4.dot_i16x8_s).
 *
 *   Σ_s Σ_i a[2s + i] · b[2s + i]        i is 0 or 1: the innermost loop of the sum
 *
 * Such a pair takes 32 bits. So the step is scheduled as one over elements of 32 bits, without the
 * loop over i, and with strides in pairs. A stride may be half a pair: neighbouring outputs then
 * read pairs that overlap.
 */

import type { DType } from '../../../ndarray/dtype.ts'
import type { Buffer } from '../../../program/program.ts'
import type { Contraction, Move, Operand } from '../../../program/steps.ts'

/** The type of an element that holds a pair. */
export const pairElement: DType = 'int32'

/** The step over pairs, with strides in pairs. Undefined if its terms are no pairs. */
export function pairedStep(
  step: Contraction,
  { buffers }: { readonly buffers: readonly Buffer[] },
): Contraction | undefined {
  const { sum, a, b, integer, order } = step
  const isPaired = ({ buffer, strides }: Operand): boolean => {
    const { dtype, role } = buffers.find(({ name }) => name === buffer)!
    // Constants may all be 1: then nothing is multiplied.
    return strides.at(-1) === 1 && dtype === 'int16' && role !== 'constant'
  }
  const isPair = integer?.type === 'int32' && sum.at(-1)?.extent === 2
  if (!isPair || !isPaired(a) || !isPaired(b)) return undefined
  const loops = order?.loops.filter((loop) => loop !== sum.length - 1)
  return {
    ...step,
    sum: sum.slice(0, -1),
    a: halved(a),
    b: halved(b),
    ...(order && { order: { ...order, loops: loops! } }),
  }
}

/** Offset and strides in pairs, without the loop over the terms of a pair. */
const halved = ({ buffer, offset, strides }: Operand): Operand => ({
  buffer,
  offset: offset / 2,
  strides: strides.slice(0, -1).map((stride) => stride / 2),
})

/** A move of pairs as a move of numbers of 16 bits. */
export function moveOfPairs(move: Move): Move {
  const doubled = ({ buffer, offset, strides }: Operand): Operand => ({
    buffer,
    offset: offset * 2,
    strides: [...strides.map((stride) => stride * 2), 1],
  })
  return {
    ...move,
    loops: [...move.loops, { name: 'pair', extent: 2 }],
    to: doubled(move.to),
    from: typeof move.from === 'number' ? move.from : doubled(move.from),
  }
}
