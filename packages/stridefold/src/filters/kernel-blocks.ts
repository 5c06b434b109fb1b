/**
 * Correlations with kernels that are too large for one tile of an FFT: a tile has up to 2²⁴ points,
 * and a kernel should fill at most half of each axis. Larger kernels are cut into blocks:
 *
 *   y[q] = Σ_t x[q + t − before] · k[t] = Σ_blocks Σ_t x[q + t − (before − offset)] · k[offset + t]
 *
 * Every block is a correlation of its own with another padding; the results are added.
 */

import { cartesianProduct } from '../ndarray/cartesian-product.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { slice } from '../ndarray/views.ts'
import { correlateFactors } from '../runtime/call.ts'
import type { Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { combined } from './along-axes.ts'
import type { CheckedRunOptions } from './check-options.ts'

/** Kernels of these calls are not analyzed: few are products, and a large one would take long. */
const notSeparable = { terms: [], residual: Infinity }

/** Where results begin, and how many there are, per axis. */
export interface OutputRange {
  readonly before: readonly number[]
  readonly outputs: readonly number[]
}

/** The correlation of `x` with `k`, outside of which `x` is 0. */
export function correlateBlocks(
  x: NdArray,
  k: NdArray,
  { before, outputs }: OutputRange,
  run: CheckedRunOptions,
  turn: Turn | undefined,
): Eventual<NdArray> {
  const parts = blocksOf(k.shape).map((block) => (): Eventual<NdArray> => {
    const padding = block.map(([first, end], axis): readonly [number, number] => {
      const start = before[axis]! - first
      return [start, outputs[axis]! - x.shape[axis]! - start + end - first - 1]
    })
    return correlateFactors(x, slice(k, ...block), notSeparable, { ...run, padding }, turn)
  })
  return combined(parts, 'sum', turn)
}

type Block = readonly (readonly [first: number, end: number])[]

/** The whole kernel, or blocks of nearly equal extents. */
function blocksOf(shape: readonly number[]): readonly Block[] {
  const points = shape.reduce((product, extent) => product * powerOfTwo(2 * extent), 1)
  const largest = points <= tilePoints ? Infinity : Math.floor(tilePoints ** (1 / shape.length) / 2)
  const cuts = shape.map((extent) => {
    const count = Math.max(1, Math.ceil(extent / largest))
    const at = (i: number): number => Math.floor((extent * i) / count)
    return Array.from({ length: count }, (_, i) => [at(i), at(i + 1)] as const)
  })
  return cartesianProduct(cuts)
}

const tilePoints = 2 ** 24

/** The smallest power of two that is not less than `n`. */
function powerOfTwo(n: number): number {
  let power = 1
  while (power < n) power *= 2
  return power
}
