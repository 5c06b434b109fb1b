/**
 * Are all values of an array finite and bounded? Some algorithms spread a NaN or an infinity to
 * results that do not depend on it, and have no guard. This check runs before them.
 */

import { dtypes } from './dtype.ts'
import { memoryBounds } from './layout.ts'
import type { NdArray } from './ndarray.ts'

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
export function isFiniteAndBounded(x: NdArray): boolean {
  if (dtypes[x.dtype].integer || x.shape.includes(0)) return true
  const [first, last] = memoryBounds(x.shape, x.strides, x.offset)
  const { data } = x
  if (!(data instanceof Float32Array)) {
    for (let i = first; i <= last; i++) if (!(Math.abs(data[i]!) < maxSafeMagnitude)) return false
    return true
  }
  // Engines compile this loop best: it has no branch and only int32 numbers.
  const bits = new Int32Array(data.buffer, data.byteOffset + first * 4, last - first + 1)
  let [i, outOfRange] = [0, 0]
  for (; i + 4 <= bits.length; i += 4) {
    outOfRange |= ((bits[i]! & 0x7fffffff) + carry) | ((bits[i + 1]! & 0x7fffffff) + carry)
    outOfRange |= ((bits[i + 2]! & 0x7fffffff) + carry) | ((bits[i + 3]! & 0x7fffffff) + carry)
  }
  for (; i < bits.length; i++) outOfRange |= (bits[i]! & 0x7fffffff) + carry
  return outOfRange >= 0
}
