/**
 * The matrices of F(m, 3), by the rule of Toom and Cook that the library follows
 * (docs/algorithms/winograd.md), at the library's points.
 *
 *   G    row j: 1, a_j, a_j² divided by Π_{l≠j} (a_j − a_l); the last row is that of infinity
 *   Bᵀ   row j: the coefficients of Π_{l≠j} (x − a_l); the last row those of Π_l (x − a_l)
 *   Aᵀ   column j: 1, a_j, a_j², …
 *
 * The points are short binary fractions, so all products are exact in float64.
 */

import type { PlaneNumbers } from '../pages/plane-numbers.ts'
import { taps } from './settings.ts'

export interface Matrices {
  /** Bᵀ, n × n. */
  readonly input: PlaneNumbers
  /** G, n × 3. */
  readonly kernel: PlaneNumbers
  /** Aᵀ, m × n. */
  readonly output: PlaneNumbers
}

/** The outputs of a tile along an axis. */
export type TileExtent = 2 | 3 | 4 | 5 | 6

/** The finite points for tiles of m outputs. Infinity is one more. */
export const pointsOf: Readonly<Record<TileExtent, readonly number[]>> = {
  2: [0, 1, -1],
  3: [0, 1, -1 / 2, -2],
  4: [0, 1, -1, 1 / 2, -2],
  5: [0, 1, -1, 1 / 2, -1 / 2, -2],
  6: [0, 1, -1, 1 / 2, -1 / 2, 2, -2],
}

export function matricesOf(m: TileExtent): Matrices {
  const points = pointsOf[m]
  const others = points.map((_, j) => points.filter((_, l) => l !== j))
  const rows = (count: number): number[][] => [
    ...points.map((a) => Array.from({ length: count }, (_, k) => a ** k)),
    Array.from({ length: count }, (_, k) => (k === count - 1 ? 1 : 0)),
  ]
  const divisors = points.map((a, j) => others[j]!.reduce((product, b) => product * (a - b), 1))
  return {
    input: planeOf([...others.map((roots) => [...polynomial(roots), 0]), polynomial(points)]),
    kernel: planeOf(rows(taps).map((row, j) => row.map((value) => value / (divisors[j] ?? 1) + 0))),
    output: planeOf(Array.from({ length: m }, (_, row) => rows(m).map((powers) => powers[row]!))),
  }
}

/** The coefficients of Π (x − a), lowest power first. */
const polynomial = (roots: readonly number[]): number[] =>
  roots.reduce<number[]>(
    (product, a) =>
      Array.from(
        { length: product.length + 1 },
        // Adding 0 turns −0 into 0.
        (_, i) => (product[i - 1] ?? 0) - a * (product[i] ?? 0) + 0,
      ),
    [1],
  )

const planeOf = (rows: readonly (readonly number[])[]): PlaneNumbers => ({
  rows: rows.length,
  columns: rows[0]!.length,
  data: rows.flat(),
})

/**
 * matrix · x · matrixᵀ, for one row: matrix · x. First the columns of x, then its rows. `round`
 * rounds every operation.
 */
export function transformed(
  matrix: PlaneNumbers,
  x: PlaneNumbers,
  round: (value: number) => number = (value) => value,
): PlaneNumbers {
  const { rows, columns, data: factors } = matrix
  const sum = (row: number, at: (i: number) => number): number => {
    let total = 0
    for (let i = 0; i < columns; i++) {
      const factor = factors[row * columns + i]!
      if (factor !== 0) total = round(total + round(factor * at(i)))
    }
    return total
  }
  const count = x.rows === 1 ? 1 : rows
  const half = Array.from({ length: count * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    return x.rows === 1 ? x.data[column]! : sum(row, (k) => x.data[k * columns + column]!)
  })
  const data = Array.from({ length: count * rows }, (_, i) => {
    const [row, column] = [Math.floor(i / rows), i % rows]
    return sum(column, (k) => half[row * columns + k]!)
  })
  return { rows: count, columns: rows, data }
}

/** A number as a fraction with a small denominator: −1/6. Undefined if it is none. */
export function fractionText(value: number): string | undefined {
  const size = Math.abs(value)
  for (let under = 1; under <= largestDenominator; under++) {
    const over = Math.round(size * under)
    if (over / under !== size) continue
    return `${value < 0 ? '−' : ''}${over}${under === 1 ? '' : `/${under}`}`
  }
  return undefined
}

const largestDenominator = 1000
