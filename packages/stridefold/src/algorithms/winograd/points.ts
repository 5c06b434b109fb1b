/**
 * At which points are polynomials evaluated? They decide the error: `scripts/winograd-error.ts
 * --search` measures every set it can make of 0, ±1, ±½, ±2, ±¼, ±4 and these are the best, or
 * within 15 % of the best with fewer multiplications.
 *
 * The textbook takes 0, ±1, ±2 for F(4, 3). With ½ in place of 2 the large and small powers of the
 * two remaining points balance: a third less error.
 */

import { type Rational, rational } from './rational.ts'

const table: readonly (readonly (readonly [over: number, under: number])[])[] = [
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

/** The finite points of a transform that needs so many; infinity is one more. */
export function pointsFor(count: number): Rational[] {
  return table[count]!.map(([over, under]) => rational(over, under))
}

/** Most finite points there are. */
export const maxPoints: number = table.length - 1
