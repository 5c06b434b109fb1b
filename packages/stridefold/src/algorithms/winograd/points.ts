/**
 * At which points are the polynomials evaluated? The points decide the error. The command
 * `scripts/winograd-error.ts --search` measures every set of points from 0, ±1, ±½, ±2, ±¼, ±4.
 * These sets are the best, or within 15 % of the best with fewer multiplications.
 *
 * Textbooks take 0, ±1, ±2 for F(4, 3). With ½ instead of 2 the large and small powers of the two
 * remaining points balance: a third less error.
 */

import { type Rational, rational } from './rational.ts'

const table: readonly (readonly (readonly [numerator: number, denominator: number])[])[] = [
  [],
  [[0, 1]],
  [
    [0, 1],
    [1, 1],
  ],
  [
    [0, 1],
    [1, 1],
    [-1, 1],
  ],
  [
    [0, 1],
    [1, 1],
    [-1, 2],
    [-2, 1],
  ],
  [
    [0, 1],
    [1, 1],
    [-1, 1],
    [1, 2],
    [-2, 1],
  ],
  [
    [0, 1],
    [1, 1],
    [-1, 1],
    [1, 2],
    [-1, 2],
    [-2, 1],
  ],
  [
    [0, 1],
    [1, 1],
    [-1, 1],
    [1, 2],
    [-1, 2],
    [2, 1],
    [-2, 1],
  ],
]

/**
 * Returns the finite points of a transform that needs `count` of them. Infinity is one more point.
 */
export function pointsFor(count: number): Rational[] {
  return table[count]!.map(([numerator, denominator]) => rational(numerator, denominator))
}

/** The largest number of finite points in the table. */
export const maxPoints: number = table.length - 1

/**
 * The factor by which F(m, r) may amplify an error: the maximum over outputs and taps of Σ_j
 * |Aᵀ_ij|·|G_jk|·Σ_t|Bᵀ_jt|. This times max|x|·Σ|k| bounds all values between the transforms. Each
 * of their roundings adds at most that many units in the last place. The points alone decide it.
 */
export const amplification = (m: number, r: number): number => amplifications[m + r - 2]!

/** By the number of finite points. A test derives them from the matrices. */
const amplifications: readonly number[] = [
  NaN,
  NaN,
  3,
  4,
  9.777777777777779,
  16.933333333333334,
  39.91111111111111,
  39.555555555555564,
]
