/**
 * The docked matrix: its cells are those of the library's im2col, and its sizes give each view
 * numbers and results one pitch.
 */

import { im2col } from 'stridefold/sync'
import { describe, expect, it, test } from 'vitest'
import { layerCall, layerOptions, viewModelOf } from '../src/model/view-model.ts'
import { charactersFor, fittedText } from '../src/stage/docks/fitted-text.ts'
import { type MatrixRequest, matrixLayout } from '../src/stage/docks/matrix-layout.ts'
import {
  columnOf,
  copiesOf,
  placeOfColumn,
  samplesIn,
  tapOf,
} from '../src/stage/docks/window-columns.ts'
import { regionAround, wholeRegion } from '../src/stage/region.ts'
import { sampleOf, stageModelOf } from '../src/stage/stage-model.ts'

const cases = [
  '1x1x5x7 * 1x1x3x2 p1,0:1',
  '1x1x6x5 * 1x1x2x3 s2,1 d1,2',
  '1x1x4x4 * 1x1x1x1',
  '1x1x7x6 * 1x1x3x3 s3 p2 flip',
  '1x1x9 * 1x1x4 s2 p1 reflect',
]

const problemOf = (problem: string) => ({
  problem,
  input: { seed: 3 },
  kernel: { seed: 5 },
  divisor: 1,
  bias: 0,
})

describe.each(cases)('%s', (problem) => {
  const model = stageModelOf(problemOf(problem))
  const whole = wholeRegion(model)
  const columns = model.output.width * model.output.height

  it('has the cells of im2col, in the order of the weights as they multiply', () => {
    const { input, shapes, geometry } = viewModelOf(problemOf(problem))
    const matrix = im2col(input, shapes.kernel, {
      call: layerCall(geometry),
      ...layerOptions(geometry),
    })
    for (let tap = 0; tap < model.taps; tap++)
      for (let column = 0; column < columns; column++) {
        const { x, y } = sampleOf(model, tap, placeOfColumn(whole, column))
        expect(model.padded.data[y * model.padded.width + x]).toBe(
          matrix.data[tap * shapes.im2col[1] + column],
        )
      }
  })

  it('finds columns and taps again, and counts copies by looking at all cells', () => {
    const counts = new Map<string, number>()
    for (let column = 0; column < columns; column++) {
      const place = placeOfColumn(whole, column)
      expect(columnOf(whole, place)).toBe(column)
      for (let tap = 0; tap < model.taps; tap++) {
        const sample = sampleOf(model, tap, place)
        expect(tapOf(model, sample, place)).toBe(tap)
        const name = `${sample.x},${sample.y}`
        counts.set(name, (counts.get(name) ?? 0) + 1)
      }
    }
    expect(samplesIn(model, whole)).toBe(counts.size)
    for (let y = 0; y < model.padded.height; y++)
      for (let x = 0; x < model.padded.width; x++)
        expect(copiesOf(model, whole, { x, y })).toBe(counts.get(`${x},${y}`) ?? 0)
  })
})

test('columns outside a region have no number', () => {
  const model = stageModelOf(problemOf('1x1x30x30 * 1x1x3x3'))
  const region = regionAround(model, { x: 10, y: 10 }, { x: 5, y: 3 }, undefined)
  expect(region.output).toEqual({ x: 8, y: 9, width: 5, height: 3 })
  expect(columnOf(region, { x: 10, y: 10 })).toBe(7)
  expect(columnOf(region, { x: 7, y: 10 })).toBeUndefined()
  expect(columnOf(region, { x: 10, y: 12 })).toBeUndefined()
})

describe('numbers in a cell', () => {
  it.each([
    [751, 5, '751'],
    [-558, 4, '−558'],
    [191.9375, 8, '191.9375'],
    [191.9375, 6, '≈191.9'],
    [191.9375, 4, '≈192'],
    [-1020, 4, ''],
    [0.3, 3, '0.3'],
  ])('%d in %d characters: %s', (value, characters, text) => {
    expect(fittedText(value, characters)).toBe(text)
  })

  it.each([
    [[0, 255], 3],
    [[-1020, 1020], 5],
    [[0.1, 0.2], 3],
    [[191.9375, 7.5], 4],
    [[0.123456], 4],
  ])('%o need %d characters', (values, characters) => {
    expect(charactersFor(values)).toBe(characters)
  })
})

const usual: MatrixRequest = {
  width: 680,
  height: 204,
  rows: 9,
  columns: 15,
  groups: 3,
  characters: 3,
  resultCharacters: 5,
  weightCharacters: 2,
  isPhone: false,
  digitShare: 0.556,
}

describe('sizes', () => {
  it.each([
    ['3×3 on a desk', usual],
    ['1024 px', { ...usual, width: 580, height: 120 }],
    [
      'phone',
      { ...usual, width: 320, height: undefined, columns: 9, resultCharacters: 4, isPhone: true },
    ],
    ['5×5', { ...usual, rows: 25 }],
    ['7×7', { ...usual, rows: 49 }],
    ['one place', { ...usual, columns: 1, groups: 1, rows: 1 }],
    ['large screen', { ...usual, width: 1084, height: 520 }],
  ])('%s: all columns are in sight, digits have 12 px or are not drawn', (name, request) => {
    const layout = matrixLayout(request)
    expect(layout.inSight).toBe(request.columns)
    expect(layout.tableWidth).toBeLessThanOrEqual(request.width)
    expect(layout.fontSize).toBeGreaterThanOrEqual(request.isPhone ? 11 : 12)
    if (layout.hasDigits) {
      expect(layout.rowHeight).toBeGreaterThan(layout.fontSize * 1.2)
      expect(layout.characters).toBeGreaterThanOrEqual(request.characters)
    }
    expect(layout.hasDigits).toBe(!['5×5', '7×7'].includes(name))
    expect(layout.resultCharacters).toBeGreaterThanOrEqual(request.resultCharacters)
  })

  it('columns that do not fit scroll, and their number is known', () => {
    const { inSight, tableWidth } = matrixLayout({ ...usual, columns: 49, groups: 7 })
    expect(inSight).toBeLessThan(49)
    expect(tableWidth).toBeGreaterThan(680)
  })
})
