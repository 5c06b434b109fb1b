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
