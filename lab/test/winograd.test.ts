/**
 * The page “Winograd” in a browser: by pointer, by keyboard and with Play; the reader's own
 * numbers; the measured errors; every size in both languages.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { numberText } from '../src/stage/number.ts'
import { usualSettings } from '../src/winograd/settings.ts'
import { allMeasured } from '../src/winograd/tile-errors.ts'
import { type WinogradModel, winogradModelOf } from '../src/winograd/winograd-model.ts'
import { axeFaults } from './axe.ts'
import { blankPage, giveBack, open, openIn, server } from './browser.ts'
import { linkPart } from './dock-pages.ts'

const usual = winogradModelOf(usualSettings)
const result = (page: Page): Promise<string | null> =>
  page.locator('.telling .sum > b').last().textContent()
const filled = (page: Page, array: string): Promise<number> =>
  page
    .locator(`#winograd-${array} span`)
    .evaluateAll((cells) => cells.filter((cell) => cell.textContent !== '').length)

test('the menu opens the page; a number shows what it is made of', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: /^Winograd/ }).click()
  await page.locator('#winograd-V').waitFor()
  expect(await page.locator('[data-count="direct"]').textContent()).toBe('36')
  expect(await page.locator('[data-count="products"]').textContent()).toBe('16')
  // At first the last output is shown, with its window.
  expect(await page.locator('#winograd-d .lit').count()).toBe(9)
  await page.locator('#winograd-V span').nth(5).click()
  await expect.poll(() => linkPart(page, 'page')).toBe('winograd:cell:V,5')
  expect(await result(page)).toBe(numberText(usual.arrays.V.data[5]!))
  expect(await page.locator('#winograd-d .lit').count()).toBe(4)
  await page.locator('#winograd-V').press('ArrowRight')
  await expect.poll(() => result(page)).toBe(numberText(usual.arrays.V.data[6]!))
  await page.locator('#winograd-M').press('End')
  await expect.poll(() => result(page)).toBe(numberText(usual.arrays.M.data[15]!))
  expect(await page.locator('#winograd-U .lit').count()).toBe(1)
  await page.locator('#winograd-g span').nth(4).click()
  await page.locator('.telling', { hasText: 'g[1, 1] is 0.' }).waitFor()
  await page.getByRole('button', { name: 'From the lens' }).click()
  await expect.poll(() => page.locator('#winograd-g').textContent()).toBe('−101−202−101')
  await expect.poll(() => linkPart(page, 'page')).toMatch(/^winograd:cell:g,4;d:[\d,]+;g:/)
})

test('steps, keys and Play compute number after number', async () => {
  const page = await blankPage({ reducedMotion: 'reduce' })
  await page.goto(`${server.address}#v1&page=winograd:step:3`)
  await page.locator('#winograd-V').waitFor()
  expect(await filled(page, 'V')).toBe(3)
  await page.keyboard.press('.')
  await expect.poll(() => filled(page, 'V')).toBe(4)
  await page.keyboard.press('.')
  await page.keyboard.press(',')
  await page.keyboard.press(']')
  await expect.poll(() => linkPart(page, 'page')).toBe('winograd:step:16')
  await page.keyboard.press(']')
  await page.locator('#winograd-M span').nth(2).click()
  await expect.poll(() => linkPart(page, 'page')).toBe('winograd:step:35')
  expect([await filled(page, 'U'), await filled(page, 'M'), await filled(page, 'Y')]).toEqual([
    16, 3, 0,
  ])
  await page.keyboard.press('[')
  await page.keyboard.press(' ')
  await page.locator('#play', { hasText: 'Pause' }).waitFor()
  await page.locator('#play', { hasText: 'Play' }).waitFor()
  await expect.poll(() => linkPart(page, 'page')).toBe('winograd')
  expect(await filled(page, 'Y')).toBe(4)
  // A page that plays is left as any other.
  await page.locator('#play').click()
  await page.getByRole('button', { name: 'Back to the lens' }).click()
  await page.locator('.stage-page').waitFor()
  await expect.poll(() => linkPart(page, 'page')).toBeUndefined()
  expect(await page.locator('.stage-page').count()).toBe(1)
})

test('own numbers, other tiles, and their errors', async () => {
  const page = await open('#v1&page=winograd:tile:2')
  const kernel = page.locator('#numbers-g')
  await kernel.fill('2 -1')
  await page.locator('#numbers-g-fault', { hasText: '3 numbers' }).waitFor()
  await kernel.fill('2 -1 1/2')
  const g = [2, -1, 0.5, ...usualSettings.g.slice(3)]
  const shown = (model: WinogradModel): string =>
    Array.from(model.arrays.Y.data, numberText).join('')
  const output = page.locator('#winograd-Y')
  const one = winogradModelOf({ ...usualSettings, tile: '2', g })
  await expect.poll(() => output.textContent()).toBe(shown(one))
  await page.getByRole('button', { name: 'F(4×4, 3×3)' }).click()
  await expect.poll(() => page.locator('#winograd-d span').count()).toBe(36)
  expect(await page.locator('#numbers-g').inputValue()).toBe('2 -1 0.5\n1 0 3\n-2 1 2')
  await expect.poll(() => linkPart(page, 'page')).toBe(`winograd:tile:4x4;g:${g}`)
  await page.getByRole('button', { name: 'Usual numbers' }).click()
  await expect.poll(() => linkPart(page, 'page')).toBe('winograd:tile:4x4')
  for (const measured of allMeasured)
    await page.locator(`[data-measured="${measured}"]`, { hasText: /e−\d/ }).waitFor()
  await page.getByRole('button', { name: 'Other tiles' }).click()
  await expect.poll(() => linkPart(page, 'page')).toBe('winograd:tile:4x4;seed:2')
})

/** With those that axe looks at. */
const views: readonly (readonly [fragment: string, width: number, height: number, axe?: true])[] = [
  [':tile:4x4;cell:V,8&theme=dark', 1280, 800, true],
  [':tile:4x4&lang=zh', 1024, 700],
  [':tile:4x4;cell:M,8&lang=zh', 390, 844, true],
  [':tile:2', 1920, 1080],
  // Large numbers, and small ones.
  [`:tile:4x4;d:${usualSettings.d.map((value) => value * 777)}`, 1280, 720],
  [`:tile:4x4;g:${usualSettings.g.map((value) => value / 777)}`, 1280, 720],
]

test('axe finds nothing, nothing is cut off, and faults of the link are named', async () => {
  for (const [fragment, width, height, hasAxe] of views) {
    const page = await openIn({ width, height }, `#v1&page=winograd${fragment}`)
    await page.locator('#winograd-Y').waitFor({ state: 'attached' })
    if (hasAxe) expect(await axeFaults(page, { targets: true }), fragment).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    const empty = await page
      .locator('.plane .cells:visible span')
      .evaluateAll(
        (cells) =>
          cells.filter((cell) => cell.textContent === '' || cell.scrollWidth > cell.clientWidth + 1)
            .length,
      )
    expect(empty, fragment).toBe(0)
    await giveBack(page)
  }
  const page = await blankPage()
  await page.goto(`${server.address}#v1&page=winograd:tile:9`)
  await page.locator('.link-faults', { hasText: 'tile:9' }).waitFor()
})
