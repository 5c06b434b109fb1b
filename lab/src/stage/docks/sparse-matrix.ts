/**
 * The kernel as a matrix, for some outputs: output = matrix × flattened input. Only the entries
 * that hold a weight are listed.
 *
 *   output (0,0)   w0 w1 .  w2 w3 .  .  .  .      a row holds the weights of one output,
 *   output (0,1)   .  w0 w1 .  w2 w3 .  .  .      a column holds the weights that one
 *   output (1,0)   .  .  .  w0 w1 .  w2 w3 .      sample of the input is multiplied by
 *
 * Padding has no column. A weight on zeros is left out. With another border, a place outside
 * repeats a sample, so its weight goes to the column of that sample.
 */

import { type ConvGeometry, reshape } from 'stridefold/sync'
import { paddedInput } from '../../model/padded.ts'
import { placesOf, type Rectangle, type Region } from '../region.ts'
import { isPaddingAt, type Place, type StageModel, sampleOf } from '../stage-model.ts'

/** An entry that holds a weight. Entries are in the order of the rows, then of the columns. */
export interface Entry {
  readonly row: number
  readonly column: number
  /** The numbers of the weights added here: several only if a border repeats samples. */
  readonly taps: readonly number[]
}

export interface SparseMatrix {
  /** The output of each row. */
  readonly rows: readonly Place[]
  /** The sample of each column: its place in the input, without padding. */
  readonly columns: readonly Place[]
  readonly entries: readonly Entry[]
  /** The taps of each row that have no column, because they are on padding. */
  readonly outside: readonly (readonly number[])[]
  /** Whether a weight on padding stands in the column of the sample that the padding repeats. */
  readonly repeats: boolean
  /** Whether only a part of the region is shown, without the samples that it does not read. */
  readonly isPart: boolean
}

/**
 * For each place of the padded input, the number of the sample that it repeats; −1 for a constant.
 * The library computes it: the samples are replaced by their numbers, from 1.
 */
export function sampleNumbers({ geometry: g, input }: StageModel): Int32Array {
  const bordered: ConvGeometry = {
    ...g,
    dtype: 'float64',
    boundary: g.boundary.map((border) => (typeof border === 'object' ? 'zero' : border)),
  }
  const numbers = Float64Array.from({ length: input.width * input.height }, (_, i) => i + 1)
  const samples = reshape(numbers, [1, 1, ...g.axes.map((axis) => axis.input)])
  return Int32Array.from(paddedInput(bordered, samples).array.data, (number) => number - 1)
}

/**
 * The matrix for the outputs of a rectangle. Its columns are the samples that the rectangle's
 * windows cover. `onlyRead`: without the samples that no window reads.
 */
export function sparseMatrixOf(
  model: StageModel,
  numbers: Int32Array,
  output: Rectangle,
  onlyRead: boolean,
): SparseMatrix {
  const { stride, window, padded, input } = model
  const rows = placesOf(output)
  let repeats = false
  const numberAt = (x: number, y: number): number => numbers[y * padded.width + x]!
  const samplesOfRows = rows.map((place) =>
    Array.from({ length: model.taps }, (_, tap) => {
      const { x, y } = sampleOf(model, tap, place)
      const number = numberAt(x, y)
      repeats ||= number >= 0 && isPaddingAt(model, x, y)
      return number
    }),
  )
  const covered = onlyRead
    ? samplesOfRows.flat()
    : placesOf({
        x: output.x * stride.x,
        y: output.y * stride.y,
        width: (output.width - 1) * stride.x + window.x,
        height: (output.height - 1) * stride.y + window.y,
      }).map(({ x, y }) => numberAt(x, y))
  const samples = [...new Set(covered)].filter((n) => n >= 0).sort((a, b) => a - b)
  const columnOf = new Map(samples.map((number, column) => [number, column]))
  const entries: Entry[] = []
  const outside: number[][] = []
  for (const [row, taps] of samplesOfRows.entries()) {
    const byColumn = new Map<number, number[]>()
    outside.push([])
    for (const [tap, number] of taps.entries()) {
      const column = columnOf.get(number)
      if (column === undefined) outside[row]!.push(tap)
      else byColumn.set(column, [...(byColumn.get(column) ?? []), tap])
    }
    for (const [column, atColumn] of [...byColumn].sort(([a], [b]) => a - b))
      entries.push({ row, column, taps: atColumn })
  }
  const placeOf = (n: number): Place => ({ x: n % input.width, y: Math.floor(n / input.width) })
  return { rows, columns: samples.map(placeOf), entries, outside, repeats, isPart: onlyRead }
}

/**
 * The matrix of a region, or of a part of it with at most `maxColumns` columns: the outputs beside
 * the place, then the output of the place alone. The place is read only if it matters.
 */
export function fittingMatrix(
  model: StageModel,
  numbers: Int32Array,
  { output }: Region,
  placeNow: () => Place,
  maxColumns: number,
): SparseMatrix {
  const whole = sparseMatrixOf(model, numbers, output, false)
  if (whole.columns.length <= maxColumns) return whole
  const place = placeNow()
  const beside = sparseMatrixOf(model, numbers, { ...output, y: place.y, height: 1 }, true)
  if (beside.columns.length <= maxColumns) return beside
  return sparseMatrixOf(model, numbers, { ...place, width: 1, height: 1 }, true)
}

/** The weight of an entry: the sum of its taps' weights. */
export const entryWeight = ({ kernel }: StageModel, { taps }: Entry): number =>
  Number(taps.reduce((sum, tap) => sum + kernel.data[tap]!, 0).toPrecision(12))

/**
 * Two matrices have the same form if their entries are at the same places. While the window moves
 * inside a picture the form stays, and only samples and outputs change.
 */
export const formOf = ({ rows, columns, entries }: SparseMatrix): string =>
  [
    rows.map(({ y }) => y - rows[0]!.y),
    columns.map(({ y }) => y - columns[0]!.y),
    entries.map(({ row, column, taps }) => `${row},${column},${taps.join('+')}`),
  ].join(';')
