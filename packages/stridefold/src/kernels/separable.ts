/**
 * Is a kernel a product of 1-D kernels, or a sum of such products?
 *
 *   k[i, j, …] = u[i] · v[j] · …         any rank, one term: each factor is the line through the
 *                                        largest weight
 *   k[i, j]    = Σ_r u_r[i] · v_r[j]     two axes: the terms of the SVD, largest first, until
 *                                        the rest is 0 to the precision of the dtype
 */

import type { LowRankFactors } from '../geometry/operands.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import { gcd } from '../ndarray/gcd.ts'
import { indexAt } from '../ndarray/indices.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { productsWork, svdOfProductsWork } from './elimination.ts'
import { type Svd, svdWork } from './svd.ts'

/**
 * Maximum difference between a kernel and its terms, divided by Σ|k|: the rounding error of its
 * weights.
 */
const negligible = { float32: 2 ** -23, float64: 2 ** -50 }

interface Dense {
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}

const inseparable: LowRankFactors = { terms: [], residual: Infinity }

/**
 * Terms of a kernel that is not small are worth looking for if they may be faster than the kernel:
 * at most half of the rank. And if they may be faster than an FFT: 16 of a large kernel.
 */
function usefulTerms(shape: readonly number[]): number {
  const rank = Math.min(...shape)
  if (rank <= smallRank) return Infinity
  return Math.min(Math.floor((rank + 1) / 2), isLarge(shape) ? 16 : Infinity)
}

/** The SVD of such a kernel takes a fraction of a millisecond. */
const smallRank = 16

/** The SVD of a larger matrix takes long: that of 512×512 half a minute. */
const isLarge = (shape: readonly number[]): boolean => Math.min(...shape) > 64

/**
 * The separable terms of a kernel of any rank, to the precision of the compute type, unless there
 * are more than are useful. A product of integers keeps integer factors. A kernel of 512×512 takes
 * about 20 ms.
 */
export function lowRankFactors(
  kernel: NdArray,
  dtype: ComputeDType = kernel.dtype === 'float64' ? 'float64' : 'float32',
): LowRankFactors {
  return finish(lowRankFactorsWork(kernel, dtype))
}

/** The work of `lowRankFactors`. */
export const lowRankFactorsWork = (kernel: NdArray, dtype: ComputeDType): Work<LowRankFactors> =>
  separableTermsWork(contiguousCopy(kernel), negligible[dtype], usefulTerms(kernel.shape))

/**
 * All terms of a contiguous array, with a given tolerance. Only those that are useful if it is
 * large.
 */
export const separableTerms = (dense: Dense, tolerance: number): LowRankFactors =>
  finish(
    separableTermsWork(
      dense,
      tolerance,
      isLarge(dense.shape) ? usefulTerms(dense.shape) : Infinity,
    ),
  )

function* separableTermsWork(
  { shape, data }: Dense,
  tolerance: number,
  most: number,
): Work<LowRankFactors> {
  const values = Float64Array.from(data)
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0)
  if (!Number.isFinite(total)) return inseparable
  if (total === 0)
    return { terms: [shape.map((extent) => new Array<number>(extent).fill(0))], residual: 0 }
  yield
  const factors = singleProduct(values, shape)
  yield
  const residual = maxMagnitude(remainder(values, shape, factors)) / total
  if (residual <= tolerance) return { terms: [factors], residual }
  yield
  return shape.length === 2
    ? yield* sumOfProducts(values, [shape[0]!, shape[1]!], total, tolerance, most)
    : inseparable
}

/** Weights that are multiples of 2⁻²⁴ or more count as integers in that unit. */
const maxUnitExponent = 24

/**
 * One factor per axis: the line through the largest weight, divided by it for all axes but the
 * first. Integer multiples of a unit keep the smallest integer factors.
 */
