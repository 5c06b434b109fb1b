/**
 * The page “Channels” without a browser: its numbers are the library's, no plane hides another one
 * at any angle, its settings survive the link, and both languages have the same texts.
 */

import { ndarray, parseCase } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { expect, test } from 'vitest'
import { layoutOf } from '../src/stack/layout.ts'
import { en } from '../src/stack/messages/en.ts'
import { zh } from '../src/stack/messages/zh.ts'
import { ownNumbers } from '../src/stack/own-numbers.ts'
import { directionsOf, pointAt, stackOf } from '../src/stack/projection.ts'
import { fits, limits, readSettings, writeSettings } from '../src/stack/settings.ts'
import { channelsOf, numberAt, outputAt, sharesOf, stackModelOf } from '../src/stack/stack-model.ts'

const problems = [
  '1x3x5x6 * 2x3x3x3',
  '1x4x5x6 * 4x1x3x2 p1 g4',
  '1x4x5x6 * 6x2x2x3 s2,1 p1,0:2 g2 flip',
  '1x2x6x5 * 3x2x2x2 d2 edge p1',
  '2x4x6x5 * 6x2x3x2 s2,1 p1,0:1 g2',
]
const numbersOf = (problem: string) => ({
  problem,
  input: { seed: 3 },
  kernel: { seed: 5 },
  divisor: 1,
  bias: 2,
})

test.each(problems)('products, sums of channels and bias are the output: %s', (problem) => {
  const g = parseCase(problem)
  const model = stackModelOf(numbersOf(problem), g.batch - 1)
  const { output, groupChannels } = model
  for (let filter = 0; filter < output.count; filter++)
    for (let row = 0; row < output.rows; row++)
      for (let column = 0; column < output.columns; column++) {
        const spot = { filter, row, column }
        const shares = sharesOf(model, spot)
        expect(shares.map(({ channel }) => channel)).toEqual(channelsOf(model, filter))
        expect(shares.length).toBe(groupChannels)
        for (const { samples, weights, sum } of shares)
          expect(samples.reduce((all, x, i) => all + x * weights[i]!, 0)).toBe(sum)
        expect(shares.reduce((all, { sum }) => all + sum, 2)).toBe(outputAt(model, spot))
      }
})

test('the sum of one channel is the layer of that channel alone', () => {
  const problem = '1x4x5x6 * 6x2x2x3 s2,1 p1 g2'
  const model = stackModelOf(numbersOf(problem))
  const { geometry: g, weights, parts } = model
  const [y, x] = g.axes
  for (let filter = 0; filter < g.filters; filter++)
    for (const [i, channel] of channelsOf(model, filter).entries()) {
      const plane = filter * model.groupChannels + i
      const samples = Array.from({ length: y!.input * x!.input }, (_, at) =>
        numberAt(
          model.padded,
          channel,
          y!.before + Math.floor(at / x!.input),
          x!.before + (at % x!.input),
        ),
      )
      const kernel = Array.from({ length: 6 }, (_, at) =>
        numberAt(weights, plane, Math.floor(at / 3), at % 3),
      )
      const { values } = definition(
        { ...g, channels: 1, filters: 1, groups: 1 },
        {
          input: ndarray(new Float64Array(samples), [1, 1, y!.input, x!.input]),
          kernel: ndarray(new Float64Array(kernel), [1, 1, 2, 3]),
        },
      )
      const size = parts.rows * parts.columns
      expect([...values]).toEqual([
        ...Array.from(parts.data).slice(plane * size, (plane + 1) * size),
      ])
    }
})

