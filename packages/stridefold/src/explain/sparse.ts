/**
 * A sparse matrix in compressed row format (CSR): the entries row by row, and the start of each
 * row.
 */

import type { DType, TypedArray } from '../ndarray/dtype.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/**
 * A sparse matrix in compressed row format (CSR), as `scipy.sparse.csr_array`. Row r has the
 * entries `data[i]` in column `indices[i]`, for i from `indptr[r]` to `indptr[r + 1]`.
 */
export interface SparseMatrix {
  /**
   * The weights, by rows, columns ascending. Weights that meet the same sample (a border that
   * repeats it) are added.
   */
  readonly data: TypedArray
  /** The column of each weight in `data`. */
  readonly indices: Int32Array
  /** Where each row begins in `data`, and its length at the end: rows + 1 numbers. */
  readonly indptr: Int32Array
  /** [elements of the result, elements of the input]. */
  readonly shape: readonly [rows: number, columns: number]
  /**
   * The vector to add after the product: the bias, and weights times a constant border. Undefined
   * if it is 0 everywhere.
   */
  readonly offset: Float64Array | undefined
  /** Number of stored entries, including zero weights. */
  readonly stored: number
  /** Number of entries that are not 0. */
  readonly nonZeros: number
  /** `nonZeros` / (rows × columns). */
  readonly density: number
  /** Number of different values other than 0. It is small, because every row repeats the kernel. */
  readonly distinctValues: number
  /**
   * Returns the whole matrix with its zeros: rows × columns elements. Use it for small matrices.
   * Throws `UnavailableError` (`OUT_OF_MEMORY`) if the engine cannot hold it.
   *
   * @example
   * toeplitz([1, 2], [2], { mode: 'full' }).toDense() // [[2, 0], [1, 2], [0, 1]]
   */
  toDense(): NdArray
}

export interface SparseParts {
  readonly indptr: Int32Array
  readonly indices: readonly number[]
  readonly weights: readonly number[]
  readonly offset: Float64Array
  readonly dtype: DType
}

/** The matrix of these entries, with its counts. */
export function sparseMatrix(
  shape: readonly [number, number],
  { indptr, indices, weights, offset, dtype }: SparseParts,
): SparseMatrix {
  const [rows, columns] = shape
  const { data } = allocateArray([weights.length], dtype)
  data.set(weights)
  const nonZeroWeights = weights.filter((weight) => weight !== 0)
  const columnOf = Int32Array.from(indices)
  return Object.freeze({
    data,
    indices: columnOf,
    indptr,
    shape,
    offset: offset.some((value) => value !== 0) ? offset : undefined,
    stored: weights.length,
    nonZeros: nonZeroWeights.length,
    density: rows * columns === 0 ? 0 : nonZeroWeights.length / (rows * columns),
    distinctValues: new Set(nonZeroWeights).size,
    toDense: () => {
      const dense = allocateArray(shape, dtype)
      for (let row = 0; row < rows; row++) {
        for (let i = indptr[row]!; i < indptr[row + 1]!; i++)
          dense.data[row * columns + columnOf[i]!] = data[i]!
      }
      return dense
    },
  })
}
