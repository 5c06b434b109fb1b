/**
 * The size of the cells of a matrix and of what it is multiplied with. They share one height from
 * row to row and one width from column to column, so a row of the matrix ends at its output.
 */

import { canvasCellSize } from './canvas-grid.tsx'
import { isTable } from './grid.tsx'
import type { CellSize } from './grid-types.ts'
import { fittingWidth } from './text-fit.ts'

export interface MatrixSizes {
  /** The cells of the matrix and of the vector above it. */
  readonly matrix: CellSize
  readonly above: CellSize
  /** The cells of the vector at the end of the rows. */
  readonly end: CellSize
}

/** The largest matrix whose digits are shown, in rows and in columns. */
const maxDigits = 64
/** Heights of a cell with and without the number of its tap. */
const [tallHeight, lowHeight] = [26, 18]
/** The width of a vector without digits. */
const bareWidth = 16

interface Numbers {
  readonly rows: number
  readonly columns: number
  readonly matrix: ArrayLike<number>
  readonly above: ArrayLike<number>
  readonly end: ArrayLike<number>
}

export function matrixSizes({ rows, columns, matrix, above, end }: Numbers): MatrixSizes {
  if (rows > maxDigits || columns > maxDigits) {
    const size = canvasCellSize(rows, columns)
    return {
      matrix: { width: size, height: size },
      above: { width: size, height: bareWidth },
      end: { width: bareWidth, height: size },
    }
  }
  const height = isTable({ rows, columns }) ? tallHeight : lowHeight
  const width = fittingWidth([...Array.from(matrix), ...Array.from(above)])
  return {
    matrix: { width, height },
    above: { width, height: tallHeight },
    end: { width: Math.max(30, fittingWidth(Array.from(end))), height },
  }
}

interface Product {
  readonly rows: number
  readonly columns: number
  readonly matrix: ArrayLike<number>
  readonly result: ArrayLike<number>
  /** Whether the result is below the matrix, with its columns, or at the end of its rows. */
  readonly isBelow: boolean
}

/** The cells of a matrix, and of a result that shares its columns or its rows. */
export function productSizes({ rows, columns, matrix, result, isBelow }: Product): {
  readonly matrix: CellSize
  readonly result: CellSize
} {
  if (rows > maxDigits || columns > maxDigits) {
    const size = canvasCellSize(rows, columns)
    return {
      matrix: { width: size, height: size },
      result: isBelow ? { width: size, height: bareWidth } : { width: bareWidth, height: size },
    }
  }
  const height = isTable({ rows, columns }) ? tallHeight : lowHeight
  const numbers = Array.from(matrix)
  const results = Array.from(result)
  if (!isBelow)
    return {
      matrix: { width: fittingWidth(numbers), height },
      result: { width: Math.max(30, fittingWidth(results)), height },
    }
  const width = fittingWidth([...numbers, ...results])
  return { matrix: { width, height }, result: { width, height: tallHeight } }
}
