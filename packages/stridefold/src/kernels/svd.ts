/**
 * Singular values of a small dense matrix by one-sided Jacobi rotations: columns are turned in
 * pairs until all are orthogonal.
 *
 * Slow for large matrices, but accurate to the last digits for small ones, which kernels are.
 * Source: J. Demmel, K. Veselić, "Jacobi's method is more accurate than QR", 1992.
 */

/** A = Σ_r sigma[r] · u[r] ⊗ v[r], largest sigma first; u and v have length 1. */
export interface Svd {
  readonly sigma: readonly number[]
  readonly u: readonly Float64Array[]
  readonly v: readonly Float64Array[]
}

/**
 * The decomposition of a rows × columns matrix given row by row. What is smaller than `precision`
 * times the matrix is not told apart any further: the sum is still exact there, but u and v may be
 * a little off orthogonal. Non-finite matrices give non-finite values.
 */
export function svd(
  matrix: ArrayLike<number>,
  rows: number,
  columns: number,
  precision: number = 2 ** -53,
): Svd {
  // Work on the columns of A (turned so that there are no more columns than rows), rotating V
  // along.
  const turned = columns > rows
  const [m, n] = turned ? [columns, rows] : [rows, columns]
  const at = (i: number, j: number): number =>
    turned ? matrix[j * columns + i]! : matrix[i * columns + j]!
  const a = Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: m }, (_, i) => at(i, j)),
  )
  const v = Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: n }, (_, i) => (i === j ? 1 : 0)),
  )
  // Columns below the last digit of the matrix are its rounding: turning them would never end.
  const negligible = precision ** 2 * a.reduce((sum, column) => sum + dot(column, column), 0)
  for (let sweep = 0, rotated = true; rotated && sweep < mostSweeps; sweep++) {
    rotated = false
    const squares = Float64Array.from(a, (column) => dot(column, column))
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++)
        rotated = rotatePair(a, v, squares, p, q, negligible) || rotated
    }
  }
  const order = a
    .map((column, j) => ({ j, size: Math.sqrt(dot(column, column)) }))
    .toSorted((x, y) => y.size - x.size)
  const left = order.map(({ j, size }) => a[j]!.map((value) => (size === 0 ? 0 : value / size)))
  const right = order.map(({ j }) => v[j]!)
  return {
    sigma: order.map(({ size }) => size),
    u: turned ? right : left,
    v: turned ? left : right,
  }
}

/** About six are usual. */
const mostSweeps = 30

/**
 * Makes columns p and q orthogonal and keeps their squares; false where they are already, or one is
 * not worth it.
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
  // The cosine of their angle, against what rounding makes of 0.
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
