/**
 * What is known of a kernel's values before a plan is made, and whether two kernels hold the same
 * values.
 */

import type {
  KernelProperties,
  LatticeProperties,
  LowRankFactors,
} from '../algorithms/algorithm.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { RunOptions } from '../geometry/options.ts'
import { lowRankFactors } from '../kernels/separable.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import { isContiguous } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { absoluteSums } from './error-bound.ts'
import { isIntegerResult } from './exactness.ts'

/**
 * Facts about a canonical kernel [filters, channels, ...axes] that the choice asks for; undefined
 * where no algorithm would use them.
 */
export function kernelProperties(
  g: ConvGeometry,
  kernel: NdArray,
  options: RunOptions = {},
): KernelProperties | undefined {
  const separable = separableOf(g, kernel)
  const lattice = isIntegerResult(options) ? latticeOf(g, kernel) : undefined
  if (separable === undefined && lattice === undefined) return undefined
  return { ...(separable && { separable }), ...(lattice && { lattice }) }
}

function latticeOf(g: ConvGeometry, kernel: NdArray): LatticeProperties {
  return {
    exponent: dyadicExponent(contiguousCopy(kernel).data),
    absoluteSum: Math.max(0, ...absoluteSums(g, kernel)),
  }
}

function separableOf(g: ConvGeometry, kernel: NdArray): LowRankFactors | undefined {
  if (g.filters !== 1 || g.channels !== 1 || g.axes.length < 2) return undefined
  return lowRankFactors(
    { ...kernel, shape: kernel.shape.slice(2), strides: kernel.strides.slice(2) },
    g.dtype,
  )
}

/**
 * Fewest taps for which a call by `auto` looks at the values: below, one pass with the whole kernel
 * is never slower.
 */
const worthLooking = 20

export function isWorthLooking(g: ConvGeometry): boolean {
  return g.axes.reduce((n, axis) => n * axis.kernel, 1) >= worthLooking
}

/** A kernel's contents, kept to compare others with. */
export class KernelCopy {
  readonly #values: NdArray

  constructor(kernel: NdArray) {
    this.#values = contiguousCopy(kernel)
  }

  /**
   * Whether every element of `kernel` is equal to that of the copy. NaN is equal to nothing, so it
   * is prepared anew.
   */
  holds(kernel: NdArray): boolean {
    const other = isContiguous(kernel.shape, kernel.strides) ? kernel : contiguousCopy(kernel)
    const { data, offset } = other
    const mine = this.#values.data
    if (compareBytes !== undefined && mine.length >= 1024 && data.constructor === mine.constructor)
      return compareBytes(bytesOf(data, offset, mine.length), bytesOf(mine, 0, mine.length)) === 0
    // For a few weights making the views costs more than comparing.
    const few = mine.length < 64
    const words = few ? undefined : pairs(data, offset, mine.length)
    const myWords = few ? undefined : pairs(mine, 0, mine.length)
    if (words === undefined || myWords === undefined) {
      for (let i = 0; i < mine.length; i++) if (mine[i] !== data[offset + i]) return false
      return true
    }
    const whole = myWords.length & ~3
    for (let i = 0; i < whole; i += 4) {
      const same =
        myWords[i] === words[i] &&
        myWords[i + 1] === words[i + 1] &&
        myWords[i + 2] === words[i + 2] &&
        myWords[i + 3] === words[i + 3]
      if (!same) return false
    }
    for (let i = whole; i < myWords.length; i++) if (myWords[i] !== words[i]) return false
    return mine.length % 2 === 0 || mine[mine.length - 1] === data[offset + mine.length - 1]
  }
}

/**
 * The runtime's own comparison of memory where it has one (Node's Buffer): as fast as memory is
 * read. Equal bytes are equal values.
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
 * Two float32 at a time, as float64: equal words are equal pairs. Undefined where the memory is not
 * aligned for it.
 */
function pairs(data: TypedArray, offset: number, length: number): Float64Array | undefined {
  const start = data.byteOffset + offset * data.BYTES_PER_ELEMENT
  if (!(data instanceof Float32Array) || start % 8 !== 0) return undefined
  return new Float64Array(data.buffer, start, length >> 1)
}
