/**
 * What is known of a kernel's values before a plan is made, and whether two kernels hold the same values.
 */

import type { KernelFacts } from '../algorithms/algorithm.ts'
import { separableFacts } from '../kernels/separable.ts'
import { dense } from '../ndarray/copy.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { isContiguous } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/** Facts about a canonical kernel [1, 1, ...axes]; undefined where no algorithm would use them. */
export function kernelFacts(g: ConvGeometry, kernel: NdArray): KernelFacts | undefined {
  if (g.filters !== 1 || g.channels !== 1 || g.axes.length < 2) return undefined
  return { separable: separableFacts({ ...kernel, shape: kernel.shape.slice(2), strides: kernel.strides.slice(2) }) }
}

/** Fewest taps for which a call by `auto` looks at the values: below, one pass with the whole kernel is never slower. */
const worthLooking = 20

export function isWorthLooking(g: ConvGeometry): boolean {
  return g.axes.reduce((n, axis) => n * axis.kernel, 1) >= worthLooking
}

/** A kernel's contents, kept to compare others with. */
export class KernelCopy {
  readonly #values: NdArray

  constructor(kernel: NdArray) {
    this.#values = dense(kernel)
  }

  /** Whether every element of `kernel` is equal to that of the copy. NaN is equal to nothing, so it is prepared anew. */
  holds(kernel: NdArray): boolean {
    const other = isContiguous(kernel.shape, kernel.strides) ? kernel : dense(kernel)
    const [a, b] = [this.#values.data, other.data]
    const from = other.offset
    for (let i = 0; i < a.length; i++) if (a[i] !== b[from + i]) return false
    return true
  }
}
