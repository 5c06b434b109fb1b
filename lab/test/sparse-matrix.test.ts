/**
 * The sparse matrix of the docked view against the library's `toeplitz`, for every border. The
 * matrix of a part against the window's products. Sizes: everything that is drawn has room.
 */

import { parseCase, toeplitz, toNested } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { sparseLayout } from '../src/stage/docks/sparse-layout.ts'
import {
  entryWeight,
  fittingMatrix,
  formOf,
  type SparseMatrix,
  sampleNumbers,
  sparseMatrixOf,
} from '../src/stage/docks/sparse-matrix.ts'
import { regionAround, wholeRegion } from '../src/stage/region.ts'
import { productsAt, type StageModel, stageModelOf } from '../src/stage/stage-model.ts'

const modelOf = (problem: string): StageModel =>
  stageModelOf({ problem, input: { seed: 3 }, kernel: { seed: 5 }, divisor: 1, bias: 0 })

const whole = (model: StageModel): SparseMatrix =>
  sparseMatrixOf(model, sampleNumbers(model), wholeRegion(model).output, false)

const cases = [
  '1x1x4x5 * 1x1x3x2',
  '1x1x6x7 * 1x1x3x3 s2 p1',
  '1x1x7x6 * 1x1x2x3 d2 p2,1',
  '1x1x9 * 1x1x4 p2',
  '1x1x5x5 * 1x1x3x3 p1 flip',
  '1x1x5x4 * 1x1x3x3 p2 edge',
  '1x1x5x4 * 1x1x3x3 p2 reflect',
  '1x1x5x4 * 1x1x3x3 p2 symmetric',
  '1x1x5x4 * 1x1x3x3 p2 wrap',
]

test.each(cases)('the matrix is the library’s: %s', (problem) => {
  const model = modelOf(problem)
  const g = parseCase(problem)
  const { rows, columns, entries } = whole(model)
  const dense = rows.map(() => columns.map(() => 0))
  for (const entry of entries) dense[entry.row]![entry.column]! = entryWeight(model, entry)
  const kernel = Array.from({ length: model.kernel.height }, (_, y) =>
    Array.from(model.kernel.data).slice(y * model.kernel.width, (y + 1) * model.kernel.width),
  )
  const sparse = toeplitz(
    g.axes.length > 1 ? kernel : kernel[0]!,
    g.axes.map((axis) => axis.input),
    {
      stride: g.axes.map((axis) => axis.stride),
      dilation: g.axes.map((axis) => axis.dilation),
      padding: g.axes.map((axis) => [axis.before, axis.after] as const),
      boundary: g.boundary,
    },
  )
  const expected = toNested(sparse.toDense()) as number[][]
  // A window may cover no sample of the last rows or columns. They are columns of zeros there.
  const { width } = model.input
  const used = columns.map(({ x, y }) => y * width + x)
  expect(dense).toEqual(expected.map((row) => used.map((column) => row[column])))
  const unused = expected.map((row) => row.filter((_, column) => !used.includes(column)))
  expect(unused.flat().every((weight) => weight === 0)).toBe(true)
})

test('padding has no column: rows at the border hold fewer weights', () => {
  const model = modelOf('1x1x4x4 * 1x1x3x3 p1')
  const { rows, columns, entries, outside } = whole(model)
  const perRow = rows.map((_, row) => entries.filter((entry) => entry.row === row).length)
  expect([rows.length, columns.length]).toEqual([16, 16])
  expect(perRow.slice(0, 5)).toEqual([4, 6, 6, 4, 6])
  expect(outside[0]).toEqual([0, 1, 2, 3, 6])
  expect(perRow[5]).toBe(9)
})

test('a region: every row is the window of its output', () => {
  const model = modelOf('1x1x43x64 * 1x1x3x3')
  const place = { x: 19, y: 23 }
  const region = regionAround(model, place, { x: 5, y: 3 }, undefined)
  const matrix = fittingMatrix(model, sampleNumbers(model), region, () => place, 100)
  expect([matrix.rows.length, matrix.columns.length, matrix.entries.length]).toEqual([15, 35, 135])
  for (const [row, output] of matrix.rows.entries()) {
    const entries = matrix.entries.filter((entry) => entry.row === row)
    expect(entries.map(({ column, taps }) => [matrix.columns[column], taps])).toEqual(
      productsAt(model, output).map(({ x, y, tap }) => [{ x, y }, [tap]]),
    )
  }
  const moved = regionAround(model, { x: 40, y: 8 }, { x: 5, y: 3 }, undefined)
  expect(formOf(fittingMatrix(model, sampleNumbers(model), moved, () => place, 100))).toBe(
    formOf(matrix),
  )
})

test('too many columns: the outputs beside the place, then the place alone', () => {
  const model = modelOf('1x1x40x40 * 1x1x7x7 d2')
  const place = { x: 12, y: 9 }
  const region = regionAround(model, place, { x: 5, y: 3 }, undefined)
  const fitting = (most: number): SparseMatrix =>
    fittingMatrix(model, sampleNumbers(model), region, () => place, most)
  expect([fitting(255).rows.length, fitting(255).columns.length]).toEqual([15, 255])
  expect([fitting(200).rows.length, fitting(200).columns.length]).toEqual([5, 119])
  expect([fitting(60).rows.length, fitting(60).columns.length]).toEqual([1, 49])
})

test.each([
  [674, 230],
  [577, 150],
  [358, 260],
  [1084, 430],
])('the layout stays inside %i × %i', (width, height) => {
  for (const problem of [...cases, '1x1x3x3 * 1x1x2x2', '1x1x9x9 * 1x1x1x1', '1x1x9x9 * 1x1x5x5']) {
    const matrix = whole(modelOf(problem))
    const layout = sparseLayout(matrix, { width, height }, { weight: 2, sample: 1, output: 4 })
    expect(layout.outputWidth + 8 + layout.width).toBeLessThanOrEqual(width + 0.01)
    expect(layout.shownHeight + layout.sampleHeight + 8).toBeLessThanOrEqual(height)
    expect(layout.pitch.x).toBeGreaterThanOrEqual(3)
    for (const [i, x] of layout.columns.entries())
      if (i > 0) expect(x - layout.columns[i - 1]!).toBeGreaterThanOrEqual(layout.pitch.x - 1e-9)
  }
})
