/**
 * Do two kernels have the same values? Repeated calls compare their kernel with that of the
 * previous call. If the values are equal, the packed weights are used again. The comparison reads
 * eight bytes at a time.
 */

import { contiguousCopy } from '../ndarray/copy.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { isContiguous } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/** A copy of the values of a kernel, to compare other kernels with. */
export class KernelCopy {
  readonly #values: NdArray

  constructor(kernel: NdArray) {
    this.#values = contiguousCopy(kernel)
  }

  /**
   * Whether every element of `kernel` equals that of the copy. NaN may compare as unequal. The
   * weights are then packed again, which is slower but correct.
   */
  holds(kernel: NdArray): boolean {
    const other = isContiguous(kernel.shape, kernel.strides) ? kernel : contiguousCopy(kernel)
    const { data, offset } = other
    const mine = this.#values.data
    if (compareBytes !== undefined && mine.length >= 1024 && data.constructor === mine.constructor)
      return compareBytes(bytesOf(data, offset, mine.length), bytesOf(mine, 0, mine.length)) === 0
    // For a few weights, making the views costs more than the comparison.
    const isSmall = mine.length < 64
    const words = isSmall ? undefined : pairs(data, offset, mine.length)
    const myWords = isSmall ? undefined : pairs(mine, 0, mine.length)
    if (words === undefined || myWords === undefined) {
      for (let i = 0; i < mine.length; i++) if (mine[i] !== data[offset + i]) return false
      return true
    }
    const unrolledEnd = myWords.length & ~3
    for (let i = 0; i < unrolledEnd; i += 4) {
      const isSame =
        myWords[i] === words[i] &&
        myWords[i + 1] === words[i + 1] &&
        myWords[i + 2] === words[i + 2] &&
        myWords[i + 3] === words[i + 3]
      if (!isSame) return false
    }
    for (let i = unrolledEnd; i < myWords.length; i++) if (myWords[i] !== words[i]) return false
    return mine.length % 2 === 0 || mine[mine.length - 1] === data[offset + mine.length - 1]
  }
}

/**
 * The memory comparison of the runtime, if it has one (Node's Buffer). It is as fast as reading the
 * memory. Equal bytes are equal values.
 */
const compareBytes = (
  globalThis as { Buffer?: { compare?: (a: Uint8Array, b: Uint8Array) => number } }
).Buffer?.compare

const bytesOf = (data: TypedArray, offset: number, length: number): Uint8Array =>
  new Uint8Array(
    data.buffer,
    data.byteOffset + offset * data.BYTES_PER_ELEMENT,
    length * data.BYTES_PER_ELEMENT,
  )

/**
 * Returns a view of pairs of float32 as float64: equal float64 values are equal pairs. Returns
 * undefined if the memory is not aligned to 8 bytes.
 */
function pairs(data: TypedArray, offset: number, length: number): Float64Array | undefined {
  const start = data.byteOffset + offset * data.BYTES_PER_ELEMENT
  if (!(data instanceof Float32Array) || start % 8 !== 0) return undefined
  return new Float64Array(data.buffer, start, length >> 1)
}
