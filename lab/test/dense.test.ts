/**
 * The Toeplitz view in a browser. The highlighted vectors and lines match `explain`, and there are
 * as many lines as connections.
 */

import { explain, type Focus, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { placeOf } from '../src/model/numbers.ts'
import { axeFaults } from './axe.ts'
import { highlighted, open, places } from './browser.ts'

const cases: readonly (readonly [string, Focus])[] = [
  ['1x1x4x5 * 1x1x3x2 p1', { output: [0, 0, 1, 2] }],
  ['1x2x3x4 * 2x2x2x3 s2,1 flip', { input: [0, 1, 1, 2] }],
  ['1x1x9 * 1x1x3 d2', { kernel: [0, 0, 1] }],
]

test.each(cases)('%s %o', async (problem, focus) => {
  const [[view, index] = ['', []]] = Object.entries(focus)
  const g = parseCase(problem)
  const page = await open(
    `#v1&case=${problem.replaceAll(' ', '_')}&views=toeplitz&at=${view}:${index}`,
  )
  const { taps } = explain(g, focus)
  const inputShape = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
  const outputShape = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
  expect(await highlighted(page, 'toeplitz-output')).toEqual(
    places(taps.map(({ output }) => [placeOf(output, outputShape), 0])),
  )
  const columns = taps.flatMap(({ input }) => (input ? [[0, placeOf(input, inputShape)]] : []))
  expect(await highlighted(page, 'toeplitz-input')).toEqual(places(columns))
  const lines = await page
    .locator('[data-line][data-lit="true"]')
    .evaluateAll((all) => all.map((line) => line.getAttribute('data-line')))
  const expected = taps.flatMap(({ toeplitz }) => (toeplitz ? [toeplitz.join()] : []))
  expect(lines.sort()).toEqual(expected.sort())
})

test('mouse and keyboard: a number of a vector is a focus; axe finds nothing', async () => {
  const page = await open('#v1&case=1x1x3x4_*_1x1x2x2&views=toeplitz')
  await page.locator('table[data-grid="toeplitz-input"] td[data-column="5"]').click()
  await page.waitForURL(/at=input:0,0,1,1/)
  await page.locator('table[data-grid="toeplitz-output"] td[tabindex="0"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=output:0,0,0,1/)
  expect(await axeFaults(page)).toEqual([])
})
