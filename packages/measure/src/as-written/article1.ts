/**
 * The functions of article 1, translated to plain TypeScript without corrections: the same loops,
 * the same order, the same mistakes. Matrices are square, as in the article. Indices come from
 * loops, never from a library.
 */

/** A matrix in row-major order, as in NumPy. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

/** A matrix of this shape with a copy of the numbers, or zeros. */
export const matrix = (
  rows: number,
  columns: number,
  data: ArrayLike<number> = new Float64Array(rows * columns),
): Matrix => ({
  ...{ rows, columns },
  data: Float64Array.from(data),
})

/** Called with the bytes of every new array, so that memory can be counted. */
export type Allocated = (bytes: number) => void

const createMatrix = (rows: number, columns: number, allocated: Allocated): Matrix => {
  allocated(rows * columns * 8)
  return { rows, columns, data: new Float64Array(rows * columns) }
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

/** im2col: the same two loops; every window becomes a column. */
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

/** The error of NumPy for a reshape that does not fit. */
export class ReshapeError extends Error {}

/**
 * memory_strided_im2col: view_as_windows without loops, then a reshape to (extent², kernel.rows ·
 * 2), which fits only a 2×2 kernel. The view copies nothing. The reshape cannot be a view, so it
 * copies everything. Windows end up in rows.
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
 * np.dot of the flat kernel with a matrix that has its windows in rows: row t is used as tap t.
 * This is right only for a symmetric matrix.
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

/** The same with the missing transpose, as a view: the product reads the windows row by row. */
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
