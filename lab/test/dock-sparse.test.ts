/**
 * The sparse matrix beside the picture: its numbers against sums by hand, mouse, keyboard, touch,
 * and room at every size. The layer has the lines of the matrix.
 */

import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import {
  dockLink,
  dockSizes,
  expectAccess,
  expectRoom,
  faultsOfRoom,
  openDock,
  openTouchDock,
  show,
} from './dock-pages.ts'

const pixels = readFileSync(new URL('../src/pictures/harbour.bin', import.meta.url))
const pixel = (x: number, y: number): number => pixels[y * 64 + x]!

const edges = [-1, 0, 1, -2, 0, 2, -1, 0, 1]
const picture =
  '#v1&case=1x1x43x64_*_1x1x3x3&x=picture:harbour&k=-1,0,1,-2,0,2,-1,0,1&at=output:0,0,23,19'
const small = dockLink('article', 'sparse')

const sumAt = (x: number, y: number): number =>
  edges.reduce((sum, weight, i) => sum + weight * pixel(x + (i % 3), y + Math.floor(i / 3)), 0)

const numberOf = (text: string | null): number => Number((text ?? '').replace('−', '-'))
/** The caption, with ordinary spaces. */
const caption = async (page: Page): Promise<string> =>
  ((await page.locator('.caption').textContent()) ?? '').replaceAll('\u00a0', ' ')
const litWeights = (page: Page): Promise<(string | null)[]> =>
  page
    .locator('.sparse-line[data-lit="true"] .sparse-entry')
    .evaluateAll((cells) => cells.map((cell) => cell.textContent))

test('every row multiplied by the input is its output', async () => {
  const page = await openDock(`${picture}&dock=sparse`)
  const rows = await page.locator('.sparse-line').evaluateAll((lines) =>
    lines.map((line) =>
      [...line.querySelectorAll<HTMLElement>('.sparse-entry')].map((cell) => ({
        column: Number(cell.dataset.column),
        weight: cell.textContent ?? '',
        name: cell.getAttribute('aria-label') ?? '',
      })),
    ),
  )
  expect(rows.map((row) => row.length)).toEqual(Array(15).fill(9))
  const outputs = await page.locator('.sparse-output').allTextContents()
  // The window has passed the first eight outputs of this part.
  const passed = outputs.filter((text) => text !== '').map(numberOf)
  const places = Array.from(
    { length: 15 },
    (_, i) => [17 + (i % 5), 22 + Math.floor(i / 5)] as const,
  )
  expect(passed).toEqual(places.slice(0, 8).map(([x, y]) => sumAt(x, y)))
  for (const [i, row] of rows.entries()) {
    const sum = row.reduce((total, { column, weight }) => {
      const [x, y] = [17 + (column % 7), 22 + Math.floor(column / 7)]
      return total + numberOf(weight) * pixel(x, y)
    }, 0)
    expect(sum).toBe(sumAt(...places[i]!))
  }
  expect(rows[7]![5]!.name).toBe('output row 24, column 20, input row 25, column 22: weight 2')
  expect(await caption(page)).toContain('135 of 15 × 35 = 525')
  // The lines of the stage end at the nine samples of the window.
  const ends = await page
    .locator('[data-wire-tap]')
    .evaluateAll((cells) =>
      cells.map(({ ariaLabel, dataset }) => [dataset.wireTap, ariaLabel] as const),
    )
  expect(ends.length).toBe(9)
  for (const [tap, name] of ends) {
    const value = pixel(19 + (Number(tap) % 3), 23 + Math.floor(Number(tap) / 3))
    expect(name).toContain(`: ${value}; ${value} × `)
  }
})

