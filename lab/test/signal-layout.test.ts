/**
 * The geometry of the docked view of one row as a signal.
 */

import { expect, test } from 'vitest'
import {
  curve,
  heightOf,
  middleColumn,
  outputNear,
  panelsFor,
  productRange,
  rangeOf,
  rangesOf,
  tickStep,
} from '../src/stage/docks/signal-layout.ts'
import { productsAt, stageModelOf } from '../src/stage/stage-model.ts'

const modelOf = (problem: string, values: number[], weights: number[]) =>
  stageModelOf({
    problem,
    input: { values },
    kernel: { values: weights },
    divisor: 1,
    bias: 0,
  })

test('an axis holds all numbers and 0, with ends of at most two digits', () => {
  expect(rangeOf([751, -729])).toEqual({ low: -730, high: 760 })
  expect(rangeOf([3, 9, 2])).toEqual({ low: 0, high: 9 })
  expect(rangeOf([0.0123, 0.4])).toEqual({ low: 0, high: 0.4 })
  expect(rangeOf([0, 0])).toEqual({ low: 0, high: 1 })
  expect(rangeOf([1, Number.NaN, Number.POSITIVE_INFINITY])).toEqual({ low: 0, high: 1 })
})

test('every product of every place fits its axis', () => {
  const values = Array.from({ length: 40 }, (_, i) => ((i * 13) % 31) - 11)
  const weights = [1, -2, 3, 0.5]
  const model = modelOf('40 * 4 p2', values, weights)
  const { products, output } = rangesOf(model)
  for (let x = 0; x < model.output.width; x++) {
    for (const { product } of productsAt(model, { x, y: 0 })) {
      expect(product).toBeGreaterThanOrEqual(products.low)
      expect(product).toBeLessThanOrEqual(products.high)
    }
    expect(model.output.data[x]!).toBeGreaterThanOrEqual(output.low)
    expect(model.output.data[x]!).toBeLessThanOrEqual(output.high)
  }
  expect(productRange([-1, 2], { low: 0, high: 255 })).toEqual({ low: -260, high: 510 })
})

test('a column is nearest to the output over it', () => {
  const model = modelOf('40 * 5 s3', Array(40).fill(1), [1, 1, 1, 1, 1])
  for (let x = 0; x < model.output.width; x++)
    expect(outputNear(model, middleColumn(model, x))).toBe(x)
  expect(outputNear(model, -10)).toBe(0)
  expect(outputNear(model, 100)).toBe(model.output.width - 1)
})

test('panels stand below one another, and heights stay inside', () => {
  const model = modelOf('40 * 3', Array(40).fill(1), [1, -1, 1])
  const { input, weights, products, output } = panelsFor(rangesOf(model), 200)
  const all = [input, weights, products, output]
  for (const [i, panel] of all.entries()) {
    expect(panel.bottom).toBeGreaterThan(panel.top + 10)
    if (i > 0) expect(panel.top).toBeGreaterThan(all[i - 1]!.bottom)
    for (const value of [-1e9, panel.low, 0, panel.high, 1e9]) {
      const height = heightOf(value, panel)
      expect(height).toBeGreaterThanOrEqual(panel.top)
      expect(height).toBeLessThanOrEqual(panel.bottom)
    }
  }
  expect(output.bottom).toBeLessThanOrEqual(200)
})

test('a curve leaves gaps where numbers are missing', () => {
  const values = [1, 2, Number.NaN, 4, undefined, 6]
  const path = curve(
    { first: 0, count: 6 },
    (i) => values[i],
    (i) => i * 10,
    (value) => value,
  )
  expect(path).toBe('M0 1L10 2M30 4M50 6')
})

test('a curve with more numbers than pixels keeps every peak', () => {
  const path = curve(
    { first: 0, count: 10_000 },
    (i) => (i === 4321 ? 99 : 0),
    (i) => i / 100,
    (value) => value,
  )
  expect(path).toContain('L43.21 99')
  expect(path.length).toBeLessThan(10_000)
})

test('numbers of an axis keep their distance', () => {
  expect(tickStep(34, 30)).toBe(1)
  expect(tickStep(16, 30)).toBe(2)
  expect(tickStep(5, 30)).toBe(10)
  expect(tickStep(0.1, 30)).toBe(500)
})
