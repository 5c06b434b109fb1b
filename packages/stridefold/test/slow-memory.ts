/**
 * The memory of the slow backend. It shares nothing with the caller: arrays are copied in, element
 * by element, and everything that a program must not rely on is poisoned.
 */

import { copy } from '../src/ndarray/copy.ts'
import { dtypes, type TypedArray } from '../src/ndarray/dtype.ts'
import { elementCount, memoryBounds } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import type { Bindings } from '../src/program/backend.ts'

/** Overwrites elements: floats with NaN, integers with a number that no test expects. */
export function poison(data: TypedArray): void {
  data.fill(holdsFloats(data) ? Number.NaN : 85)
}

const holdsFloats = (data: TypedArray): boolean =>
  data instanceof Float32Array || data instanceof Float64Array

/** An array with the shape and the strides of `x` in new memory, and poison everywhere. */
export function emptyLike({ shape, strides, dtype }: NdArray): NdArray {
  const [first, last] = elementCount(shape) === 0 ? [0, -1] : memoryBounds(shape, strides, 0)
  const data = dtypes[dtype].create(last - first + 1)
  poison(data)
  const offset = elementCount(shape) === 0 ? 0 : -first
  return view(data, shape, { strides, offset, writable: true })
}

/** A copy with the strides of `x`. Between its elements lies poison. */
export function copyOf(x: NdArray): NdArray {
  const result = emptyLike(x)
  copy(x, result)
  return result
}

/** Copies of the arrays that a run reads, and poisoned memory for its output. */
export const copiesOf = ({ input, kernel, bias, output }: Bindings): Bindings => ({
  ...{ input: copyOf(input), kernel: copyOf(kernel) },
  ...{ bias: bias && copyOf(bias), output: emptyLike(output) },
})

/** Whether two arrays of one shape have the same bits. */
export function isSame(a: NdArray, b: NdArray): boolean {
  const [left, right] = [copyOf(a), copyOf(b)]
  return bytesOf(left.data).every((byte, i) => byte === bytesOf(right.data)[i])
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
