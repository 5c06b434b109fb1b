/**
 * How does a part of an array lie in backend memory? So that it is copied in few pieces.
 *
 *   array    │row 0│row 1│row 2│row 3│      The rows of a box are one piece of memory if they keep
 *   box            │row 1│row 2│            their strides. Axes further outside are closed up.
 *
 * Engines copy fast only between addresses with the same offset in a word of 8 bytes. So pieces
 * begin at the same offset as in the array.
 */

import type { OperandLayout } from '../geometry/operands.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { wordBytes } from '../ndarray/memory.ts'
import { modulo } from '../ndarray/modulo.ts'

/** The strides of an operand: [batch, channel, ...axes]. */
export const stridesOf = ({ outer, channel, axes }: OperandLayout): number[] => [
  outer,
  channel,
  ...axes,
]

/** The axes in the order of their strides, the innermost first. Of equal strides, the last is. */
export const fromInside = (strides: readonly number[]): number[] =>
  [...strides.keys()].sort((a, b) => Math.abs(strides[a]!) - Math.abs(strides[b]!) || b - a)

/**
 * The layout of a part of an array. `gaps`: whether pieces may have the gaps between elements that
 * the array has. Gaps in results belong to the caller, so they are not copied.
 */
export function boxLayout(
  array: OperandLayout,
  arrayShape: readonly number[],
  boxShape: readonly number[],
  gaps: boolean,
): OperandLayout {
  const from = stridesOf(array)
  const strides = [...from]
  const word = wordBytes / dtypes[array.dtype].bytes
  let span = 1
  let isPiece = true
  for (const a of fromInside(from)) {
    const extent = boxShape[a]!
    if (extent <= 1 && arrayShape[a]! <= 1) continue
    const stride = from[a]!
    isPiece = isPiece && (gaps ? stride >= span : stride === span)
    strides[a] = isPiece ? stride : span + modulo(stride - span, word)
    span += Math.max(0, extent - 1) * strides[a]
    isPiece = isPiece && extent === arrayShape[a]!
  }
  const [outer, channel, ...axes] = strides
  return { dtype: array.dtype, outer: outer!, channel: channel!, axes }
}

/** Elements from the first to the last one of an array with these strides, all ≥ 0. */
export const spanOf = (layout: OperandLayout, shape: readonly number[]): number =>
  stridesOf(layout).reduce((span, stride, a) => span + stride * Math.max(0, shape[a]! - 1), 1)

/** Whether both layouts are the same for arrays of this shape. */
export const isSameLayout = (
  a: OperandLayout,
  b: OperandLayout,
  shape: readonly number[],
): boolean => {
  const others = stridesOf(b)
  return (
    a.dtype === b.dtype && stridesOf(a).every((stride, i) => shape[i]! <= 1 || stride === others[i])
  )
}
