/**
 * The page “Channels” in a browser: from the menu and from the workspace; by pointer, by keyboard
 * and with Play; every size in both languages; and that its numbers are the library's.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { ownNumbers } from '../src/stack/own-numbers.ts'
import { outputAt, stackModelOf } from '../src/stack/stack-model.ts'
import { numberText } from '../src/stage/number.ts'
import { axeFaults } from './axe.ts'
import { blankPage, giveBack, open, openIn, server } from './browser.ts'
import { linkPart } from './dock-pages.ts'

const result = (page: Page): Promise<string | null> => page.locator('[data-result]').textContent()
const place = (page: Page): Promise<string | null> =>
  page.locator('#scene').getAttribute('aria-valuetext')

const usual = stackModelOf(ownNumbers('1x3x5x6 * 2x3x3x3'))
const usualResult = (filter: number, row: number, column: number): string =>
  numberText(outputAt(usual, { filter, row, column }))

test('the menu opens the page; keys and pointer move the window and turn the planes', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: /^Channels/ }).click()
  await page.locator('#scene').waitFor()
  expect(await result(page)).toBe(usualResult(0, 0, 0))
  await page.locator('#scene').focus()
  for (const key of ['ArrowRight', 'ArrowDown', 'PageDown']) await page.keyboard.press(key)
  await expect.poll(() => result(page)).toBe(usualResult(1, 1, 1))
  expect(await place(page)).toBe(`filter 1, row 1, column 1: ${usualResult(1, 1, 1)}`)
  await page.keyboard.press('Shift+ArrowLeft')
  await expect.poll(() => linkPart(page, 'page')).toBe('stack:at:1,1,1;turn:32,16')
  // A press on an output cell, and a drag.
  const cell = page.locator('[data-sheet="output"][data-plane="0"] .digits text').nth(11)
  await cell.click()
  await expect.poll(() => result(page)).toBe(usualResult(0, 2, 3))
  const box = (await page.locator('#scene').boundingBox())!
  await page.mouse.move(box.x + 40, box.y + box.height - 12)
  await page.mouse.down()
  await page.mouse.move(box.x + 120, box.y + box.height - 12, { steps: 4 })
  await page.mouse.up()
  await expect.poll(() => linkPart(page, 'page')).toBe('stack:at:0,2,3;turn:52,16')
  await page.getByRole('button', { name: 'Side by side' }).click()
  await expect.poll(() => linkPart(page, 'page')).toBe('stack:at:0,2,3;turn:0,0')
  await page.getByRole('button', { name: 'Back to the lens' }).click()
  await page.locator('.stage-page').waitFor()
})

test('sliders and groups change the layer; numbers that stay are the same', async () => {
  const page = await open('#v1&page=stack:at:1,1,1')
  await page.locator('#scene').waitFor()
  const digits = page.locator('[data-sheet="input"][data-plane="0"] .digits')
  const before = await digits.textContent()
  const slider = (name: string) => page.locator(`[data-slider="${name}"] input`)
  await slider('channels').press('ArrowRight')
  await expect.poll(() => page.locator('[data-sheet="input"]').count()).toBe(4)
  expect(await digits.textContent()).toBe(before)
  await page.getByRole('button', { name: 'one channel' }).click()
  await expect.poll(() => page.locator('.shapes .of-kernel').textContent()).toBe('[4, 1, 3, 3]')
  expect(await page.locator('.sheet.of-input.aside').count()).toBe(3)
  expect(await page.locator('.share').count()).toBe(3)
  await slider('padding').press('ArrowRight')
  await expect
    .poll(() => linkPart(page, 'page'))
    .toBe('stack:case:1x4x5x6_*_4x1x3x3_p1_g4;at:1,1,1')
  const problem = '1x4x5x6 * 4x1x3x3 p1 g4'
  const spot = { filter: 1, row: 1, column: 1 }
  expect(await result(page)).toBe(numberText(outputAt(stackModelOf(ownNumbers(problem)), spot)))
  await page.goBack()
  // Changes within a second are one entry, so Back may go over several of them.
  await expect.poll(() => page.locator('.shapes .of-output').textContent()).not.toBe('[1, 4, 5, 6]')
})

test('Play adds the channels, fills every output, and stops', async () => {
  const page = await blankPage({ reducedMotion: 'reduce' })
  await page.goto(`${server.address}#v1&page=stack:case:1x2x4x5_*_2x2x3x3`)
  await page.locator('#play').click()
  await page.locator('#play', { hasText: 'Pause' }).waitFor()
  await page.locator('#play', { hasText: 'Play' }).waitFor()
  await expect.poll(() => linkPart(page, 'page')).toContain('at:1,1,2')
  const other = await open('#v1&page=stack')
  await other.locator('#play').click()
  await other.locator('.share.later').first().waitFor({ state: 'attached' })
  expect(await other.locator('[data-sheet="output"] .digits').first().textContent()).toBe('')
  await other.locator('#play').click()
  await expect.poll(() => other.locator('.share.later').count()).toBe(0)
  await expect
    .poll(() => other.locator('[data-sheet="output"] .digits').first().textContent())
    .not.toBe('')
})

test('the layer of the workspace opens with its numbers, and goes back', async () => {
  const layer = 'case=2x4x6x5_*_6x2x3x2_s2,1_p1,0:1_g2&x=seed:1&k=seed:2&at=output:1,4,1,2'
  const page = await open(`#v1&${layer}&views=slide`)
  await page.locator('.task summary').click()
  await page.locator('.see-channels').click()
  await page.locator('#scene').waitFor()
  const numbers = {
    problem: '2x4x6x5 * 6x2x3x2 s2,1 p1,0:1 g2',
    input: { seed: 1 },
    kernel: { seed: 2 },
    divisor: 1,
    bias: 0,
  }
  const model = stackModelOf(numbers, 1)
  expect(await result(page)).toBe(numberText(outputAt(model, { filter: 4, row: 1, column: 2 })))
  await page.getByRole('button', { name: 'Open in the workspace' }).click()
  await page.locator('[data-grid^="slide-input"]').first().waitFor()
  expect(await linkPart(page, 'at')).toBe('output:1,4,1,2')
})

test('a link that is not valid is explained', async () => {
  const page = await open('#v1&page=stack:case:1x9x5x6_*_2x9x3x3;at:7')
  await page.locator('.stack-faults').waitFor()
  expect(await page.locator('.stack-faults li').allTextContents()).toEqual([
    expect.stringContaining('up to 4 channels'),
    expect.stringContaining('filter,row,column'),
  ])
  expect(await result(page)).toBe(usualResult(0, 0, 0))
})

/** With those that axe looks at. */
const views: readonly (readonly [fragment: string, width: number, height: number, axe?: true])[] = [
  ['&theme=dark', 1280, 800, true],
  [':case:1x4x5x6_*_4x4x3x3_p1;at:2,1,2&lang=zh', 1024, 700],
  ['&lang=zh', 390, 844, true],
  [':case:1x4x5x6_*_4x1x3x3_p1_g4;turn:62,40', 1920, 1080],
]

test('axe finds nothing, and nothing is cut off', async () => {
  for (const [fragment, width, height, hasAxe] of views) {
    const page = await openIn({ width, height }, `#v1&page=stack${fragment}`)
    await page.locator('#scene svg').waitFor()
    if (hasAxe) expect(await axeFaults(page, { targets: true }), fragment).toEqual([])
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(wide, fragment).toBe(0)
    if (width > 400) {
      const scene = page.locator('#scene')
      expect(await scene.evaluate((box) => box.scrollWidth - box.clientWidth), fragment).toBe(0)
    }
    await giveBack(page)
  }
})
