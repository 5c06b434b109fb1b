/**
 * Are all values of an array such that an algorithm may mingle them? Asked before a run of those
 * algorithms that have no guard of their own.
 */

import { maxSafeMagnitude } from '../algorithms/non-finite.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { memoryBounds } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/**
 * What carries the bits of a float32 of size 2¹⁰⁰ or more, without its sign, into the sign of an
 * int32.
 */
const carry = 2 ** 31 - (100 + 127) * 2 ** 23

/**
 * Whether all values of an array are numbers below `largestSpread`. Memory between its elements
 * counts too: it only costs speed. Integers always are.
 */
export function isFiniteAndBounded(x: NdArray): boolean {
  if (dtypes[x.dtype].integer || x.shape.includes(0)) return true
  const [first, last] = memoryBounds(x.shape, x.strides, x.offset)
  const { data } = x
  if (!(data instanceof Float32Array)) {
    for (let i = first; i <= last; i++) if (!(Math.abs(data[i]!) < maxSafeMagnitude)) return false
    return true
  }
  // No branch in the loop, and integers of one kind: what compilers are best at.
  const bits = new Int32Array(data.buffer, data.byteOffset + first * 4, last - first + 1)
  let [i, outOfRange] = [0, 0]
  for (; i + 4 <= bits.length; i += 4) {
    outOfRange |= ((bits[i]! & 0x7fffffff) + carry) | ((bits[i + 1]! & 0x7fffffff) + carry)
    outOfRange |= ((bits[i + 2]! & 0x7fffffff) + carry) | ((bits[i + 3]! & 0x7fffffff) + carry)
  }
  for (; i < bits.length; i++) outOfRange |= (bits[i]! & 0x7fffffff) + carry
  return outOfRange >= 0
}
