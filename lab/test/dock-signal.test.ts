/**
 * The docked view of one row as a signal in a browser: its numbers against the library, and all its
 * ways of use.
 */

import type { Page } from 'playwright'
import { correlate } from 'stridefold/sync'
import { expect, test } from 'vitest'
import {
  dockLink,
  dockSizes,
  expectAccess,
  expectRoom,
  faultsOfRoom,
  harbourLinks,
  keyCost,
  openDock,
  openTouchDock,
  place,
} from './dock-pages.ts'

const harbour = harbourLinks('signal')

const samples = Array.from({ length: 48 }, (_, i) => ((i * 29) % 41) + (i > 20 ? 40 : 0))
const weights = [1, 2, 3, 2, 1]
const numbers = `x=${samples.join()}&k=${weights.join()}&div=9`
const signal = `#v1&case=48_*_5&${numbers}&at=output:0,0,12&dock=signal`

const table = (page: Page): Promise<string[][]> =>
  page
    .locator('.signal-table tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...(row as HTMLTableRowElement).cells].map((cell) => cell.textContent)),
    )

test('a whole signal: all numbers are those of the library', async () => {
  const page = await openDock(signal)
  const outputs = correlate(samples, weights, { mode: 'valid', dtype: 'float64' }).data
  const rows = await table(page)
  expect(rows.length).toBe(48)
  for (const [x, [index, sample, weight, product, output]] of rows.entries()) {
    expect(index).toBe(String(x))
    expect(sample).toBe(String(samples[x]))
    const tap = x - 12
    const isInWindow = tap >= 0 && tap < 5
    expect(weight).toBe(isInWindow ? String(weights[tap]) : '')
    expect(product).toBe(isInWindow ? String(samples[x]! * weights[tap]!) : '')
    // A result stands under the middle of its window.
    const at = x - 2
    if (at >= 0 && at <= 12) expect(Number(output)).toBeCloseTo(outputs[at]! / 9, 9)
    else expect(output).toBe(at < 0 || at > 43 ? '' : 'not drawn yet')
  }
  expect(await page.locator('[data-chart=overview]').count()).toBe(0)
  expect(await page.locator('.signal-dock .caption').textContent()).toContain('smoother')
})

test('bars, stems and dots stand at the heights of their numbers', async () => {
  const page = await openDock(signal)
  const drawn = await page.locator('[data-chart=detail]').evaluate((svg) => {
    const number = (node: Element, name: string): number => Number(node.getAttribute(name))
    return {
      bars: [...svg.querySelectorAll('.tap-bar')].map((bar) => number(bar, 'height')),
      stems: [...svg.querySelectorAll('.stem')].map(
        (stem) => number(stem, 'y1') - number(stem, 'y2'),
      ),
      dots: [...svg.querySelectorAll('.tap-dot')].map((dot) => number(dot, 'cy')),
    }
  })
  const products = weights.map((weight, i) => weight * samples[12 + i]!)
  for (let i = 1; i < 5; i++) {
    expect(drawn.bars[i]! / drawn.bars[0]!).toBeCloseTo(products[i]! / products[0]!, 1)
    expect(drawn.stems[i]! / drawn.stems[0]!).toBeCloseTo(weights[i]! / weights[0]!, 1)
    const [rise, difference] = [drawn.dots[i]! - drawn.dots[0]!, samples[12 + i]! - samples[12]!]
    expect(Math.sign(rise)).toBe(-Math.sign(difference))
  }
})

test('a picture: the row under the middle of the window, and the whole row beside it', async () => {
  const page = await openDock(harbour())
  const rows = await table(page)
  const texts = await page.locator('.lens-grid.window [data-tap]').allTextContents()
  const inWindow = rows.filter(([, , weight]) => weight !== '')
  expect(inWindow.map(([, sample]) => sample)).toEqual(texts.slice(3, 6))
  expect(inWindow.map(([, , weight]) => weight)).toEqual(['−2', '0', '2'])
  const sum = inWindow.reduce((total, row) => total + Number(row[3]!.replace('−', '-')), 0)
  expect(String(sum)).toBe(await page.locator('.sum-text').textContent())
  expect(await page.locator('[data-chart=overview]').count()).toBe(1)
  expect(await page.locator('.signal-chart [data-wire-tap]').count()).toBe(9)
})

