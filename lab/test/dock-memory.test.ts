/**
 * The docked view of memory in a browser: its addresses against the arithmetic of the case, and all
 * its ways of use.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import {
  dockLink,
  dockSizes,
  expectAccess,
  expectRoom,
  faultsOfRoom,
  harbourLinks,
  openDock,
  openTouchDock,
  place,
  show,
} from './dock-pages.ts'

const harbour = harbourLinks('memory')

const example = dockLink('article', 'memory')

/** The elements of the window's cells, from their labels. */
const selected = (page: Page): Promise<(number | undefined)[]> =>
  page.locator('.tape [role=gridcell][aria-selected=true]').evaluateAll((cells) =>
    cells.map((cell) => {
      const found = /^Element (\d+)/.exec(cell.ariaLabel ?? '')
      return found ? Number(found[1]) : undefined
    }),
  )

test('the runs of the window, with elements, bytes and jumps', async () => {
  const page = await openDock(harbour())
  const rows = [0, 64, 128].flatMap((jump) => [0, 1, 2].map((j) => 23 * 64 + 19 + jump + j))
  expect(await selected(page)).toEqual(rows)
  expect(await page.locator('.tape .place-element:not(:empty)').allTextContents()).toEqual([
    '1491',
    '1555',
    '1619',
  ])
  expect(await page.locator('.tape .place-byte:not(:empty)').allTextContents()).toEqual([
    '5964',
    '6220',
    '6476',
  ])
  expect(await page.locator('.jumps text').allTextContents()).toEqual(['+64', '+64'])
  expect(await page.locator('.memory-numbers .view').getAttribute('data-view')).toBe(
    '41,62,3,3|64,1,64,1|0',
  )
  const caption = await page.locator('.memory-dock .caption').textContent()
  expect(caption).toContain('3 short runs of 3')
  expect(caption).toContain('3 of 172 cache lines')
  const ends = await page.locator('[data-wire-tap]').count()
  expect(ends).toBe(9)
})

test('stride, dilation and padding: 0 of the padding has an address', async () => {
  const page = await openDock(harbour('_s2_d2_p2', '1,2,3,4,5,6,7,8', '2x4', '0,0'))
  // The window is at (−2, −2) with steps of 2: only the second row from column 0 is in memory.
  expect(await selected(page)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    0,
    2,
    4,
  ])
  expect(await page.locator('.memory-dock .caption').textContent()).toContain(
    'Padding has no address: 5 of the 8.',
  )
  await show(page, harbour('_s2_d2_p2', '1,2,3,4,5,6,7,8', '2x4', '3,4'))
  const first = (3 * 2 - 2) * 64 + 4 * 2 - 2
  expect(await selected(page)).toEqual(
    [0, 128].flatMap((jump) => [0, 2, 4, 6].map((j) => first + jump + j)),
  )
  expect(await page.locator('.jumps text').allTextContents()).toEqual(['+128'])
  expect(await page.locator('[data-element]').textContent()).toBe(String(first))
})

test('the mouse: pointing selects the product everywhere, a click moves the window', async () => {
  const page = await openDock(harbour())
  await page.locator('.tape [data-tap="5"]').hover()
  expect(await page.locator('[data-element]').textContent()).toBe(String(24 * 64 + 21))
  expect(await page.locator('.tape [data-active]').count()).toBe(1)
  expect(await page.locator('.lens-grid.products .active').count()).toBe(1)
  await page.mouse.move(5, 5)
  expect(await page.locator('.tape [data-active]').count()).toBe(0)
  // The sample right of the window in its second row becomes the middle.
  const cell = page.locator(`.tape [aria-label^="Element ${24 * 64 + 22},"]`)
  await cell.click()
  await expect.poll(() => place(page)).toBe('23,21')
  expect(await selected(page)).toContain(24 * 64 + 22)
  const stops = page.locator('.tape [tabindex="0"]')
  expect(
    await stops.evaluateAll((cells) => cells.map((one) => one === document.activeElement)),
  ).toEqual([true])
})

test('a click on a line of the drawing moves the window to its place', async () => {
  const page = await openDock(harbour())
  const lines = page.locator('.places')
  const shown = Number(await lines.getAttribute('data-places'))
  const box = (await lines.boundingBox())!
  await page.mouse.click(box.x + box.width / 2, box.y + 18)
  await expect.poll(() => place(page)).toMatch(/^22,(17|18|19|2\d)$/)
  expect(shown).toBeGreaterThan(5)
})

test('the keyboard: one tab stop, arrows along the line, Enter moves the window', async () => {
  const page = await openDock(harbour())
  expect(await page.locator('.tape [tabindex="0"]').count()).toBe(1)
  await page.locator('.tape [tabindex="0"]').focus()
  await page.keyboard.press('Control+End')
  const label = (): Promise<string | null> => page.evaluate(() => document.activeElement!.ariaLabel)
  const last = await label()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowLeft')
  expect(await label()).not.toBe(last)
  await page.keyboard.press('End')
  const before = await place(page)
  await page.keyboard.press('Enter')
  await expect.poll(() => place(page)).not.toBe(before)
  expect(await page.locator('.tape [tabindex="0"]').count()).toBe(1)
  // The focus stays in the same cell of the line.
  expect(await page.evaluate(() => document.activeElement!.role)).toBe('gridcell')
})

test('the finger: a tap on a product selects it, a tap beside the window moves it', async () => {
  const page = await openTouchDock(harbour('', '1,2,1', '1x3'), true)
  await page.locator('.tape [data-tap="1"]').tap()
  expect(await page.locator('[data-element]').textContent()).toBe(String(23 * 64 + 20))
  await page.locator('.tape [aria-selected=false]').last().tap()
  await expect.poll(() => place(page)).not.toBe('23,19')
})

test('Play hides the products that are not added yet', async () => {
  const page = await openDock(example)
  const counts = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const seen: number[] = []
        const tape = document.querySelector('.tape')!
        new MutationObserver(() => {
          seen.push(tape.querySelectorAll('[data-tap]').length)
          if (seen.length > 1 && seen.at(-1) === 4) resolve(seen)
        }).observe(tape, { subtree: true, attributes: true, attributeFilter: ['data-tap'] })
      }),
  )
  await page.locator('.transport .primary').click()
  const seen = await counts
  expect(Math.min(...seen)).toBeLessThan(4)
  expect(seen.at(-1)).toBe(4)
})

test('the example of the article: the whole input, with every element', async () => {
  const page = await openDock(example)
  expect(await page.locator('.tape .place-element').allTextContents()).toEqual(
    Array.from({ length: 9 }, (_, i) => String(i)),
  )
  expect(await page.locator('.tape .place-value').allTextContents()).toEqual(
    '3 9 0 2 8 1 1 4 8'.split(' '),
  )
  expect(await selected(page)).toEqual([0, 1, 3, 4])
  expect(await page.locator('.memory-numbers output').textContent()).toBe('145.06')
})

const links = [
  harbour(),
  harbour('_p2'),
  harbour('', Array(25).fill(1).join(), '5x5', '12,30'),
  harbour('_s2_d2_p2', '1,2,3,4,5,6,7,8', '2x4', '0,0'),
  example,
  `#v1&case=48_*_8_p3&x=${Array.from({ length: 48 }, (_, i) => (i * 29) % 97).join()}` +
    '&k=1,2,3,4,4,3,2,1&at=output:0,0,12&dock=memory',
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
