/**
 * Is a matrix a sum of few products of a column and a row? Gaussian elimination with complete
 * pivoting takes one product away per step, through the largest element that is left:
 *
 *   A ← A − A[:, j] ⊗ A[i, :] / A[i, j]       rank 2: nothing but rounding is left after two steps
 *
 * One step costs as much as one pass over the matrix, where the SVD costs some hundred per column.
 * Source: M. Bebendorf, "Approximation of boundary element matrices", 2000.
 */

import type { Work } from '../ndarray/work.ts'
import { type Svd, svdWork } from './svd.ts'

/** A = Σ_r columns[r] ⊗ rows[r]. */
export interface Products {
  readonly columns: readonly Float64Array[]
  readonly rows: readonly Float64Array[]
}

/**
 * At most `most` products, such that no element differs from their sum by more than `tolerance`.
 * Undefined if more are needed.
 */
export function* productsWork(
  matrix: Float64Array,
  shape: readonly [rows: number, columns: number],
  most: number,
  tolerance: number,
): Work<Products | undefined> {
  const [height, width] = shape
  const rest = matrix.slice()
  const columns: Float64Array[] = []
  const rows: Float64Array[] = []
  let peak = largest(rest)
  while (Math.abs(rest[peak]!) > tolerance) {
    if (columns.length === most) return undefined
    yield
    const [i, j] = [Math.floor(peak / width), peak % width]
    const pivot = rest[peak]!
    const column = Float64Array.from({ length: height }, (_, y) => rest[y * width + j]!)
    const row = rest.slice(i * width, (i + 1) * width).map((value) => value / pivot)
    columns.push(column)
    rows.push(row)
    subtractProduct(rest, column, row)
    peak = largest(rest)
  }
  return { columns, rows }
}

function largest(values: Float64Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++)
    if (Math.abs(values[i]!) > Math.abs(values[best]!)) best = i
  return best
}

function subtractProduct(matrix: Float64Array, column: Float64Array, row: Float64Array): void {
  for (let y = 0, at = 0; y < column.length; y++) {
    const factor = column[y]!
    for (let x = 0; x < row.length; x++) matrix[at++]! -= factor * row[x]!
  }
}

/**
 * The SVD of a sum of products: both sides become orthonormal, and what is between them is a small
 * matrix.
 */
export function* svdOfProductsWork({ columns, rows }: Products): Work<Svd> {
  const [left, right] = [orthonormal(columns), orthonormal(rows)]
  yield
  const n = columns.length
  // columns · rowsᵀ = left.basis · (left.factors · right.factorsᵀ) · right.basisᵀ
  const between = new Float64Array(n * n)
  for (let p = 0; p < n; p++)
    for (let q = 0; q < n; q++)
      for (let r = 0; r < n; r++)
        between[p * n + q]! += left.factors[r]![p]! * right.factors[r]![q]!
  const { sigma, u, v } = yield* svdWork(between, n, n)
  const combined = (basis: readonly Float64Array[], weights: Float64Array): Float64Array =>
    basis[0]!.map((_, i) => basis.reduce((sum, vector, r) => sum + vector[i]! * weights[r]!, 0))
  return {
    sigma,
    u: u.map((weights) => combined(left.basis, weights)),
    v: v.map((weights) => combined(right.basis, weights)),
  }
}

interface Orthonormal {
  readonly basis: readonly Float64Array[]
  /** vectors[r] = Σ_p factors[r][p] · basis[p]. */
  readonly factors: readonly Float64Array[]
}

/** Gram–Schmidt, each vector twice: once is not orthogonal to rounding. */
function orthonormal(vectors: readonly Float64Array[]): Orthonormal {
  const basis: Float64Array[] = []
  const factors = vectors.map((vector) => {
    const rest = vector.slice()
    const along = new Float64Array(vectors.length)
    for (let pass = 0; pass < 2; pass++)
      for (const [p, direction] of basis.entries()) {
        const part = rest.reduce((sum, value, i) => sum + value * direction[i]!, 0)
        along[p]! += part
        for (let i = 0; i < rest.length; i++) rest[i]! -= part * direction[i]!
      }
    const length = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0))
    along[basis.length] = length
    basis.push(length === 0 ? rest : rest.map((value) => value / length))
    return along
  })
  return { basis, factors }
}
