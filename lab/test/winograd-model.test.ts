/**
 * The page “Winograd” without a browser: its matrices compute correlations, exactly, in fractions
 * of integers; every step is what hand arithmetic gives; the counts are those of the literature;
 * errors grow as docs/algorithms/winograd.md has measured; its settings survive the link.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PlaneNumbers } from '../src/pages/plane-numbers.ts'
import { endOf } from '../src/pages/stages.ts'
import { hasTiles, lensNumbers } from '../src/winograd/lens-numbers.ts'
import { fractionText, matricesOf } from '../src/winograd/matrices.ts'
import { en } from '../src/winograd/messages/en.ts'
import { zh } from '../src/winograd/messages/zh.ts'
import {
  readSettings,
  tileNames,
  usualSettings,
  type WinogradSettings,
  writeSettings,
} from '../src/winograd/settings.ts'
import {
  allMeasured,
  errorOf,
  type Measured,
  productsPerOutput,
} from '../src/winograd/tile-errors.ts'
import {
  placesOf,
  stagesOf,
  termsOf,
  usersOf,
  windowOf,
  winogradModelOf,
} from '../src/winograd/winograd-model.ts'
import { differing, english as englishWords, textsOf } from './text-walk.ts'

/** An exact fraction. */
type Fraction = readonly [over: bigint, under: bigint]

function fraction(text: string): Fraction {
  const [over = '', under = '1'] = text.replace('−', '-').split('/')
  return [BigInt(over), BigInt(under)]
}
const sum = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d]
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d]
const equal = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d === c * b

const fractionsOf = ({ rows, columns, data }: PlaneNumbers): Fraction[][] =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const text = fractionText(data[row * columns + column]!)
      expect(text).toBeDefined()
      return fraction(text!)
    }),
  )
const applied = (matrix: Fraction[][], x: readonly Fraction[]): Fraction[] =>
  matrix.map((row) => row.reduce((all, factor, i) => sum(all, times(factor, x[i]!)), [0n, 1n]))

const rational = fc
  .tuple(fc.bigInt({ min: -99n, max: 99n }), fc.bigInt({ min: 1n, max: 30n }))
  .map((parts): Fraction => parts)

test.each([2, 3, 4, 5, 6] as const)('F(%i, 3) is the correlation, in exact fractions', (m) => {
  const { input, kernel, output } = matricesOf(m)
  const [b, g, a] = [input, kernel, output].map(fractionsOf)
  const n = m + 2
  const arrays = (length: number) => fc.array(rational, { minLength: length, maxLength: length })
  fc.assert(
    fc.property(arrays(n), arrays(3), (samples, weights) => {
      const [V, U] = [applied(b!, samples), applied(g!, weights)]
      const Y = applied(
        a!,
        V.map((v, i) => times(v, U[i]!)),
      )
      return Y.every((y, i) =>
        equal(
          y,
          weights.reduce((all, w, k) => sum(all, times(w, samples[i + k]!)), [0n, 1n] as Fraction),
        ),
      )
    }),
  )
})

test('F(2, 3) by hand', () => {
  const { arrays, direct, counts } = winogradModelOf({
    tile: '2',
    d: [...[1, 2, 3, 5], ...new Array(32).fill(9)],
    g: [2, -1, 4, 0, 0, 0, 0, 0, 0],
  })
  // The points 0, 1, −1, ∞: d₂ − d₀, d₁ + d₂, d₂ − d₁, d₃ − d₁.
  expect(arrays.V.data).toEqual([2, 5, 1, 3])
  // −g₀, (g₀ + g₁ + g₂) / 2, (g₀ − g₁ + g₂) / 2, g₂.
  expect(arrays.U.data).toEqual([-2, 2.5, 3.5, 4])
  expect(arrays.M.data).toEqual([-4, 12.5, 3.5, 12])
  expect(arrays.Y.data).toEqual([12, 21])
  // 1·2 − 2 + 3·4 and 2·2 − 3 + 5·4.
  expect(Array.from(direct.data)).toEqual([12, 21])
  expect([counts.direct, counts.products]).toEqual([6, 4])
})

test('the operations are those of Lavin and Gray (2015)', () => {
  const { counts } = winogradModelOf({ ...usualSettings, tile: '2x2' })
  expect(counts).toEqual({
    direct: 36,
    products: 16,
    directAdditions: 32,
    additions: { V: 32, U: 28, Y: 24 },
  })
  const large = winogradModelOf({ ...usualSettings, tile: '4x4' }).counts
  expect([large.direct, large.products]).toEqual([144, 36])
})

const numbers = (count: number) =>
  fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: count, maxLength: count })

test.each(tileNames)('every number of tile %s is the sum of its terms', (tile) => {
  fc.assert(
    fc.property(numbers(36), numbers(9), (d, g) => {
      const model = winogradModelOf({ tile, d, g })
      const { arrays, direct } = model
      const sources = { V: arrays.d, U: arrays.g, Y: arrays.M } as const
      for (const name of ['V', 'U', 'Y'] as const)
        for (const place of placesOf(arrays[name])) {
          const terms = termsOf(model, name, place)
          const total = terms.reduce((all, t) => all + t.factor * sources[name].data[t.place]!, 0)
          expect(total).toBeCloseTo(arrays[name].data[place]!, 8)
        }
      for (const place of placesOf(arrays.Y)) {
        const products = windowOf(model, place).map((at, tap) => arrays.d.data[at]! * g[tap]!)
        expect(products.reduce((all, product) => all + product, 0)).toBeCloseTo(
          direct.data[place]!,
          8,
        )
        expect(arrays.Y.data[place]!).toBeCloseTo(direct.data[place]!, 8)
      }
    }),
    { numRuns: 20 },
  )
})

