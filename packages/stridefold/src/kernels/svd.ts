/**
 * Singular values of a small dense matrix by one-sided Jacobi rotations. Pairs of columns are
 * rotated until all columns are orthogonal.
 *
 * The method is slow for large matrices, but accurate to the last digits for small ones such as
 * kernels. Source: J. Demmel, K. Veselić, "Jacobi's method is more accurate than QR", 1992.
 */

import { finish, type Work } from '../ndarray/work.ts'

/** A = Σ_r sigma[r] · u[r] ⊗ v[r], largest sigma first. u and v have length 1. */
export interface Svd {
  readonly sigma: readonly number[]
  readonly u: readonly Float64Array[]
  readonly v: readonly Float64Array[]
}

/**
 * The decomposition of a rows × columns matrix, given row by row. Terms smaller than `precision`
 * times the matrix are not separated: the sum is still exact, but their u and v may be slightly off
 * orthogonal. Non-finite matrices give non-finite values.
 */
export const svd = (
  matrix: ArrayLike<number>,
  rows: number,
  columns: number,
  precision?: number,
): Svd => finish(svdWork(matrix, rows, columns, precision))

/** The work of `svd`. */
export function* svdWork(
  matrix: ArrayLike<number>,
  rows: number,
  columns: number,
  precision: number = 2 ** -53,
): Work<Svd> {
  // The columns of A are rotated, and V with them. A is transposed if it has more columns than
  // rows.
  const transposed = columns > rows
  const [m, n] = transposed ? [columns, rows] : [rows, columns]
  const at = (i: number, j: number): number =>
    transposed ? matrix[j * columns + i]! : matrix[i * columns + j]!
  const a = Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: m }, (_, i) => at(i, j)),
  )
  const v = Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: n }, (_, i) => (i === j ? 1 : 0)),
  )
  // Columns below the last digit of the matrix are rounding errors. Their rotation would not
  // converge.
  yield
  const negligible = precision ** 2 * a.reduce((sum, column) => sum + dot(column, column), 0)
  for (let sweep = 0, rotated = true; rotated && sweep < maxSweeps; sweep++) {
    rotated = false
    const squares = Float64Array.from(a, (column) => dot(column, column))
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++)
        rotated = rotatePair(a, v, squares, p, q, negligible) || rotated
      yield
    }
  }
  yield
  const order = a
    .map((column, j) => ({ j, size: Math.sqrt(dot(column, column)) }))
    .toSorted((x, y) => y.size - x.size)
  const left = order.map(({ j, size }) => a[j]!.map((value) => (size === 0 ? 0 : value / size)))
  const right = order.map(({ j }) => v[j]!)
  return {
    sigma: order.map(({ size }) => size),
    u: transposed ? right : left,
    v: transposed ? left : right,
  }
}

/** About six sweeps are usual. */
const maxSweeps = 30

/**
 * Makes columns p and q orthogonal and updates their squares. Returns false if they already are, or
 * if one of them is negligible.
 */
function rotatePair(
  a: readonly Float64Array[],
  v: readonly Float64Array[],
  squares: Float64Array,
  p: number,
  q: number,
  negligible: number,
): boolean {
  const [alpha, beta] = [squares[p]!, squares[q]!]
  if (!(Math.min(alpha, beta) > negligible)) return false
  const gamma = dot(a[p]!, a[q]!)
  // The cosine of the angle between them, compared with the rounding error of 0.
  if (!(Math.abs(gamma) > a[p]!.length * 2 ** -52 * Math.sqrt(alpha * beta))) return false
  const zeta = (beta - alpha) / (2 * gamma)
  const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
  const c = 1 / Math.sqrt(1 + t * t)
  rotate(a[p]!, a[q]!, c, c * t)
  rotate(v[p]!, v[q]!, c, c * t)
  squares[p] = alpha - t * gamma
  squares[q] = beta + t * gamma
  return true
}

function rotate(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let i = 0; i < x.length; i++) {
    const xi = x[i]!
    const yi = y[i]!
    x[i] = c * xi - s * yi
    y[i] = s * xi + c * yi
  }
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!
  return sum
}
