/**
 * A change of the problem keeps the user's numbers: the pure function on random shapes, and every
 * control of the page that changes the problem.
 */

import fc from 'fast-check'
import type { Page } from 'playwright'
import { parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { indices, placeOf, product } from '../src/model/numbers.ts'
import { inputRange } from '../src/model/plain-values.ts'
import { valuesOf } from '../src/model/values-of.ts'
import { resized, resizedNumbers } from '../src/state/resized.ts'
import { defaultState, maxValues, type Numbers, writtenValue } from '../src/state/state.ts'
import { open } from './browser.ts'

const seed = 5
const extents = (length: number) =>
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: length, maxLength: length })

/** Numbers that no seed gives, so that a kept number is recognised. */
const ownNumbers = (shape: readonly number[]): { readonly values: readonly number[] } => ({
  values: Array.from({ length: product(shape) }, (_, place) => 1000 + place),
})
const resize = (numbers: Numbers, from: readonly number[], to: readonly number[]): Numbers =>
  resizedNumbers(numbers, from, to, seed, inputRange)
const valuesIn = (numbers: Numbers): readonly number[] =>
  'values' in numbers ? numbers.values : expect.fail('no values')

test('a number keeps its index, and every other place has the number of the seed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 5 }).chain((length) => fc.tuple(extents(length), extents(length))),
      ([from, to]) => {
        const values = valuesIn(resize(ownNumbers(from), from, to))
        const seeded = valuesOf({ seed }, to, inputRange)
        for (const index of indices(to)) {
          const place = placeOf(index, to)
          const isKept = index.every((i, axis) => i < from[axis]!)
          expect(values[place]).toBe(isKept ? 1000 + placeOf(index, from) : seeded[place])
        }
      },
    ),
  )
})

test('a larger array made small again has the same numbers, with more axes too', () => {
  fc.assert(
    fc.property(
      extents(4),
      extents(4),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 1, max: 3 }),
      (from, more, axes, depth) => {
        const larger = from.map((extent, axis) => extent + more[axis]!)
        larger.splice(2, 0, ...new Array<number>(axes).fill(depth))
        const own = ownNumbers(from)
        const values = valuesIn(resize(resize(own, from, larger), larger, from))
        expect(values).toEqual(own.values)
      },
    ),
  )
})

test('more axes: the old numbers are the first layer; fewer axes: the first layer stays', () => {
  const row = { values: [7, 8, 9] }
  const plane = valuesIn(resize(row, [1, 1, 3], [1, 1, 2, 3]))
  expect(plane.slice(0, 3)).toEqual([7, 8, 9])
  expect(plane.slice(3)).toEqual(valuesOf({ seed }, [1, 1, 2, 3], inputRange).slice(3))
  expect(resize({ values: [1, 2, 3, 4, 5, 6] }, [1, 1, 2, 3], [1, 1, 3])).toEqual({
    values: [1, 2, 3],
  })
})

test('a seed, a signal, a weighting and an array of the same shape stay what they are', () => {
  for (const numbers of [
    { seed: 9 },
    { signal: 'sine', noise: 0.5, seed: 4 },
    { weighting: 'box' },
  ] as const)
    expect(resize(numbers, [1, 1, 8], [2, 1, 5])).toBe(numbers)
  const own = ownNumbers([1, 1, 2, 3])
  expect(resize(own, [1, 1, 2, 3], [1, 1, 2, 3])).toBe(own)
})

test('an array with more numbers than a link can hold gets the seed', () => {
  expect(resize({ values: [1] }, [1, 1, 1], [1, 1, maxValues + 1])).toEqual({ seed })
  expect(valuesIn(resize({ values: [1] }, [1, 1, 1], [1, 1, maxValues]))[0]).toBe(1)
})

