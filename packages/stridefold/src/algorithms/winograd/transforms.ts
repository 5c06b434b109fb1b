/**
 * The matrices of F(m, r): m sums of r products from m + r − 1 products.
 *
 *   y = Aᵀ · [(G · g) ⊙ (Bᵀ · d)]        y_i = Σ_k d_{i+k} · g_k,  i < m, k < r
 *
 * Toom–Cook: G evaluates the taps as a polynomial at n − 1 points a_j and at infinity, Aᵀ evaluates
 * m unknowns likewise, and Bᵀ is the transpose of interpolation: its row j holds the coefficients
 * of Π_{l≠j} (x − a_l), its last row those of Π_l (x − a_l). What interpolation divides by stands
 * in G, so that Bᵀ, used in every call, holds short binary fractions. Source: A. Toom 1963, S. Cook
 * 1966; S. Winograd, "Arithmetic Complexity of Computations", 1980; points: points.ts.
 */

import { pointsFor } from './points.ts'
import {
  divided,
  minus,
  one,
  plus,
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

/** F(m, r) for finite points; their number is m + r − 2. */
export function exactTransforms(
  m: number,
  r: number,
  points: readonly Rational[] = pointsFor(m + r - 2),
): Transforms<Rational> {
  const last = m + r - 2
  const powers = (count: number): Rational[][] => [
    ...points.map((a) => Array.from({ length: count }, (_, i) => power(a, i))),
    Array.from({ length: count }, (_, i) => (i === count - 1 ? one : zero)),
  ]
  const scales = points.map((a, j) =>
    points.reduce((product, b, l) => (l === j ? product : times(product, minus(a, b))), one),
  )
  const inputRows = [
    ...points.map((_, j) => [...expanded(points.filter((_, l) => l !== j)), zero]),
    expanded(points),
  ]
  const kernelRows = powers(r).map((row, j) =>
    row.map((v) => (j === last ? v : divided(v, scales[j]!))),
  )
  // A row's sign and size are free: its first weight of a power of two becomes ±1, which costs no
  // multiplication.
  const factors = inputRows.map(factorOf)
  return {
    output: transposed(powers(m)),
    kernel: kernelRows.map((row, j) => row.map((v) => divided(v, factors[j]!))),
    input: inputRows.map((row, j) => row.map((v) => times(v, factors[j]!))),
  }
}

/** F(m, r) in floating point. */
export function transforms(m: number, r: number): Transforms<number> {
  const key = `${m},${r}`
  const found = known.get(key)
  if (found !== undefined) return found
  const { output, kernel, input } = exactTransforms(m, r)
  const numbers = (matrix: Matrix<Rational>): number[][] => matrix.map((row) => row.map(toNumber))
  const made = { output: numbers(output), kernel: numbers(kernel), input: numbers(input) }
  known.set(key, made)
  return made
}

const known = new Map<string, Transforms<number>>()

/**
 * By how much F(m, r) may enlarge an error: max over outputs and taps of Σ_j
 * |Aᵀ_ij|·|G_jk|·Σ_t|Bᵀ_jt|. What is between the transforms is bounded by this times max|x|·Σ|k|,
 * each of its roundings by as many units in the last place.
 */
export function amplification(m: number, r: number): number {
  const key = `${m},${r}`
  const found = amplifications.get(key)
  if (found !== undefined) return found
  const most = amplificationOf(transforms(m, r), r)
  amplifications.set(key, most)
  return most
}

const amplifications = new Map<string, number>()

function amplificationOf({ output, kernel, input }: Transforms<number>, r: number): number {
  const norms = input.map((row) => row.reduce((sum, v) => sum + Math.abs(v), 0))
  let most = 0
  for (const row of output) {
    for (let k = 0; k < r; k++)
      most = Math.max(
        most,
        row.reduce((sum, a, j) => sum + Math.abs(a * kernel[j]![k]!) * norms[j]!, 0),
      )
  }
  return most
}

/** Coefficients of Π (x − a), lowest power first. */
function expanded(points: readonly Rational[]): Rational[] {
  return points.reduce<Rational[]>(
    (product, a) =>
      Array.from({ length: product.length + 1 }, (_, i) =>
        minus(product[i - 1] ?? zero, times(a, product[i] ?? zero)),
      ),
    [one],
  )
}

/**
 * One over the most frequent size of a row's entries, so that most of them are ±1; the smallest of
 * equally frequent ones.
 */
function factorOf(row: readonly Rational[]): Rational {
  const sizes = row
    .filter((v) => v.over !== 0n)
    .map((v) => rational(v.over < 0n ? -v.over : v.over, v.under))
  const isPower = ({ over, under }: Rational): boolean =>
    (over & (over - 1n)) === 0n && (under & (under - 1n)) === 0n
  const count = (size: Rational): number =>
    sizes.filter((s) => s.over === size.over && s.under === size.under).length
  const best = sizes
    .filter(isPower)
    .toSorted((x, y) => count(y) - count(x) || toNumber(x) - toNumber(y))[0]
  return best === undefined ? one : divided(one, best)
}

function transposed<T>(matrix: Matrix<T>): T[][] {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!))
}

const power = (a: Rational, exponent: number): Rational =>
  exponent === 0 ? one : times(a, power(a, exponent - 1))

/** Σ_j Aᵀ_ij · G_jk · Bᵀ_jt: 1 where t = i + k, else 0, if the matrices are right. */
export function product(t: Transforms<Rational>, i: number, k: number, at: number): Rational {
  return t.output[i]!.reduce(
    (sum, a, j) => plus(sum, times(a, times(t.kernel[j]![k]!, t.input[j]![at]!))),
    zero,
  )
}
