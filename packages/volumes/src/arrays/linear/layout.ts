/**
 * How do the elements of an array lie in one file without compression? One after another from an
 * offset, in C or Fortran order, low or high byte first. So lie .npy files, raw files and many
 * stacks of TIFF.
 */

import { product } from '../boxes.ts'
import { type ElementType, elementTypes } from '../element-types.ts'

export interface LinearLayout {
  readonly shape: readonly number[]
  readonly elementType: ElementType
  /** Where the first element begins. */
  readonly byteOffset: number
  readonly littleEndian: boolean
  /** Whether the first axis is contiguous, instead of the last. */
  readonly fortranOrder: boolean
}

export const byteLength = ({ shape, elementType }: LinearLayout): number =>
  product(shape) * elementTypes[elementType].bytes

const slabBytes = 8 * 2 ** 20

/**
 * Slabs of about 8 MiB that are contiguous in the file: whole last axes, a part of one, 1 before.
 *
 *   1 … 1 | a part of one axis | whole axes …
 */
export function slabs({ shape, elementType, fortranOrder }: LinearLayout): number[] {
  const chunks = shape.map(() => 1)
  let left = Math.max(1, Math.floor(slabBytes / elementTypes[elementType].bytes))
  const axes = shape.map((_, axis) => axis)
  for (const axis of fortranOrder ? axes : axes.reverse()) {
    chunks[axis] = Math.max(1, Math.min(shape[axis]!, left))
    left = Math.floor(left / chunks[axis])
  }
  return chunks
}