test('the record of a write follows its element, and ends if that is cut off', () => {
  const values = [...(defaultState.input as { values: readonly number[] }).values]
  values[9] = writtenValue // Row 1, column 2 of 5×7.
  const state = { ...defaultState, input: { values }, wrote: { element: 9, before: 8 } }
  const wider = resized(state, parseCase('1x1x5x8 * 1x1x3x2').key)
  expect(wider.wrote).toEqual({ element: 10, before: 8 })
  expect(valuesIn(wider.input)[10]).toBe(writtenValue)
  expect(resized(state, parseCase('1x1x5x2 * 1x1x3x2').key).wrote).toBeUndefined()
})

test('a selected tap ends with another kernel, and only then', () => {
  const state = { ...defaultState, tap: 3 }
  expect(resized(state, parseCase('1x1x9x9 * 1x1x3x2').key).tap).toBe(3)
  expect(resized(state, parseCase('1x1x5x7 * 1x1x3x3').key).tap).toBeUndefined()
})

/** The numbers of the grid of Slide, row by row, without the padding. */
const shown = (page: Page, part: 'input' | 'kernel'): Promise<readonly string[]> =>
  page
    .locator(`[data-tensor="slide-${part}"] td[data-kind="value"]`)
    .evaluateAll((cells) => cells.map((cell) => cell.textContent ?? ''))

const numbers = 'x=11,12,13,14,15,16,17,18,19,20,21,22&k=31,32,33,34'
const link = `#v1&case=1x1x3x4_*_1x1x2x2&${numbers}&views=slide,modes,toeplitz,flip`

const setNumber = async (page: Page, name: string, value: string): Promise<void> => {
  await page.locator(`.by-number [name="${name}"]`).fill(value)
  await page.keyboard.press('Tab')
}

test('every way to change the problem keeps the numbers', async () => {
  const page = await open(link)
  const own = Array.from({ length: 12 }, (_, i) => String(11 + i))
  const weights = ['31', '32', '33', '34']
  const row = (values: readonly string[], of: number, length = 4): readonly string[] =>
    values.slice(of * 4, of * 4 + length)
  const check = async (columns: number, rows: number): Promise<void> => {
    await expect.poll(async () => (await shown(page, 'input')).length).toBe(columns * rows)
    const values = await shown(page, 'input')
    for (let r = 0; r < Math.min(3, rows); r++)
      expect(values.slice(r * columns, r * columns + Math.min(4, columns))).toEqual(
        row(own, r, Math.min(4, columns)),
      )
    expect((await shown(page, 'kernel')).slice(0, 2)).toEqual(weights.slice(0, 2))
  }
  await page.locator('.task > summary').click()
  await page.locator('#problem').fill('1x1x4x6 * 1x1x2x2')
  await page.keyboard.press('Enter')
  await check(6, 4)
  await setNumber(page, 'input-1', '4')
  await check(4, 4)
  await setNumber(page, 'input-0', '3')
  await check(4, 3)
  await page.locator('[data-grow="1"]').click()
  await check(5, 4)
  await page.locator('[data-grow="-1"]').click()
  await check(4, 3)
  await page.locator('[data-mode="full"] button').click()
  await check(4, 3)
  await page.locator('[data-border="edge"]').first().click()
  await page.locator('.by-number input[type="checkbox"]').check()
  await check(4, 3)
  await setNumber(page, 'kernel-1', '3')
  await expect.poll(async () => (await shown(page, 'kernel')).length).toBe(6)
  const wide = await shown(page, 'kernel')
  expect([...wide.slice(0, 2), ...wide.slice(3, 5)]).toEqual(weights)
  await setNumber(page, 'kernel-1', '2')
  await expect.poll(() => shown(page, 'kernel')).toEqual(weights)
  await page.locator('.by-number [name="axes"]').selectOption('3')
  await expect.poll(async () => (await shown(page, 'kernel')).length).toBe(8)
  expect((await shown(page, 'kernel')).slice(0, 4)).toEqual(weights)
  await page.locator('.by-number [name="axes"]').selectOption('2')
  await expect.poll(() => shown(page, 'kernel')).toEqual(weights)
  await check(4, 3)
  await expect.poll(() => page.url()).toContain(numbers)
})
