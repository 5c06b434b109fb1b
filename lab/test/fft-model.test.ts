/**
 * The page “FFT” without a browser: spectra against hand arithmetic, results against products of
 * polynomials in whole numbers of any size, also where they wrap around; what the examples mean;
 * its settings survive the link.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  butterflyProducts,
  butterflyStages,
  isPowerOfTwo,
  reversed,
} from '../src/fft/butterfly-model.ts'
import {
  type Complex,
  cleanedOf,
  fftModelOf,
  magnitude,
  missingPlaces,
  onCircle,
  phase,
  product,
  productsAt,
  rotationsOf,
  stagesOf,
  wrappedAt,
} from '../src/fft/fft-model.ts'
import { commonSum, numberOf, polynomialText, powerText, resultsOf } from '../src/fft/meaning.ts'
import { en } from '../src/fft/messages/en.ts'
import { zh } from '../src/fft/messages/zh.ts'
import {
  type FftSettings,
  fullLength,
  pointRange,
  pointsOf,
  readSettings,
  usualSettings,
  writeSettings,
} from '../src/fft/settings.ts'
import { endOf } from '../src/pages/stages.ts'
import { differing, english as englishWords, textsOf } from './text-walk.ts'

const settingsOf = (x: readonly number[], k: readonly number[], points?: number): FftSettings => ({
  ...usualSettings,
  own: { x, k },
  points,
})

/** The product of two polynomials, exactly, folded to so many places. */
function folded(x: readonly number[], k: readonly number[], places: number): number[] {
  const sums = new Array<bigint>(places).fill(0n)
  for (const [i, a] of x.entries())
    for (const [j, b] of k.entries()) sums[(i + j) % places]! += BigInt(a) * BigInt(b)
  return sums.map(Number)
}

const whole = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 10 })

test('spectra by hand', () => {
  const { arrays } = fftModelOf(settingsOf([1, 2, 3, 4], [1], 4))
  // Σ, 1 − 2i − 3 + 4i, 1 − 2 + 3 − 4, its conjugate.
  expect(arrays.X).toEqual([
    { re: 10, im: 0 },
    { re: -2, im: 2 },
    { re: -2, im: 0 },
    { re: -2, im: -2 },
  ])
  expect(arrays.K.every(({ re, im }) => re === 1 && im + 0 === 0)).toBe(true)
  // Three points: 1 + 2ω + 3ω² with ω = −1/2 − i√3/2.
  const three = cleanedOf(fftModelOf(settingsOf([1, 2, 3], [1], 3)), 'X')
  expect(three[0]).toEqual({ re: 6, im: 0 })
  expect(three[1]!.re).toBeCloseTo(-1.5, 12)
  expect(three[1]!.im).toBeCloseTo(Math.sqrt(3) / 2, 12)
})

test('every result is that of whole numbers, with what wraps around', () => {
  fc.assert(
    fc.property(whole, whole, fc.nat(14), (x, k, more) => {
      const [low, high] = pointRange({ x, k })
      const settings = settingsOf(x, k, Math.min(high, low + more))
      const model = fftModelOf(settings)
      const places = pointsOf(settings)
      expect(resultsOf(model).map((value) => value + 0)).toEqual(
        folded(x, k, places).map((value) => value + 0),
      )
      expect(model.direct.map((value) => value + 0)).toEqual(
        folded(x, k, fullLength({ x, k })).map((value) => value + 0),
      )
      expect(missingPlaces(model)).toBe(Math.max(0, x.length + k.length - 1 - places))
      for (let place = 0; place < places; place++) {
        const products = productsAt(model, place)
        const sumOf = (wraps: boolean): number =>
          products
            .filter((term) => term.wraps === wraps)
            .reduce((sum, term) => sum + x[term.x]! * k[term.k]!, 0)
        const { own, wrapped } = wrappedAt(model, place)
        expect([sumOf(false) + 0, sumOf(true) + 0]).toEqual([own + 0, wrapped + 0])
      }
    }),
  )
})

test('a number is the sum of its rotations, and energies are equal (Parseval)', () => {
  fc.assert(
    fc.property(whole, whole, (x, k) => {
      const model = fftModelOf(settingsOf(x, k))
      for (const name of ['X', 'K', 'y'] as const)
        for (const [place, value] of model.arrays[name].entries()) {
          const terms = rotationsOf(model, name, place)
          const sum = (part: keyof Complex): number =>
            terms.reduce((all, term) => all + term[part], 0)
          expect(sum('re')).toBeCloseTo(value.re, 6)
          expect(sum('im')).toBeCloseTo(value.im, 6)
        }
      const energy = (values: readonly Complex[]): number =>
        values.reduce((sum, value) => sum + magnitude(value) ** 2, 0)
      expect(energy(model.arrays.X) / model.points).toBeCloseTo(energy(model.arrays.x), 4)
    }),
  )
})