test('the mouse: a weight lights its band, a click moves the window', async () => {
  const page = await openDock(`${picture}&dock=sparse`)
  await page.locator('[data-row="2"][data-tap="5"]').hover()
  const on = page.locator('.sparse-entry[data-on="true"]')
  expect(await on.count()).toBe(15)
  expect(await on.evaluateAll((cells) => cells.every(({ dataset }) => dataset.tap === '5'))).toBe(
    true,
  )
  await page.locator('[data-row="2"][data-tap="5"]').click()
  await page.waitForURL(/at=output:0,0,22,19/)
  expect(await page.locator('.sparse-output[data-lit="true"]').textContent()).toBe(
    String(sumAt(19, 22)).replace('-', '−'),
  )
  expect(await page.locator('.sparse-line [aria-selected="true"]').count()).toBe(10)
  // Zeros of a row belong to its output too.
  const line = (await page.locator('.sparse-line').nth(14).boundingBox())!
  await page.mouse.click(line.x + 70, line.y + line.height / 2)
  await page.waitForURL(/at=output:0,0,24,21/)
})

test('the keyboard: one tab stop, the same weight in the next row, Enter moves', async () => {
  const page = await openDock(`${picture}&dock=sparse`)
  const focused = (): Promise<(string | undefined)[]> =>
    page.evaluate(() => {
      const { row, column, tap } = (document.activeElement as HTMLElement).dataset
      return [row, column, tap]
    })
  expect(await page.locator('.sparse [tabindex="0"]').count()).toBe(1)
  await page.locator('.sparse [tabindex="0"]').focus()
  expect(await focused()).toEqual(['7', '-1', undefined])
  await page.keyboard.press('ArrowRight')
  expect(await focused()).toEqual(['7', '9', '0'])
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  expect(await focused()).toEqual(['8', '11', '1'])
  expect(await page.locator('.sparse-entry[data-on="true"]').count()).toBe(15)
  expect(await page.locator('.sparse [tabindex="0"]').count()).toBe(1)
  await page.keyboard.press('End')
  expect((await focused())[2]).toBe('8')
  await page.keyboard.press('Control+Home')
  expect(await focused()).toEqual(['-1', '0', undefined])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=output:0,0,22,17/)
  expect((await focused())[0]).toBe('0')
})

test('touch: a tap on a row moves the window', async () => {
  const page = await openTouchDock(`${picture}&dock=sparse`)
  expect(await page.locator('.sparse-line').count()).toBe(9)
  await page.locator('.sparse-line .sparse-entry[data-row="8"][data-tap="0"]').tap()
  await page.waitForURL(/at=output:0,0,24,20/)
  expect(await page.locator('.sparse-entry[data-on="true"]').count()).toBe(9)
})

test('another kernel, and a part of the picture with padding', async () => {
  const page = await openDock(`${picture}&dock=sparse`)
  expect(await litWeights(page)).toEqual(['−1', '0', '1', '−2', '0', '2', '−1', '0', '1'])
  await page.getByRole('radio', { name: 'blur' }).click()
  await page.waitForURL(/k=1,2,1,2,4,2,1,2,1/)
  expect(await litWeights(page)).toEqual(['1', '2', '1', '2', '4', '2', '1', '2', '1'])
  expect(await caption(page)).toContain('divided by 16')
  await show(
    page,
    '#v1&case=1x1x43x64_*_1x1x3x3_p1&x=picture:harbour&k=1,2,3,4,5,6,7,8,9&at=output:0,0,0,0&dock=sparse',
  )
  expect(await litWeights(page)).toEqual(['5', '6', '8', '9'])
  expect(await page.locator('[data-wire-tap]').count()).toBe(4)
  expect(await page.locator('.sparse-entry').count()).toBe(4 + 4 * 6 + 2 * (6 + 4 * 9))
  expect(await caption(page)).toMatch(/112 of .*Padding has no column/)
})

test('the small example: every weight has digits, the bias is named', async () => {
  const page = await openDock(small)
  expect(await page.locator('.sparse-entry').allTextContents()).toEqual(
    Array(4).fill(['8', '9', '4', '4']).flat(),
  )
  expect(await page.locator('.sparse-output[data-lit="true"]').textContent()).toBe('145.06')
  expect(await caption(page)).toMatch(/16 of 4 × 9 = 36.*bias 0.06/)
})