test('at no angle does a plane hide another one of its stack', () => {
  const plane = { width: 160, height: 120 }
  for (let turn = 0; turn <= limits.turn; turn++)
    for (const tilt of [0, 16, limits.tilt]) {
      const directions = directionsOf({ turn, tilt })
      const { corners, box } = stackOf(directions, 4, plane, 8)
      for (const [i, corner] of corners.entries()) {
        const right = pointAt(directions, corner, { x: plane.width, y: 0 })
        expect(right.x).toBeLessThanOrEqual((corners[i + 1]?.x ?? Number.POSITIVE_INFINITY) - 7.99)
        for (const y of [0, plane.height])
          for (const x of [0, plane.width]) {
            const at = pointAt(directions, corner, { x, y })
            expect(at.x).toBeGreaterThan(-0.01)
            expect(at.y).toBeGreaterThan(-0.01)
            expect(at.x).toBeLessThan(box.width + 0.01)
            expect(at.y).toBeLessThan(box.height + 0.01)
          }
      }
    }
})

test('the usual example fits a desk, a projector and a phone', () => {
  const model = stackModelOf(ownNumbers('1x3x5x6 * 2x3x3x3'))
  for (const [width, height] of [
    [940, 424],
    [1480, 680],
    [358, 300],
  ] as const)
    for (const turn of [0, 38, limits.turn]) {
      const { size, font } = layoutOf(model, { turn, tilt: 16 }, { width, height })
      if (turn > 0 || width > 400) expect(size.width).toBeLessThanOrEqual(width)
      expect(font).toBeGreaterThanOrEqual(12)
    }
})

test('planes keep their numbers when the layer grows', () => {
  const [small, large] = ['1x2x5x6 * 2x2x2x3', '1x4x5x6 * 4x4x3x3 p1'].map((problem) =>
    stackModelOf(ownNumbers(problem)),
  )
  for (const [row, column] of [
    [0, 0],
    [1, 2],
  ] as const) {
    expect(numberAt(small!.padded, 1, row, column)).toBe(
      numberAt(large!.padded, 1, row + 1, column + 1),
    )
    expect(numberAt(small!.weights, 3, row, column)).toBe(numberAt(large!.weights, 5, row, column))
  }
})

test('settings survive the link; parts that are not valid are named', () => {
  const settings = {
    problem: '1x4x5x6 * 4x1x3x3 g4',
    spot: { filter: 1, row: 2, column: 0 },
    camera: { turn: 10, tilt: 0 },
  }
  expect(readSettings(writeSettings(settings))).toEqual({ settings, faults: [] })
  const broken = 'case:1x9x5x6_*_2x9x3x3;at:1,2;turn:x,3;size:4;case:5_*_'
  const { settings: read, faults } = readSettings(broken)
  expect(read).toEqual(readSettings('').settings)
  expect(faults.map(({ needed }) => needed)).toEqual(['case', 'at', 'turn', 'name', 'case'])
  expect(fits(parseCase('1x1x64 * 1x1x3'))).toBe(false)
  expect(fits(parseCase('1x3x5x6 * 2x3x3x3'))).toBe(true)
})

/** All texts by their path, with numbers as arguments. */
const textsOf = (part: unknown, path = ''): readonly (readonly [string, string])[] =>
  typeof part === 'string'
    ? [[path, part]]
    : typeof part === 'function'
      ? [[path, String(path.startsWith('.fault') ? part({ rows: 71 }) : part(71, 72, 73, 74))]]
      : Object.entries(part as object).flatMap(([name, value]) => textsOf(value, `${path}.${name}`))

test('both languages have the same texts', () => {
  const without = ({ filterName: _, ...others }: typeof en): unknown => others
  const [english, chinese] = [en, zh].map((texts) => textsOf(without(texts)))
  expect(chinese!.map(([path]) => path)).toEqual(english!.map(([path]) => path))
  for (const [path, text] of chinese!)
    expect(text.replaceAll(/Page (Up|Down)/g, ''), path).not.toMatch(
      /[A-Za-z]{2,}( [A-Za-z]+){2,}|[\u4e00-\u9fff] ?[,:;!?](?!\w)/,
    )
  expect([en, zh].map((texts) => texts.filterName(1, [2, 3]))).toEqual([
    'filter 1: channels 2, 3',
    '滤波器 1：通道 2、3',
  ])
})
