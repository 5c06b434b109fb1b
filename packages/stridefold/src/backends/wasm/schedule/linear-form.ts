/**
 * Multiplies a small constant matrix by a vector of registers in few operations. Zeros cost
 * nothing. A weight of ±1 is an addition or a subtraction. Terms that two columns or two rows share
 * are computed once.
 *
 *   columns that differ only in signs   a·x + a·y, a·x − a·y    s = x + y, d = x − y; rows use one
 *   rows that differ only in signs      a·x + b·y, a·x − b·y    e = a·x, o = b·y; e + o and e − o
 *
 * Both patterns come from transforms with points ±p. The code finds them in the numbers alone, in a
 * fixed order. The order of summation is therefore the same everywhere.
 */

/** weight · value. A value is an input or the result of an earlier sum. */
export interface Term {
  readonly weight: number
  readonly value: number
}

/** Values are numbered: first the inputs, then the sums in order. */
export interface LinearForm {
  readonly inputs: number
  readonly sums: readonly (readonly Term[])[]
  /** The number of the value that holds each row of the product. */
  readonly outputs: readonly number[]
  /** Additions and multiplications. A multiply-add counts as one. */
  readonly operations: number
}

export function linearForm(matrix: readonly (readonly number[])[]): LinearForm {
  const inputs = matrix[0]!.length
  const sums: Term[][] = []
  const addSum = (terms: Term[]): number => inputs + sums.push(terms) - 1
  const columns = pairedColumns(matrix, addSum)
  const rows = matrix.map((_, i) => columns.map((column) => column.weights[i]!))
  const termsOf = (weights: readonly number[]): Term[] => {
    const terms: Term[] = []
    for (let j = 0; j < weights.length; j++) {
      const weight = weights[j]!
      if (weight !== 0) terms.push({ weight, value: columns[j]!.value })
    }
    return terms
  }
  const outputs: (number | undefined)[] = matrix.map(() => undefined)
  rows.forEach((row, i) => {
    if (outputs[i] !== undefined) return
    const twin = rows.findIndex(
      (other, k) =>
        k > i &&
        outputs[k] === undefined &&
        differOnlyInSigns(row, other) &&
        termsOf(row).length > 2,
    )
    if (twin < 0) {
      outputs[i] = addSum(termsOf(row))
      return
    }
    const hasSameSign = (w: number, j: number): boolean => w === rows[twin]![j]
    const even = addSum(termsOf(row.map((w, j) => (hasSameSign(w, j) ? w : 0))))
    const odd = addSum(termsOf(row.map((w, j) => (hasSameSign(w, j) ? 0 : w))))
    outputs[i] = addSum([unitTerm(even), unitTerm(odd)])
    outputs[twin] = addSum([unitTerm(even), { weight: -1, value: odd }])
  })
  const operations = sums.reduce((n, terms) => n + operationsOf(terms), 0)
  return { inputs, sums, outputs: outputs as number[], operations }
}

/** A value, and its weight in every row. */
interface Column {
  readonly value: number
  readonly weights: readonly number[]
}

/**
 * The columns of a matrix. Two that differ only in signs are replaced by their sum and their
 * difference, in the place of the first.
 */
function pairedColumns(
  matrix: readonly (readonly number[])[],
  addSum: (terms: Term[]) => number,
): Column[] {
  const inputs = matrix[0]!.length
  const columns = matrix[0]!.map((_, j): Column => {
    return { value: j, weights: matrix.map((row) => row[j]!) }
  })
  for (let at = 0; at < columns.length; at++) {
    const { value, weights } = columns[at]!
    const twinAt = columns.findIndex(
      (other, i) =>
        i > at &&
        value < inputs &&
        other.value < inputs &&
        differOnlyInSigns(weights, other.weights),
    )
    if (twinAt < 0) continue
    const twin = columns[twinAt]!
    const plus = addSum([unitTerm(value), unitTerm(twin.value)])
    const minus = addSum([unitTerm(value), { weight: -1, value: twin.value }])
    const hasSameSign = (w: number, i: number): boolean => w === twin.weights[i]
    columns.splice(twinAt, 1)
    columns.splice(
      at,
      1,
      { value: plus, weights: weights.map((w, i) => (hasSameSign(w, i) ? w : 0)) },
      { value: minus, weights: weights.map((w, i) => (hasSameSign(w, i) ? 0 : w)) },
    )
  }
  return columns
}

const unitTerm = (value: number): Term => ({ weight: 1, value })

/**
 * Whether two lists of weights have equal magnitudes, with some equal signs and some opposite
 * signs.
 */
function differOnlyInSigns(x: readonly number[], y: readonly number[]): boolean {
  let differing = false
  let equal = false
  for (let i = 0; i < x.length; i++) {
    const w = x[i]!
    const other = y[i]!
    if (w !== other && w !== -other) return false
    if (w === 0) continue
    if (w === other) equal = true
    else differing = true
  }
  return differing && equal
}

const operationsOf = (terms: readonly Term[]): number =>
  terms.length - 1 + (terms.some((t) => t.weight === 1) ? 0 : 1)

/** The largest number of forms that are kept. */
const maxForms = 256

/**
 * The linear forms of matrices that lie in lists of values, each computed once. Steps of a program
 * often multiply by the same matrix, and so do programs with tiles of the same size.
 */
export class LinearForms {
  readonly #byMatrix = new Map<string, LinearForm>()

  of(values: readonly number[], offset: number, rows: MatrixLoop, columns: MatrixLoop): LinearForm {
    const matrix = matrixOf(values, offset, rows, columns)
    const key = `${columns.extent}: ${matrix.join()}`
    const known = this.#byMatrix.get(key)
    if (known !== undefined) return known
    const form = linearForm(matrix)
    if (this.#byMatrix.size === maxForms) this.#byMatrix.clear()
    this.#byMatrix.set(key, form)
    return form
  }
}

/** The rows or the columns of a matrix in a list of values. */
interface MatrixLoop {
  readonly extent: number
  readonly stride: number
}

function matrixOf(
  values: readonly number[],
  offset: number,
  rows: MatrixLoop,
  columns: MatrixLoop,
): number[][] {
  const matrix: number[][] = []
  for (let i = 0; i < rows.extent; i++) {
    const row: number[] = []
    for (let j = 0; j < columns.extent; j++)
      row.push(values[offset + i * rows.stride + j * columns.stride]!)
    matrix.push(row)
  }
  return matrix
}
