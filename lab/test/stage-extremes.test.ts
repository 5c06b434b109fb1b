/**
 * The first screen with numbers, ways and colours that are rare: long numbers, Back while Play
 * runs, forced colours.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { numberText } from '../src/stage/number.ts'
import { blankPage, server, type WindowOptions } from './browser.ts'

async function openAs(options: WindowOptions, fragment: string): Promise<Page> {
  const page = await blankPage(options)
  await page.goto(`${server.address}${fragment}`)
  await page.locator('#play').waitFor()
  return page
}

const picture = '#v1&case=1x1x43x64_*_1x1x3x3&x=picture:harbour&k=-1,0,1,-2,0,2,-1,0,1'

test.each([
  [1e12, '1e12'],
  [-4e11, '−4e11'],
  [8.1e13, '8.1e13'],
  [12_345_678, '12345678'],
  [1_234_567_890_123, '≈1.23457e12'],
  [0.1 + 0.2, '0.3'],
  [1 / 3, '≈0.333333'],
  [1e-9, '1e−9'],
])('%d is written as %s', (value, text) => {
  expect(numberText(value)).toBe(text)
})

test.each([1280, 360])('long numbers have room: %d px', async (width) => {
  const page = await openAs(
    { viewport: { width, height: 640 } },
    '#v1&case=3x3_*_2x2&x=1e-9,9e-9,0,2,8,1,1,4,8&k=8e-9,9,4,4&at=output:0,0,0,0',
  )
  expect(await page.locator('[data-sum]').textContent()).toBe('40.000000081')
  const edges = await page.locator('.sum strong, .sentence').evaluateAll((parts) =>
    parts.map((part) => {
      const range = document.createRange()
      range.selectNodeContents(part)
      return range.getBoundingClientRect().right
    }),
  )
  for (const edge of edges) expect(edge).toBeLessThanOrEqual(width)
  const [sum, sentence] = await page
    .locator('.sum, .sentence')
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect()))
  if (width > 760) expect(sentence!.left).toBeGreaterThanOrEqual(sum!.right)
})

test('a sentence subtracts what is negative, and a single product is written as such', async () => {
  const page = await openAs({}, '#v1&case=9_*_3&x=6,0,5,0,0,0,0,0,0&k=2,-1,-2')
  expect(await page.locator('.sentence').textContent()).toBe('12 + 0 − 10 make 2.')
  await page.goto(`${server.address}#v1&case=5x5_*_1x1&x=seed:1&k=2&bias=-0.5`)
  expect(await page.locator('.divisor').textContent()).toContain('− 0.5')
  expect(await page.locator('.sentence').textContent()).toMatch(/^\d+ × 2 make \d+; the bias −0\.5/)
})

test('Back stops Play and shows the place before', async () => {
  const page = await openAs({}, `${picture}&at=output:0,0,5,7`)
  await page.locator('[data-kernel="blur"]').click()
  await page.locator('#play').click()
  await expect
    .poll(() => page.locator('.count').textContent(), { timeout: 8000 })
    .not.toMatch(/^318 /)
  await page.goBack()
  await page.waitForFunction(() => location.hash.endsWith('at=output:0,0,5,7'))
  await page.waitForTimeout(300)
  expect(await page.locator('#play').textContent()).toBe('Play')
  expect(page.url()).toContain('at=output:0,0,5,7')
})

test('Play ends when the workspace opens, and one Back leads to the first screen', async () => {
  const page = await openAs({}, `${picture}&at=output:0,0,5,7&dock=sum`)
  await page.locator('#play').click()
  await expect
    .poll(() => page.locator('.count').textContent(), { timeout: 8000 })
    .not.toMatch(/^318 /)
  await page.getByRole('button', { name: 'All controls' }).click()
  await page.locator('table[data-grid]').first().waitFor()
  await page.goBack()
  await page.locator('.stage-page').waitFor()
})

test('forced colours draw the lens, Play and the slider', async () => {
  const page = await openAs({ forcedColors: 'active' }, picture)
  for (const grid of await page.locator('.lens-grid').all())
    expect(await grid.evaluate((at) => getComputedStyle(at).outlineStyle)).toBe('solid')
  expect(await page.locator('#play').evaluate((at) => getComputedStyle(at).borderTopWidth)).toBe(
    '2px',
  )
})

test.each([
  [640, 400, picture],
  [1280, 800, '#v1&case=1x1x300x400_*_1x1x3x3&x=seed:3'],
])('nothing overlaps or leaves its column: %d × %d', async (width, height, link) => {
  const page = await openAs({ viewport: { width, height } }, link)
  const labels = await page.locator('.lens-label').evaluateAll((parts) =>
    parts.map((part) => {
      const range = document.createRange()
      range.selectNodeContents(part)
      return range.getBoundingClientRect()
    }),
  )
  labels.slice(1).forEach((label, i) => {
    expect(label.left).toBeGreaterThanOrEqual(labels[i]!.right)
  })
  if (width < 760) return
  const right = (selector: string): Promise<number> =>
    page.locator(selector).evaluate((part) => part.getBoundingClientRect().right)
  expect(await right('#size')).toBeLessThanOrEqual(await right('.column'))
})
