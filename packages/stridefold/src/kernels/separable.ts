/**
 * Is a kernel a product of one-dimensional kernels, or a short sum of such products?
 *
 *   k[i, j] = Σ_r u_r[i] · v_r[j]        two axes: the terms of the SVD, as many as matter in float32
 *   k[i, j, …] = u[i] · v[j] · …         one term for any rank: each factor is the line through the largest weight
 */

import { dense } from '../ndarray/copy.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { svd } from './svd.ts'

export interface Separation {
  /** terms[r][axis] is a one-dimensional factor; no terms where the kernel is no short sum of products. */
  readonly terms: readonly (readonly (readonly number[])[])[]
  /** Largest |k − Σ terms| over Σ|k|. */
  readonly residual: number
}

/** A kernel may differ from its terms by so much of Σ|k|: below the rounding of float32. */
const negligible = 2 ** -23

const inseparable: Separation = { terms: [], residual: Infinity }

/** The separable terms of a kernel of two or more axes. A 63×63 kernel takes some milliseconds. */
export function separableFacts(kernel: NdArray): Separation {
  const { shape, data } = dense(kernel)
  const values = Float64Array.from(data)
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0)
  if (shape.length < 2 || !Number.isFinite(total)) return inseparable
  if (total === 0) return { terms: [shape.map((extent) => new Array<number>(extent).fill(0))], residual: 0 }
  const one = product(values, shape)
  const residual = missing(values, shape, [one]) / total
  if (residual <= negligible) return { terms: [one], residual }
  return shape.length === 2 ? sumOfProducts(values, shape[0]!, shape[1]!, total) : inseparable
}

/** Lines through the largest weight, the first with its value, the others divided by it: exact for integers that divide. */
function product(values: Float64Array, shape: readonly number[]): number[][] {
  const peak = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best), 0)
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, e) => n * e, 1))
  return shape.map((extent, axis) => {
    const step = strides[axis]!
    const start = peak - (Math.floor(peak / step) % extent) * step
    const scale = axis === 0 ? 1 : values[peak]!
    return Array.from({ length: extent }, (_, i) => values[start + i * step]! / scale)
  })
}

/** The fewest terms of the SVD that leave no more than is negligible, where there are fewer than half of all. */
function sumOfProducts(values: Float64Array, rows: number, columns: number, total: number): Separation {
  const { sigma, u, v } = svd(values, rows, columns)
  const terms: number[][][] = []
  for (let r = 0; r < Math.ceil(Math.min(rows, columns) / 2); r++) {
    const scale = Math.sqrt(sigma[r]!)
    terms.push([Array.from(u[r]!, (x) => x * scale), Array.from(v[r]!, (x) => x * scale)])
    const residual = missing(values, [rows, columns], terms) / total
    if (residual <= negligible) return { terms, residual }
  }
  return inseparable
}

/** Largest absolute difference between the kernel and the sum of its terms. */
function missing(values: Float64Array, shape: readonly number[], terms: readonly (readonly (readonly number[])[])[]): number {
  const index = shape.map(() => 0)
  let worst = 0
  for (const value of values) {
    const sum = terms.reduce((s, factors) => s + factors.reduce((p, factor, axis) => p * factor[index[axis]!]!, 1), 0)
    worst = Math.max(worst, Math.abs(value - sum))
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0
  }
  return worst
}
