/**
 * Article 1's functions as they stand there, in plain TypeScript: the same loops, the same order,
 * the same mistakes. Matrices are square, as there; `row` and `column` of an element are said by
 * loops, never by a library.
 */

/** A matrix as NumPy holds it: rows one behind the other. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

export const matrix = (
  rows: number,
  columns: number,
  data: ArrayLike<number> = new Float64Array(rows * columns),
): Matrix => ({
  ...{ rows, columns },
  data: Float64Array.from(data),
})

/** Hears of every array that is made, so that memory can be counted as it is taken. */
export type Allocated = (bytes: number) => void

const createMatrix = (rows: number, columns: number, allocated: Allocated): Matrix => {
  allocated(rows * columns * 8)
  return matrix(rows, columns)
}

/** conv_2d: two loops over windows, multiply, sum, add the bias. */
export function naiveConvolution(
  input: Matrix,
  kernel: Matrix,
  bias: number,
  allocated: Allocated = () => {},
): Matrix {
  const extent = input.rows - kernel.rows + 1
  const output = createMatrix(extent, extent, allocated)
  for (let row = 0; row < extent; row++) {
    for (let column = 0; column < extent; column++) {
      let sum = 0
      for (let i = 0; i < kernel.rows; i++)
        for (let j = 0; j < kernel.columns; j++)
          sum +=
            input.data[(row + i) * input.columns + column + j]! *
            kernel.data[i * kernel.columns + j]!
      output.data[row * extent + column] = sum + bias
    }
  }
  return output
}

/** im2col: the same two loops, and every window becomes a column. */
export function im2colLoops(
  input: Matrix,
  kernel: Matrix,
  allocated: Allocated = () => {},
): Matrix {
  const extent = input.rows - kernel.rows + 1
  const windows = createMatrix(kernel.rows * kernel.columns, extent * extent, allocated)
  let at = 0
  for (let row = 0; row < extent; row++) {
    for (let column = 0; column < extent; column++) {
      for (let i = 0; i < kernel.rows; i++)
        for (let j = 0; j < kernel.columns; j++)
          windows.data[(i * kernel.columns + j) * windows.columns + at] =
            input.data[(row + i) * input.columns + column + j]!
      at++
    }
  }
  return windows
}

/** np.dot(kernel.flatten(), windows) + bias, reshaped. */
export function rowTimesMatrix(
  kernel: Matrix,
  windows: Matrix,
  bias: number,
  allocated: Allocated = () => {},
): Matrix {
  const extent = Math.round(Math.sqrt(windows.columns))
  const output = createMatrix(extent, extent, allocated)
  output.data.fill(bias)
  for (let t = 0; t < windows.rows; t++) {
    const weight = kernel.data[t]!
    for (let i = 0; i < windows.columns; i++)
      output.data[i]! += weight * windows.data[t * windows.columns + i]!
  }
  return output
}

/** What NumPy says of a reshape that does not fit. */
export class ReshapeError extends Error {}

/**
 * memory_strided_im2col: view_as_windows without loops, then a reshape to (extent², kernel.rows ·
 * 2) that only a 2×2 kernel survives. The view copies nothing; the reshape cannot be a view, so it
 * copies all of it. Windows end up in rows.
 */
export function stridedWindows(
  input: Matrix,
  kernel: Matrix,
  allocated: Allocated = () => {},
): Matrix {
  const extent = input.rows - kernel.rows + 1
  const elements = extent * extent * kernel.rows * kernel.columns
  const [rows, columns] = [extent * extent, kernel.rows * 2]
  if (rows * columns !== elements)
    throw new ReshapeError(
      `cannot reshape array of size ${elements} into shape (${rows},${columns})`,
    )
  const windows = createMatrix(rows, columns, allocated)
  const strides = [input.columns, 1, input.columns, 1] as const
  let at = 0
  for (let a = 0; a < extent; a++)
    for (let b = 0; b < extent; b++)
      for (let i = 0; i < kernel.rows; i++)
        for (let j = 0; j < kernel.columns; j++)
          windows.data[at++] =
            input.data[a * strides[0] + b * strides[1] + i * strides[2] + j * strides[3]]!
  return windows
}

/**
 * np.dot of the flat kernel with a matrix that has its windows in rows: row t of it is taken for
 * tap t. Right only where it is symmetric.
 */
export const dotAsWritten = (
  kernel: Matrix,
  windows: Matrix,
  bias: number,
  allocated?: Allocated,
): Matrix => {
  if (kernel.data.length !== windows.rows)
    throw new ReshapeError(
      `shapes (${kernel.data.length},) and (${windows.rows},${windows.columns}) not aligned`,
    )
  return rowTimesMatrix(kernel, windows, bias, allocated)
}

/**
 * The same with the transpose that is missing there, as a view: the product walks the windows row
 * by row.
 */
export function windowsTimesColumn(
  kernel: Matrix,
  windows: Matrix,
  bias: number,
  allocated: Allocated = () => {},
): Matrix {
  const extent = Math.round(Math.sqrt(windows.rows))
  const output = createMatrix(extent, extent, allocated)
  for (let i = 0; i < windows.rows; i++) {
    let sum = bias
    for (let t = 0; t < windows.columns; t++)
      sum += kernel.data[t]! * windows.data[i * windows.columns + t]!
    output.data[i] = sum
  }
  return output
}