describe('the examples', () => {
  test('two dice: the distribution of their sum', () => {
    const model = fftModelOf(usualSettings)
    expect(resultsOf(model)).toEqual([1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1])
    expect(commonSum(model)).toEqual([7, 6, 36])
  })

  test('long multiplication, and polynomials', () => {
    const numbers = fftModelOf({ ...usualSettings, example: 'numbers' })
    expect(numberOf(resultsOf(numbers))).toBe(4729 * 386)
    const polynomials = fftModelOf({ ...usualSettings, example: 'polynomials' })
    // (1 + 2x − x² + 3x³)(2 − x + x²), by hand.
    expect(resultsOf(polynomials)).toEqual([2, 3, -3, 9, -4, 3])
    expect(polynomialText(resultsOf(polynomials))).toBe('2 + 3x − 3x² + 9x³ − 4x⁴ + 3x⁵')
    expect(polynomialText([0, -1, 0, 1])).toBe('−x + x³')
    expect(polynomialText([0, 0])).toBe('0')
    expect(powerText('10', 12)).toBe('10¹²')
  })

  test('too few points add the last results to the first', () => {
    const few = fftModelOf({ ...usualSettings, points: 8 })
    expect(resultsOf(few)).toEqual([1 + 3, 2 + 2, 3 + 1, 4, 5, 6, 5, 4])
    expect(missingPlaces(few)).toBe(3)
    expect(endOf(stagesOf(few))).toBe(32)
  })
})

test('butterflies of a power of two are the spectrum', () => {
  for (const [points, products] of [
    [2, 1],
    [4, 4],
    [8, 12],
    [16, 32],
  ] as const) {
    // The sorted places, by their binary digits.
    const digits = (place: number): string =>
      place.toString(2).padStart(Math.log2(points), '0').split('').reverse().join('')
    for (let place = 0; place < points; place++)
      expect(reversed(place, points)).toBe(Number.parseInt(digits(place), 2))
    expect(butterflyProducts(points)).toBe(products)
    const x = Array.from({ length: Math.min(10, points) }, (_, i) => (i * 7) % 5)
    const { arrays } = fftModelOf(settingsOf(x, [1, 2, 3, 4, 5, 6, 7].slice(0, points), points))
    const stages = butterflyStages(arrays.x)
    expect(stages.length).toBe(Math.log2(points) + 1)
    for (const [place, bin] of stages.at(-1)!.entries()) {
      expect(bin.re).toBeCloseTo(arrays.X[place]!.re, 10)
      expect(bin.im).toBeCloseTo(arrays.X[place]!.im, 10)
    }
  }
  // Four points by hand: 1 + 3, 1 − 3, 2 + 4, 2 − 4; then with w = 1 and −i.
  const [sorted, pairs, bins] = butterflyStages([1, 2, 3, 4].map((re) => ({ re, im: 0 })))
  expect(sorted!.map(({ re }) => re)).toEqual([1, 3, 2, 4])
  expect(pairs!.map(({ re }) => re)).toEqual([4, -2, 6, -2])
  expect(bins!.map(({ re, im }) => [re, im + 0])).toEqual([
    [10, 0],
    [-2, 2],
    [-2, 0],
    [-2, -2],
  ])
  expect([1, 2, 3, 6, 8, 11, 16].filter(isPowerOfTwo)).toEqual([2, 8, 16])
})

test('the circle is exact at quarters; magnitudes multiply and phases add', () => {
  expect([0, 3, 6, 9].map((step) => onCircle(step, 12))).toEqual([
    { re: 1, im: 0 },
    { re: 0, im: 1 },
    { re: -1, im: 0 },
    { re: 0, im: -1 },
  ])
  const [a, b] = [onCircle(1, 12), onCircle(2, 12)]
  expect(phase(product(a, b))).toBeCloseTo(1 / 4, 12)
  expect(magnitude(product({ re: 3, im: 4 }, { re: 5, im: 12 }))).toBeCloseTo(65, 10)
})

test('settings survive the link; parts that are not valid are named', () => {
  const settings: FftSettings = {
    example: 'dice',
    own: { x: [1, -0.5, 1 / 3], k: [2] },
    points: 5,
    step: 3,
    cell: { array: 'X', place: 2 },
    node: { stage: 1, place: 3 },
    isPolar: true,
  }
  expect(readSettings(writeSettings(settings))).toEqual({ settings, faults: [] })
  const other: FftSettings = { ...usualSettings, example: 'numbers' }
  expect(readSettings(writeSettings(other))).toEqual({ settings: other, faults: [] })
  expect(writeSettings(usualSettings)).toBe('')
  const faulty = 'example:cards;n:0;step:-1;cell:Z,1;x:;k:1,2,3,4,5,6,7,8,9,10,11;polar'
  expect(readSettings(faulty)).toEqual({
    settings: { ...usualSettings, isPolar: true },
    faults: faulty.split(';').slice(0, -1),
  })
  // Fewer points than a signal has numbers are as many as it has.
  expect(pointsOf({ ...usualSettings, points: 2 })).toBe(6)
})

test('both languages have the same texts and numbers', () => {
  const [english, chinese] = [en, zh].map((texts) => textsOf(texts))
  expect([...chinese!.keys()]).toEqual([...english!.keys()])
  expect(differing(english!, chinese!)).toEqual([])
  for (const [path, text] of chinese!) expect(text, path).not.toMatch(englishWords)
})