test('a sample is part of what changes with it, and steps go through all arrays', () => {
  for (const tile of tileNames) {
    const model = winogradModelOf({ ...usualSettings, tile })
    const { arrays, n } = model
    for (const [name, of] of [
      ['d', 'V'],
      ['g', 'U'],
    ] as const)
      for (const place of placesOf(arrays[name])) {
        const [row, column] = [
          Math.floor(place / arrays[name].columns),
          place % arrays[name].columns,
        ]
        const changed = [...usualSettings[name]]
        changed[row * (name === 'd' ? 6 : 3) + column]! += 1
        const other = winogradModelOf({ ...usualSettings, tile, [name]: changed }).arrays[of]
        const differs = placesOf(other).filter(
          (at) => Math.abs(other.data[at]! - arrays[of].data[at]!) > 1e-9,
        )
        expect(usersOf(model, name, place)).toEqual(differs)
      }
    const points = n ** model.axes
    expect(stagesOf(model).map(({ from }) => from)).toEqual([0, points, 2 * points, 3 * points])
    expect(endOf(stagesOf(model))).toBe(3 * points + arrays.Y.data.length)
  }
})

test('the errors are near those of the documentation', () => {
  // docs/algorithms/winograd.md, “error”; of the direct sum: error / times the direct sum's.
  const documented: readonly (readonly [Measured, number])[] = [
    ['direct', 6.3e-8],
    [2, 1.1e-7],
    [3, 2.5e-7],
    [4, 5.2e-7],
    [5, 1.2e-6],
    [6, 1.6e-6],
  ]
  expect(documented.map(([measured]) => measured)).toEqual(allMeasured)
  for (const [measured, error] of documented) {
    const found = errorOf(measured, 3)
    expect(found, String(measured)).toBeGreaterThan(error / 2)
    expect(found, String(measured)).toBeLessThan(error * 2)
  }
  expect(productsPerOutput('direct')).toBe(9)
  expect(productsPerOutput(4)).toBe(2.25)
})

test('the lens gives the tile at its window and the kernel as it multiplies', () => {
  const problem = '1x1x5x7 * 1x1x3x3 p1 flip'
  const values = Array.from({ length: 35 }, (_, i) => i + 1)
  const kernel = { values: [1, 2, 3, 4, 5, 6, 7, 8, 9] }
  const numbers = { problem, input: { values }, kernel, divisor: 2, bias: 0 }
  expect(hasTiles(problem)).toBe(true)
  const { d, g } = lensNumbers(numbers, [0, 2])
  // One row of padding; the tile begins at column 2 − 1 of the input.
  expect(d.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0])
  expect(d.slice(6, 12)).toEqual([2, 3, 4, 5, 6, 7])
  expect(d.slice(30)).toEqual([30, 31, 32, 33, 34, 35].map((value) => value - 0))
  expect(g).toEqual([4.5, 4, 3.5, 3, 2.5, 2, 1.5, 1, 0.5])
  // The last window is moved inside; of a small input the rest stays.
  expect(lensNumbers(numbers, [4, 6]).d.slice(-6)).toEqual([0, 0, 0, 0, 0, 0])
  const small = { ...numbers, problem: '1x1x3x3 * 1x1x3x3', input: { values: values.slice(0, 9) } }
  expect(lensNumbers(small, [0, 0]).d.slice(0, 4)).toEqual([1, 2, 3, usualSettings.d[3]])
  for (const other of ['1x1x5x7 * 1x1x3x2', '1x1x9x9 * 1x1x3x3 s2', '1x2x9x9 * 1x2x3x3'])
    expect(hasTiles(other), other).toBe(false)
})

test('settings survive the link; parts that are not valid are named', () => {
  const settings: WinogradSettings = {
    tile: '4x4',
    step: 12,
    cell: { array: 'V', place: 7 },
    d: usualSettings.d.map((value) => value / 3),
    g: usualSettings.g.map((value) => 1 - value),
    seed: 4,
  }
  expect(readSettings(writeSettings(settings))).toEqual({ settings, faults: [] })
  expect(writeSettings(usualSettings)).toBe('')
  expect(readSettings('tile:3x3;step:x;cell:Q,1;d:1,2;g:1,2,3,4,5,6,7,8,;seed:2')).toEqual({
    settings: { ...usualSettings, seed: 2 },
    faults: ['tile:3x3', 'step:x', 'cell:Q,1', 'd:1,2', 'g:1,2,3,4,5,6,7,8,'],
  })
})

test('both languages have the same texts and numbers', () => {
  const [english, chinese] = [en, zh].map((texts) => textsOf(texts))
  expect([...chinese!.keys()]).toEqual([...english!.keys()])
  expect(differing(english!, chinese!)).toEqual([])
  for (const [path, text] of chinese!) expect(text, path).not.toMatch(englishWords)
})
