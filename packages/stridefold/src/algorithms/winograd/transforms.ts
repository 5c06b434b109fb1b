/**
 * The matrices of F(m, r): they compute m sums of r products from m + r − 1 products.
 *
 *   y = Aᵀ · [(G · g) ⊙ (Bᵀ · d)]        y_i = Σ_k d_{i+k} · g_k,  i < m, k < r
 *
 * Toom–Cook. G evaluates the taps as a polynomial at n − 1 points a_j and at infinity. Aᵀ evaluates
 * m unknowns likewise. Bᵀ is the transpose of interpolation: its row j holds the coefficients of
 * Π_{l≠j} (x − a_l), its last row those of Π_l (x − a_l). The divisors of the interpolation are in
 * G. So Bᵀ, which every call uses, holds short binary fractions. Source: A. Toom 1963, S. Cook
 * 1966; S. Winograd, "Arithmetic Complexity of Computations", 1980; points: points.ts.
 */

import { pointsFor } from './points.ts'
import {
  minus,
  one,
  plus,
  quotient,
  type Rational,
  rational,
  times,
  toNumber,
  zero,
} from './rational.ts'

export type Matrix<T> = readonly (readonly T[])[]

export interface Transforms<T> {
  /** Aᵀ, m × n: sums of products to outputs. */
  readonly output: Matrix<T>
  /** G, n × r. */
  readonly kernel: Matrix<T>
  /** Bᵀ, n × n. */
  readonly input: Matrix<T>
}

/** F(m, r) as exact fractions. There are m + r − 2 finite points. */
export function exactTransforms(
  m: number,
  r: number,
  points: readonly Rational[] = pointsFor(m + r - 2),
): Transforms<Rational> {
  const last = m + r - 2
  const powers = (count: number): Rational[][] => [
    ...points.map((a) => powersOf(a, count)),
    Array.from({ length: count }, (_, i) => (i === count - 1 ? one : zero)),
  ]
  const scales = points.map((a, j) =>
    points.reduce((product, b, l) => (l === j ? product : times(product, minus(a, b))), one),
  )
  const all = expandProduct(points)
  const inputRows = [...points.map((a) => [...withoutRoot(all, a), zero]), all]
  const kernelRows = powers(r).map((row, j) =>
    row.map((v) => (j === last ? v : quotient(v, scales[j]!))),
  )
  // Each row of Bᵀ may be scaled if G is scaled by the inverse. The scale makes many entries ±1,
  // which cost no multiplication.
  const factors = inputRows.map(scaleOf)
  return {
    output: transpose(powers(m)),
    kernel: kernelRows.map((row, j) => row.map((v) => quotient(v, factors[j]!))),
    input: inputRows.map((row, j) => row.map((v) => times(v, factors[j]!))),
  }
}

/** F(m, r) in floating point. */
export function transforms(m: number, r: number): Transforms<number> {
  const { output, kernel, input } = exactTransforms(m, r)
  const numbers = (matrix: Matrix<Rational>): number[][] => matrix.map((row) => row.map(toNumber))
  return { output: numbers(output), kernel: numbers(kernel), input: numbers(input) }
}

/** Coefficients of Π (x − a), lowest power first. */
function expandProduct(points: readonly Rational[]): Rational[] {
  return points.reduce<Rational[]>(
    (product, a) =>
      Array.from({ length: product.length + 1 }, (_, i) =>
        minus(product[i - 1] ?? zero, times(a, product[i] ?? zero)),
      ),
    [one],
  )
}

/** Coefficients of a polynomial divided by x − a, where a is one of its roots. Horner's method. */
function withoutRoot(polynomial: readonly Rational[], a: Rational): Rational[] {
  const quotients: Rational[] = []
  let rest = zero
  for (let power = polynomial.length - 1; power > 0; power--) {
    rest = plus(polynomial[power]!, times(a, rest))
    quotients.push(rest)
  }
  return quotients.toReversed()
}

/**
 * 1 / the most frequent power of two among the magnitudes of a row, so that most entries become ±1.
 * Of equally frequent ones the smallest.
 */
function scaleOf(row: readonly Rational[]): Rational {
  const counts = new Map<number, number>()
  for (const v of row) {
    const size = Math.abs(toNumber(v))
    if (isPowerOfTwo(v)) counts.set(size, (counts.get(size) ?? 0) + 1)
  }
  const [best] = [...counts].toSorted(([x, n], [y, k]) => k - n || x - y)
  const [size] = best ?? [1]
  return size < 1 ? rational(1 / size) : rational(1, size)
}

/** Of integers below 2³¹. */
function isPowerOfTwo({ numerator, denominator }: Rational): boolean {
  const size = Math.abs(numerator)
  return size > 0 && (size & (size - 1)) === 0 && (denominator & (denominator - 1)) === 0
}

function transpose<T>(matrix: Matrix<T>): T[][] {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!))
}

/** 1, a, a², … */
function powersOf(a: Rational, count: number): Rational[] {
  const powers = [one]
  while (powers.length < count) powers.push(times(powers.at(-1)!, a))
  return powers
}

/** Σ_j Aᵀ_ij · G_jk · Bᵀ_jt: 1 where t = i + k, else 0, if the matrices are right. */
export function product(t: Transforms<Rational>, i: number, k: number, at: number): Rational {
  return t.output[i]!.reduce(
    (sum, a, j) => plus(sum, times(a, times(t.kernel[j]![k]!, t.input[j]![at]!))),
    zero,
  )
}
