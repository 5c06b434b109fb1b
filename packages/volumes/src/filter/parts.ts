/** Copies between a part of a dense array and a whole one. */

import type { NdArray, TypedArray } from 'stridefold'
import { copyElements, denseStrides } from '../arrays/boxes.ts'

/** Copies `part` into the dense array `whole` of this shape, with its first element at `at`. */
export function copyInto(
  whole: TypedArray,
  shape: readonly number[],
  at: readonly number[],
  part: Pick<NdArray, 'data' | 'shape' | 'strides' | 'offset'>,
): void {
  const strides = denseStrides(shape)
  copyElements({ data: whole, strides, offset: dot(at, strides) }, part, part.shape)
}

/** Copies the part of `whole` with this shape whose first element is at `at` into `part`. */
export function copyOut(
  whole: TypedArray,
  shape: readonly number[],
  at: readonly number[],
  part: TypedArray,
  partShape: readonly number[],
): void {
  const strides = denseStrides(shape)
  copyElements(
    { data: part, strides: denseStrides(partShape), offset: 0 },
    { data: whole, strides, offset: dot(at, strides) },
    partShape,
  )
}

const dot = (at: readonly number[], strides: readonly number[]): number =>
  at.reduce((sum, i, a) => sum + i * strides[a]!, 0)