test('the mouse: a drag along the curve moves the window, pointing selects a product', async () => {
  const page = await openDock(harbour())
  const chart = (await page.locator('[data-chart=overview]').boundingBox())!
  await page.mouse.move(chart.x + chart.width * 0.4, chart.y + 40)
  await page.mouse.down()
  await page.mouse.move(chart.x + chart.width * 0.5, chart.y + 40, { steps: 3 })
  await page.mouse.move(chart.x + chart.width - 12, chart.y + 40, { steps: 8 })
  await page.mouse.up()
  await expect.poll(() => place(page)).toMatch(/^23,(5[7-9]|6\d)$/)
  const bar = (await page.locator('[data-chart=detail] .tap-bar').nth(5).boundingBox())!
  const products = (await page.locator('[data-panel=products]').first().boundingBox())!
  await page.mouse.move(bar.x + bar.width / 2, products.y + products.height / 2)
  expect(await page.locator('.tap-slot[data-active] .tap-mark').getAttribute('data-wire-tap')).toBe(
    '5',
  )
  expect(await page.locator('.lens-grid.products .active').count()).toBe(1)
  await page.mouse.move(5, 5)
  expect(await page.locator('.tap-slot[data-active]').count()).toBe(0)
})

test('a click on a column moves the window there', async () => {
  const page = await openDock(harbour())
  const column = (await page
    .locator('.column-texts text', { hasText: /^22$/ })
    .first()
    .boundingBox())!
  const chart = (await page.locator('[data-chart=detail]').boundingBox())!
  await page.mouse.click(column.x + column.width / 2, chart.y + chart.height - 40)
  await expect.poll(() => place(page)).toBe('23,21')
})

test('the keyboard: the chart is one slider', async () => {
  const page = await openDock(harbour())
  const slider = page.locator('.signal-charts')
  await slider.focus()
  expect(await slider.getAttribute('aria-valuenow')).toBe('19')
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => place(page)).toBe('23,20')
  expect(await slider.getAttribute('aria-valuenow')).toBe('20')
  expect(await slider.getAttribute('aria-valuetext')).toContain(
    (await page.locator('.sum-text').textContent())!,
  )
  await page.keyboard.press('Home')
  await expect.poll(() => place(page)).toBe('23,0')
  await page.keyboard.press('End')
  await expect.poll(() => place(page)).toBe('23,61')
  await page.keyboard.press('PageDown')
  await expect.poll(() => place(page)).toBe('23,56')
})

test('the finger: a drag along the row moves the window, a tap selects a product', async () => {
  const page = await openTouchDock(harbour(), true)
  await page.locator('.signal-dock').scrollIntoViewIfNeeded()
  const overview = page.locator('[data-chart=overview]')
  await overview.scrollIntoViewIfNeeded()
  const box = (await overview.boundingBox())!
  await page.touchscreen.tap(box.x + box.width - 20, box.y + 20)
  await expect.poll(() => place(page)).toMatch(/^23,(5[6-9]|6\d)$/)
  const mark = (await page.locator('[data-wire-tap="4"]').boundingBox())!
  const products = (await page.locator('[data-panel=products]').first().boundingBox())!
  await page.touchscreen.tap(mark.x + mark.width / 2, products.y + products.height / 2)
  expect(await page.locator('.tap-slot[data-active]').count()).toBe(1)
})

test('a step of the window costs little script', async () => {
  const page = await openDock(harbour('', Array(49).fill(1).join(), '7x7', '12,20'))
  const keys = Array.from({ length: 10 }, (_, i) => (i < 5 ? 'ArrowRight' : 'ArrowLeft'))
  // The whole page follows, not only the dock. Two frames: a busy core takes twice the time.
  expect(await keyCost(page, '.signal-charts', keys)).toBeLessThan(32)
})

const links = [
  harbour(),
  harbour('_p2', undefined, '3x3', '0,0'),
  harbour('', Array(25).fill(1).join(), '5x5', '12,30'),
  harbour('_s2_d2_p2', '1,2,3,4,5,6,7,8', '2x4', '3,4'),
  dockLink('article', 'signal'),
  signal,
]

test.each(['light', 'dark'])('axe finds no problem, %s', async (theme) => {
  const page = await openDock(links[0]!)
  await expectAccess(page, `${links[0]}&theme=${theme}`)
})

test('no text overlaps or is cut off, in either language and in every size', async () => {
  const page = await openDock(links[0]!)
  for (const size of dockSizes)
    await expectRoom(page, size, links, async (name) =>
      expect(await faultsOfRoom(page), name).toEqual([]),
    )
}, 240_000)
