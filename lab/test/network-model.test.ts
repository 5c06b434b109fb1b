/**
 * The page “Network” without a browser: its values are those of plain loops in float64, its
 * gradients are the changes of these, its receptive fields hold all that a cell depends on, and its
 * weights are as right as the page says.
 */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { draw, random } from '../../examples/shapes/draw.ts'
import {
  type Drawing,
  drawingFrom,
  drawingText,
  emptyDrawing,
  filled,
  isEmpty,
  mostInk,
  pixelsOf,
  sampleOf,
  shapeNames,
  side,
  stroke,
} from '../src/network/drawing.ts'
import { handDrawn } from '../src/network/hand-drawn.ts'
import { en } from '../src/network/messages/en.ts'
import { zh } from '../src/network/messages/zh.ts'
import {
  answerGradient,
  type Cell,
  cellGradient,
  networkOf,
  passOf,
  receptiveField,
  type StoredNetwork,
} from '../src/network/network-model.ts'
import { shadePaths } from '../src/network/plane-paths.ts'
import { layerShapes, readSettings, usualSettings, writeSettings } from '../src/network/settings.ts'

const file = new URL('../src/network/shapes-network.json', import.meta.url)
const bytes = readFileSync(file)
const stored = JSON.parse(bytes.toString()) as StoredNetwork
const network = networkOf(stored)

/** The results of all layers in float64, by plain loops. */
function plainPass(pixels: ArrayLike<number>): Float64Array[] {
  let [values, channels, extent] = [Float64Array.from(pixels), 1, side]
  const all: Float64Array[] = []
  for (const { weight, bias, stride, padding, hasRelu } of network.layers) {
    const [filters = 1, , taps = 1] = weight.shape
    const count = Math.floor((extent + 2 * padding - taps) / stride) + 1
    const next = new Float64Array(filters * count * count)
    for (let o = 0; o < filters; o++)
      for (let row = 0; row < count; row++)
        for (let column = 0; column < count; column++) {
          let sum = bias.data[o]!
          for (let c = 0; c < channels; c++)
            for (let i = 0; i < taps; i++)
              for (let j = 0; j < taps; j++) {
                const y = row * stride + i - padding
                const x = column * stride + j - padding
                if (y < 0 || x < 0 || y >= extent || x >= extent) continue
                sum +=
                  values[(c * extent + y) * extent + x]! *
                  weight.data[((o * channels + c) * taps + i) * taps + j]!
              }
          next[(o * count + row) * count + column] = hasRelu ? Math.max(0, sum) : sum
        }
    all.push(next)
    values = next
    channels = filters
    extent = count
  }
  return all
}

const drawings: readonly Drawing[] = [
  emptyDrawing,
  ...shapeNames.map((shape, i) => sampleOf(shape, i + 1)),
]

test.each(drawings.map((drawing, i) => [i, drawing] as const))(
  'drawing %i has the values of plain loops',
  (_, drawing) => {
    const pixels = pixelsOf(drawing)
    const { values, probabilities } = passOf(network, pixels)
    const expected = plainPass(pixels)
    for (const [layer, wanted] of expected.entries()) {
      const greatest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
      const { data } = values[layer + 1]!
      expect(data.length).toBe(wanted.length)
      for (const [i, value] of wanted.entries())
        expect(Math.abs(data[i]! - value)).toBeLessThan(2 ** -18 * greatest)
    }
    const powers = Array.from(expected.at(-1)!, Math.exp)
    const total = powers.reduce((sum, power) => sum + power, 0)
    for (const [i, power] of powers.entries())
      expect(probabilities[i]).toBeCloseTo(power / total, 4)
  },
)

describe('gradients', () => {
  const h = 1e-5
  /** By how much a result changes when a pixel does, from plain loops in float64. */
  const slope = (
    pixels: Float32Array,
    pixel: number,
    of: (all: readonly Float64Array[]) => number,
  ): number => {
    const at = (change: number): number => {
      const changed = Float64Array.from(pixels)
      changed[pixel]! += change
      return of(plainPass(changed))
    }
    return (at(h) - at(-h)) / (2 * h)
  }

  test('a cell: the change of its value', () => {
    const pixels = pixelsOf(sampleOf('star', 1))
    const pass = passOf(network, pixels)
    for (const layer of [0, 1]) {
      const { data, shape } = pass.values[layer + 1]!
      const place = Array.from(data).indexOf(Math.max(...Array.from(data)))
      const [, , rows = 1, columns = 1] = shape
      const area = rows * columns
      const cell: Cell = {
        layer,
        map: Math.floor(place / area),
        row: Math.floor((place % area) / columns),
        column: place % columns,
      }
      const gradient = cellGradient(network, pass, cell).data
      const field = receptiveField(network, cell)
      for (let pixel = 0; pixel < side * side; pixel += 7) {
        const [row, column] = [Math.floor(pixel / side), pixel % side]
        expect(gradient[pixel]).toBeCloseTo(
          slope(pixels, pixel, (all) => all[layer]![place]!),
          3,
        )
        const isInside =
          row >= field.rows[0] &&
          row < field.rows[1] &&
          column >= field.columns[0] &&
          column < field.columns[1]
        if (!isInside) expect(gradient[pixel]).toBe(0)
      }
    }
  })

  test('an answer: the change of its probability', () => {
    const pixels = pixelsOf(sampleOf('circle', 3))
    const pass = passOf(network, pixels)
    for (const answer of [0, 2]) {
      const gradient = answerGradient(network, pass, answer).data
      for (let pixel = 3; pixel < side * side; pixel += 23) {
        const wanted = slope(pixels, pixel, (all) => {
          const powers = Array.from(all.at(-1)!, Math.exp)
          return powers[answer]! / powers.reduce((sum, power) => sum + power, 0)
        })
        expect(gradient[pixel]).toBeCloseTo(wanted, 3)
      }
    }
  })
})

