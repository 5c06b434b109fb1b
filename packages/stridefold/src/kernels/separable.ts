/**
 * Is a kernel a product of one-dimensional kernels, or a sum of such products?
 *
 *   k[i, j, …] = u[i] · v[j] · …         one term, for any rank: each factor is the line through the largest weight
 *   k[i, j]    = Σ_r u_r[i] · v_r[j]     two axes: the terms of the SVD, largest first, as many as the kernel's type can tell from 0
 */

import { contiguousCopy } from '../ndarray/copy.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { svd } from './svd.ts'
import { indexAt } from './weights.ts'

/** A sum of products of one-dimensional factors: kernel ≈ Σ_r ⊗_axis terms[r][axis]. */
export interface LowRankFactors {
  /**
   * Largest term first; none where the kernel is no such sum (rank above 2 and no single product,
   * or not finite).
   */
  readonly terms: readonly (readonly (readonly number[])[])[]
  /** Largest |k − Σ terms| over Σ|k|; infinite without terms. */
  readonly residual: number
}

/** What a kernel may differ from its terms, over Σ|k|: the rounding of its weights. */
const negligible = { float32: 2 ** -23, float64: 2 ** -50 }

interface Dense {
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}

const inseparable: LowRankFactors = { terms: [], residual: Infinity }

/**
 * The separable terms of a kernel of any rank, to the precision of the type it will be summed in.
 * Integers that are a product stay integers. A 63×63 kernel of full rank takes some 10 ms, a
 * product next to nothing.
 */
export function lowRankFactors(
  kernel: NdArray,
  dtype: ComputeDType = kernel.dtype === 'float64' ? 'float64' : 'float32',
): LowRankFactors {
  return separableTerms(contiguousCopy(kernel), negligible[dtype])
}

/** The same for a dense array, to a tolerance of one's own. */
export function separableTerms({ shape, data }: Dense, tolerance: number): LowRankFactors {
  const values = Float64Array.from(data)
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0)
  if (!Number.isFinite(total)) return inseparable
  if (total === 0)
    return { terms: [shape.map((extent) => new Array<number>(extent).fill(0))], residual: 0 }
  const one = product(values, shape)
  const residual = largest(remainder(values, shape, one)) / total
  if (residual <= tolerance) return { terms: [one], residual }
  return shape.length === 2
    ? sumOfProducts(values, [shape[0]!, shape[1]!], total, tolerance)
    : inseparable
}

/** Weights that are multiples of at least 2⁻²⁴ count as whole numbers of some unit. */
const coarse = 24

/**
 * One factor per axis: the line through the largest weight, all but the first divided by it; of
 * whole numbers of a unit the smallest ones.
 */
function product(values: Float64Array, shape: readonly number[]): number[][] {
  const peak = values.reduce(
    (best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best),
    0,
  )
  const at = indexAt(shape, peak)
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, e) => n * e, 1))
  const lines = shape.map((extent, axis) =>
    Array.from({ length: extent }, (_, i) => values[peak + (i - at[axis]!) * strides[axis]!]!),
  )
  const exponent = dyadicExponent(values)
  const unitsOfOne = exponent === undefined || exponent > coarse ? 0 : 2 ** exponent
  const isWhole =
    unitsOfOne > 0 && values.every((value) => Number.isSafeInteger(value * unitsOfOne))
  const factors = lines.map((line) => {
    const unit = isWhole
      ? line.map((value) => value * unitsOfOne).reduce(commonDivisor, 0) / unitsOfOne
      : Math.abs(values[peak]!)
    return line.map((value) => value / unit)
  })
  // What the product of the factors lacks at the peak goes into the first; for integers it is an
  // integer, if they are a product at all.
  const scale = values[peak]! / factors.reduce((p, factor, axis) => p * factor[at[axis]!]!, 1)
  return factors.map((factor, axis) =>
    axis === 0 ? factor.map((value) => value * scale + 0) : factor,
  )
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : commonDivisor(b, a % b)
}

/** The fewest terms of the SVD that leave no more than the tolerance. */
function sumOfProducts(
  values: Float64Array,
  shape: readonly [number, number],
  total: number,
  tolerance: number,
): LowRankFactors {
  // Relative to the whole, so that no square leaves the range of float64.
  const relative = values.map((value) => value / total)
  const { sigma, u, v } = svd(relative, shape[0], shape[1], tolerance)
  const terms: number[][][] = []
  let rest = values
  let residual = Infinity
  for (let r = 0; r < sigma.length && !(residual <= tolerance); r++) {
    const scale = Math.sqrt(sigma[r]! * total)
    const term = [Array.from(u[r]!, (x) => x * scale), Array.from(v[r]!, (x) => x * scale)]
    terms.push(term)
    rest = remainder(rest, shape, term)
    residual = largest(rest) / total
  }
  return { terms, residual }
}

/** values − ⊗ factors: the product grows axis by axis. */
function remainder(
  values: Float64Array,
  shape: readonly number[],
  factors: readonly (readonly number[])[],
): Float64Array {
  let grown = Float64Array.of(1)
  shape.forEach((extent, axis) => {
    const factor = factors[axis]!
    const next = new Float64Array(grown.length * extent)
    for (let i = 0, at = 0; i < grown.length; i++)
      for (let j = 0; j < extent; j++) next[at++] = grown[i]! * factor[j]!
    grown = next
  })
  for (let i = 0; i < grown.length; i++) grown[i] = values[i]! - grown[i]!
  return grown
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}