function singleProduct(values: Float64Array, shape: readonly number[]): number[][] {
  const peak = values.reduce(
    (best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best),
    0,
  )
  const at = indexAt(shape, peak)
  const strides = rowMajorStrides(shape)
  const lines = shape.map((extent, axis) =>
    Array.from({ length: extent }, (_, i) => values[peak + (i - at[axis]!) * strides[axis]!]!),
  )
  const exponent = dyadicExponent(values)
  const unitsPerOne = exponent === undefined || exponent > maxUnitExponent ? 0 : 2 ** exponent
  const isInteger =
    unitsPerOne > 0 && values.every((value) => Number.isSafeInteger(value * unitsPerOne))
  const factors = lines.map((line) => {
    const unit = isInteger
      ? line.map((value) => Math.abs(value * unitsPerOne)).reduce(gcd, 0) / unitsPerOne
      : Math.abs(values[peak]!)
    return line.map((value) => value / unit)
  })
  // The first factor absorbs the scale, so that the product of the factors is exact at the peak.
  // For integers the scale is an integer, if the kernel is a product.
  const scale = values[peak]! / factors.reduce((p, factor, axis) => p * factor[at[axis]!]!, 1)
  return factors.map((factor, axis) =>
    axis === 0 ? factor.map((value) => value * scale + 0) : factor,
  )
}

/** The smallest number of SVD terms whose remainder is within the tolerance, if `most` do. */
function* sumOfProducts(
  values: Float64Array,
  shape: readonly [number, number],
  total: number,
  tolerance: number,
  most: number,
): Work<LowRankFactors> {
  // Divided by the total, so that no square overflows or underflows float64.
  const relative = values.map((value) => value / total)
  const decomposition = yield* decompositionWork(relative, shape, tolerance, most)
  if (decomposition === undefined) return inseparable
  const { sigma, u, v } = decomposition
  const terms: number[][][] = []
  let remaining = values
  let residual = Infinity
  for (let r = 0; r < sigma.length && !(residual <= tolerance); r++) {
    const scale = Math.sqrt(sigma[r]! * total)
    const term = [Array.from(u[r]!, (x) => x * scale), Array.from(v[r]!, (x) => x * scale)]
    terms.push(term)
    remaining = remainder(remaining, shape, term)
    residual = maxMagnitude(remaining) / total
    yield
  }
  return { terms, residual }
}

/** The SVD of a matrix. Undefined if it needs clearly more terms than `most`. */
function* decompositionWork(
  matrix: Float64Array,
  shape: readonly [number, number],
  tolerance: number,
  most: number,
): Work<Svd | undefined> {
  if (most < Math.min(...shape)) {
    // The terms of the SVD are the best ones. Those of an elimination may be somewhat worse.
    const fewer = yield* productsWork(matrix, shape, most, tolerance * worseThanBest)
    if (fewer === undefined) return undefined
  }
  if (!isLarge(shape)) return yield* svdWork(matrix, shape[0], shape[1], tolerance)
  const products = yield* productsWork(matrix, shape, 2 * most, tolerance / worseThanBest)
  return products && (yield* svdOfProductsWork(products))
}

/**
 * How much larger may the remainder of an elimination be than that of as many terms of the SVD? Of
 * 10⁴ matrices with up to 24 rows (random ones, decaying ones, bells, discs) it was 2.4 times as
 * large in the middle, and at most 70 times.
 */
const worseThanBest = 128

/** values − ⊗ factors. The product is built axis by axis. */
function remainder(
  values: Float64Array,
  shape: readonly number[],
  factors: readonly (readonly number[])[],
): Float64Array {
  let partialProduct = Float64Array.of(1)
  shape.forEach((extent, axis) => {
    const factor = factors[axis]!
    const next = new Float64Array(partialProduct.length * extent)
    for (let i = 0, at = 0; i < partialProduct.length; i++)
      for (let j = 0; j < extent; j++) next[at++] = partialProduct[i]! * factor[j]!
    partialProduct = next
  })
  for (let i = 0; i < partialProduct.length; i++)
    partialProduct[i] = values[i]! - partialProduct[i]!
  return partialProduct
}

function maxMagnitude(values: Float64Array): number {
  let max = 0
  for (let i = 0; i < values.length; i++) max = Math.max(max, Math.abs(values[i]!))
  return max
}