test('a receptive field holds every pixel that changes the cell, and reaches to its edges', () => {
  for (const [layer, row, column] of [
    [0, 0, 0],
    [0, 4, 9],
    [1, 2, 2],
    [1, 4, 0],
  ] as const) {
    const cell = { layer, row, column }
    const { rows, columns } = receptiveField(network, cell)
    const extent = layerShapes[layer]![1]
    const touched = new Set<number>()
    const base = plainPass(new Float64Array(side * side).fill(0.25))
    for (let pixel = 0; pixel < side * side; pixel++) {
      const pixels = new Float64Array(side * side).fill(0.25)
      pixels[pixel] = 3
      const changed = plainPass(pixels)[layer]!
      for (let map = 0; map < layerShapes[layer]![0]; map++) {
        const place = (map * extent + row) * extent + column
        if (changed[place] !== base[layer]![place]) touched.add(pixel)
      }
    }
    const touchedRows = [...touched].map((pixel) => Math.floor(pixel / side))
    const touchedColumns = [...touched].map((pixel) => pixel % side)
    expect([Math.min(...touchedRows), Math.max(...touchedRows) + 1]).toEqual(rows)
    expect([Math.min(...touchedColumns), Math.max(...touchedColumns) + 1]).toEqual(columns)
  }
})

test('the weights are as right as the page says, and small', () => {
  for (const [make, share] of [
    [draw, network.accuracy],
    [handDrawn, network.handAccuracy],
  ] as const) {
    const { pixels, labels, count } = make(stored.tested.count, random(stored.tested.seed))
    let right = 0
    for (let i = 0; i < count; i++) {
      const { probabilities } = passOf(network, pixels.slice(i * side ** 2, (i + 1) * side ** 2))
      if (probabilities.indexOf(Math.max(...probabilities)) === labels[i]) right++
    }
    // float32 sums may decide a close one differently on another machine.
    expect(Math.abs(right / count - share)).toBeLessThanOrEqual(1 / count)
    expect(share).toBeGreaterThan(0.93)
  }
  expect(bytes.length).toBeLessThan(50_000)
  for (const shape of shapeNames) expect(sampleOf(shape, 5)).toEqual(sampleOf(shape, 5))
})

test('strokes, filling, and the text of a drawing', () => {
  const line = stroke(emptyDrawing, [3.5, 3.5], [15.5, 3.5], mostInk)
  expect(line[3 * side + 9]).toBe(mostInk)
  expect(line[9 * side + 9]).toBe(0)
  const square = [
    [3.5, 3.5],
    [15.5, 3.5],
    [15.5, 15.5],
    [3.5, 15.5],
    [3.5, 3.5],
  ] as const
  const outline = square
    .slice(1)
    .reduce((drawn, to, i) => stroke(drawn, square[i]!, to, mostInk), emptyDrawing)
  expect(outline[9 * side + 9]).toBe(0)
  expect(filled(outline)[9 * side + 9]).toBe(mostInk)
  expect(filled(outline)[0]).toBe(0)
  expect(filled(line)[9 * side + 9]).toBe(0)
  expect(isEmpty(stroke(line, [3.5, 3.5], [15.5, 3.5], 0).map((level) => level >> 3))).toBe(true)
  expect(drawingFrom(drawingText(outline))).toEqual(outline)
  expect(drawingFrom('0f')).toBe(undefined)
})

test('settings survive the link; parts that are not valid are named', () => {
  for (const settings of [
    usualSettings,
    { ...usualSettings, sample: { shape: 'circle', seed: 12 } as const, answer: 2 },
    { ...usualSettings, cell: { layer: 1, map: 15, row: 4, column: 0 } },
    { ...usualSettings, drawing: sampleOf('square', 2) },
  ])
    expect(readSettings(writeSettings(settings))).toEqual({ settings, faults: [] })
  expect(readSettings('sample:moon,1;cell:0,8,0,0;draw:12;answer:4;more').faults).toEqual([
    'sample:moon,1',
    'cell:0,8,0,0',
    'draw:12',
    'answer:4',
    'more',
  ])
  expect(layerShapes).toEqual(
    passOf(network, pixelsOf(emptyDrawing))
      .values.slice(1, 3)
      .map(({ shape }) => shape.slice(1)),
  )
})

test('shades: one path for each, the darkest for the largest', () => {
  expect(shadePaths([0, 1, 0.5, -1], 1, { columns: 2 })).toEqual([
    { shade: 6, path: 'M0 1h1v1h-1z' },
    { shade: 12, path: 'M1 0h1v1h-1z' },
  ])
  expect(shadePaths([0, 0], 0, { columns: 2 })).toEqual([])
})

test('both languages have the same texts', () => {
  const names = (texts: object): string[] => Object.keys(texts).sort()
  expect(names(zh)).toEqual(names(en))
  expect(names(zh.shapes)).toEqual([...shapeNames].sort())
  for (const text of Object.values(zh).filter((each) => typeof each === 'string'))
    expect(text).not.toMatch(/[\u4e00-\u9fff] ?[,:;!?]/)
})
