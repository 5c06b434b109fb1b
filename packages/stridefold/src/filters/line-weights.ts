/**
 * The weights of one-dimensional filters, in float64, in the order of a correlation.
 *
 * The derivatives of a Gaussian φ are a polynomial q times φ (SciPy's construction):
 *
 *   φ′ = −x/σ² · φ      (q·φ)′ = (q′ − x/σ²·q) · φ
 */

import { exponential } from '../ndarray/elementary.ts'

/** A one-dimensional correlation along one axis: y[i] = Σ_t x[i + t − before] · weights[t]. */
export interface Line {
  readonly axis: number
  readonly weights: readonly number[]
  readonly before: number
}

/** A line with its centre on the output. */
export const centred = (axis: number, weights: readonly number[]): Line => ({
  axis,
  weights,
  before: (weights.length - 1) / 2,
})

/** The radius of a Gaussian that ends after `truncate` standard deviations. */
export const gaussianRadius = (sigma: number, truncate: number): number =>
  Math.floor(truncate * sigma + 0.5)

/** The derivative of this order of a Gaussian whose 2·radius + 1 samples sum to 1. */
export function gaussianWeights(sigma: number, order: number, radius: number): number[] {
  const positions = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius)
  const density = positions.map((x) => exponential((-0.5 * x * x) / (sigma * sigma)))
  const sum = density.reduce((total, value) => total + value, 0)
  const polynomial = derivativePolynomial(sigma, order)
  const weights = positions.map(
    (x, i) =>
      (density[i]! / sum) *
      polynomial.reduceRight((value, coefficient) => value * x + coefficient, 0),
  )
  // A derivative of odd order is antisymmetric, and a convolution flips.
  return weights.reverse()
}

/** The coefficients of q, lowest power first. */
function derivativePolynomial(sigma: number, order: number): readonly number[] {
  let q = [1]
  for (let n = 0; n < order; n++) {
    const derivative = q.slice(1).map((coefficient, power) => coefficient * (power + 1))
    const product = [0, ...q.map((coefficient) => -coefficient / (sigma * sigma))]
    q = product.map((coefficient, power) => coefficient + (derivative[power] ?? 0))
  }
  return q
}

/** The difference of two neighbours: half of it is the slope. */
export const difference: readonly number[] = [-1, 0, 1]

/** The difference of two differences: the curvature. */
export const curvature: readonly number[] = [1, -2, 1]
