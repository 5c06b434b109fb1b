/**
 * Are all values of an array finite and bounded? Some algorithms spread a NaN or an infinity to
 * results that do not depend on it, and have no guard. This check runs before them.
 */

import { dtypes, type TypedArray } from './dtype.ts'
import { memoryBounds } from './layout.ts'
import type { NdArray } from './ndarray.ts'
import { finish, type Work } from './work.ts'

/**
 * Below this magnitude every sum of products stays finite in between. Inputs with larger values are
 * computed with the direct sum.
 */
export const maxSafeMagnitude: number = 2 ** 100

/**
 * Added to the bits of a float32 without its sign, this number sets the sign bit of the int32
 * exactly if the magnitude is 2¹⁰⁰ or more.
 */
const carry = 2 ** 31 - (100 + 127) * 2 ** 23

/**
 * Whether all magnitudes of an array are below `maxSafeMagnitude`. Always true for integers. The
 * check includes the memory between the elements. A large value in such a gap makes the call
 * slower, never wrong.
 */
export const isFiniteAndBounded = (x: NdArray): boolean => finish(finiteWork(x))

/** The work of `isFiniteAndBounded`, in slices of less than a millisecond. */
export function* finiteWork(x: NdArray): Work<boolean> {
  if (dtypes[x.dtype].integer || x.shape.includes(0)) return true
  const [first, last] = memoryBounds(x.shape, x.strides, x.offset)
  for (let start = first; start <= last; start += elementsPerSlice) {
    if (!isBounded(x.data, start, Math.min(start + elementsPerSlice, last + 1))) return false
    if (start + elementsPerSlice <= last) yield
  }
  return true
}

const elementsPerSlice = 2 ** 17

/** Whether the elements in [start, end) have magnitudes below `maxSafeMagnitude`. */
function isBounded(data: TypedArray, start: number, end: number): boolean {
  if (!(data instanceof Float32Array)) {
    for (let i = start; i < end; i++) if (!(Math.abs(data[i]!) < maxSafeMagnitude)) return false
    return true
  }
  // Engines compile this loop best: it has no branch and only int32 numbers.
  const bits = new Int32Array(data.buffer, data.byteOffset + start * 4, end - start)
  let [i, outOfRange] = [0, 0]
  for (; i + 4 <= bits.length; i += 4) {
    outOfRange |= ((bits[i]! & 0x7fffffff) + carry) | ((bits[i + 1]! & 0x7fffffff) + carry)
    outOfRange |= ((bits[i + 2]! & 0x7fffffff) + carry) | ((bits[i + 3]! & 0x7fffffff) + carry)
  }
  for (; i < bits.length; i++) outOfRange |= (bits[i]! & 0x7fffffff) + carry
  return outOfRange >= 0
}