test('many outputs scroll, and the current one is in sight', async () => {
  const page = await openDock('#v1&case=9x9_*_3x3&at=output:0,0,0,0&dock=sparse')
  for (const [y, x] of [
    [6, 6],
    [0, 0],
    [3, 5],
  ]) {
    await page.evaluate((at) => {
      location.hash = location.hash.replace(/&at=[^&]*|$/, `&at=output:0,0,${at}`)
    }, `${y},${x}`)
    await page.locator(`.sparse-line[data-output-row="${y! * 7 + x!}"][data-lit="true"]`).waitFor()
    const isInside = await page.locator('.sparse-line[data-lit="true"]').evaluate((line) => {
      const [inner, outer] = [line, line.parentElement!].map((e) => e.getBoundingClientRect())
      return inner!.top >= outer!.top - 0.5 && inner!.bottom <= outer!.bottom + 0.5
    })
    expect(isInside).toBe(true)
  }
})

test('the layer: as many lines as entries; all free, one for every pair', async () => {
  const page = await openDock(`${picture}&dock=sparse`)
  await page.getByRole('button', { name: 'Layer' }).click()
  const lines = (selector: string): Promise<number> =>
    page
      .locator(selector)
      .evaluateAll((paths) =>
        paths.reduce((n, path) => n + (path.getAttribute('d') ?? '').split('M').length - 1, 0),
      )
  expect(await lines('.sparse-lines .shared')).toBe(135)
  expect(await lines('.sparse-lines .lit')).toBe(9)
  expect(await caption(page)).toMatch(/135 lines.*35 × 15 = 525/)
  expect(await page.locator('.sparse-chip:not([hidden])').allTextContents()).toEqual(
    edges.map((weight) => String(weight).replace('-', '−')),
  )
  // The line to the output starts below its node, not where the matrix had it.
  const node = (await page.locator('[data-wire-output]').boundingBox())!
  const stage = (await page.locator('.stage').boundingBox())!
  const middle = node.x + node.width / 2 - stage.x
  await page.waitForFunction(
    (x) =>
      [...document.querySelectorAll('.wires path')].some(
        (path) => Math.abs(Number.parseFloat(path.getAttribute('d')!.slice(1)) - x) < 1,
      ),
    middle,
  )
  await page.locator('.sparse-output').nth(3).click()
  await page.waitForURL(/at=output:0,0,22,20/)
  await page.getByRole('button', { name: 'If all were free' }).click()
  expect(await lines('.sparse-lines .free:not(.lit)')).toBe(525)
  expect(await lines('.sparse-lines .free.lit')).toBe(35)
  expect(await caption(page)).toContain('35 × 15 = 525')
})

test('Play adds the products of the first place one by one', async () => {
  const page = await openDock(
    '#v1&case=1x1x43x64_*_1x1x3x3&x=picture:harbour&k=1,2,1,2,4,2,1,2,1&at=output:0,0,0,0&dock=sparse',
  )
  await page.getByRole('button', { name: 'Play' }).click()
  await page.locator('.sparse-entry[data-waits="true"]').first().waitFor({ state: 'attached' })
  expect(await page.locator('.sparse-output[data-lit="true"]').textContent()).toBe('')
  await page.waitForFunction(() => !document.querySelector('.sparse-entry[data-waits="true"]'))
})

test.each(['light', 'dark'])('axe finds nothing, %s', async (theme) => {
  const link = `${picture}&dock=sparse&theme=${theme}`
  const page = await openDock(link)
  await expectAccess(page, link)
  await page.locator('.page-buttons button').nth(1).click()
  await page.locator('.sparse.layer').waitFor()
  await expectAccess(page, link)
})

const links = [
  `${picture}&dock=sparse`,
  small,
  '#v1&case=1x1x43x64_*_1x1x7x7_d2_p2&x=picture:harbour&at=output:0,0,20,20&dock=sparse',
  '#v1&case=1x1x1x40_*_1x1x1x5&at=output:0,0,0,9&dock=sparse',
]

test('room at every size, in both languages', async () => {
  const page = await openDock(small)
  const digits = '.sparse-entry, .sparse-sample, .sparse-output, .sparse-chip'
  for (const number of [0, 1]) {
    await page.locator('.page-buttons button').nth(number).click()
    for (const size of dockSizes)
      await expectRoom(page, size, links, async (name) =>
        expect(
          await faultsOfRoom(page, { digits, hasLowLines: true }),
          `page ${number} ${name}`,
        ).toEqual([]),
      )
  }
}, 240_000)
