/**
 * The docked matrix in a browser: its columns are the windows, a column times the weights is its
 * result, and pointer, keys and touch do the same.
 */

import type { Page } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  dockCases,
  dockLink,
  dockSizes,
  expectAccess,
  expectRoom,
  faultsOfRoom,
  openDock,
  openTouchDock,
  scalingOf,
  show,
} from './dock-pages.ts'

const cell = (page: Page, row: number, column: number) =>
  page.locator(`.matrix-view [data-row="${row}"][data-column="${column}"]`)

/** The numbers of the matrix from the labels of its cells, with weights and results. */
const numbersOf = (page: Page) =>
  page.locator('.matrix-view table').evaluate((table) => {
    const number = (text: string): number => Number(/−?\d[\d.]*/.exec(text)![0].replace('−', '-'))
    const rows = [...(table as HTMLTableElement).rows]
    const results = rows.pop()!
    return {
      weights: rows.map((row) => number(row.querySelector<HTMLElement>('.mx-weight')!.title)),
      rows: rows.map((row) =>
        [...row.querySelectorAll('td')].map((td) => number(td.getAttribute('aria-label')!)),
      ),
      texts: rows.map((row) => [...row.querySelectorAll('td')].map((td) => td.textContent)),
      current: rows.map((row) =>
        [...row.querySelectorAll('td')].findIndex((td) => td.ariaSelected === 'true'),
      ),
      results: [...results.querySelectorAll('td')].map((td) =>
        td.title === '' ? undefined : Number(td.title.replace('−', '-')),
      ),
    }
  })

const lensOf = (page: Page): Promise<number[]> =>
  page
    .locator('.lens-grid.window .cell')
    .evaluateAll((cells) =>
      cells.map((one) =>
        Number((one.querySelector('input')?.value ?? one.textContent ?? '').replace('−', '-')),
      ),
    )

const links = Object.keys(dockCases).map((name) => dockLink(name, 'matrix'))

describe('in one page', () => {
  let page: Page
  beforeAll(async () => {
    page = await openDock(dockLink('edges', 'matrix'))
  })

  test.each(Object.keys(dockCases))(
    '%s: a column times the weights is its result, and the current column is the lens',
    async (name) => {
      await show(page, dockLink(name, 'matrix'))
      const { weights, rows, current, results } = await numbersOf(page)
      const { divisor, bias } = scalingOf(name)
      expect(results.some((result) => result !== undefined)).toBe(true)
      for (const [column, result] of results.entries()) {
        if (result === undefined) continue
        const sum = rows.reduce((total, row, tap) => total + row[column]! * weights[tap]!, 0)
        expect(result).toBeCloseTo(sum / divisor + bias, 4)
      }
      expect(new Set(current).size).toBe(1)
      expect(current[0]).toBeGreaterThanOrEqual(0)
      expect(rows.map((row) => row[current[0]!])).toEqual(await lensOf(page))
      expect(await page.locator('[data-wire-tap]').count()).toBe(weights.length)
      expect(await page.locator('[data-wire-output]').count()).toBe(1)
    },
  )

  test.each(dockSizes)(
    'at %i × %i nothing is cut off, and what is lit is in sight',
    async (...size) => {
      await expectRoom(page, size, links, async (name) => {
        const faults = await faultsOfRoom(page, {
          digits: '.mx-weight',
          leastFont: 11,
          hasLowLines: true,
        })
        expect(faults, name).toEqual([])
        const isInSight = await page.locator('.mx-scroll').evaluate((scroll) => {
          const [box, column] = [scroll, scroll.querySelector('.mx-window')!].map((one) =>
            one.getBoundingClientRect(),
          )
          const ledger = scroll.querySelector('th')!.getBoundingClientRect()
          return column!.left >= ledger.right - 1 && column!.right <= box!.right
        })
        expect(isInSight, name).toBe(true)
      })
    },
  )

  test.each(['light', 'dark'])('axe finds nothing, %s', (theme) =>
    expectAccess(page, `${links[0]}&theme=${theme}`),
  )
})

test('the window of the picture is the column 64 … 240, and its result is 751', async () => {
  const page = await openDock(dockLink('edges', 'matrix'))
  const { texts, current, results } = await numbersOf(page)
  expect(texts.map((row) => row[current[0]!])).toEqual([
    '64',
    '190',
    '246',
    '44',
    '247',
    '243',
    '69',
    '255',
    '240',
  ])
  expect(results[current[0]!]).toBe(751)
  expect(await page.locator('.dock-caption').textContent()).toContain('15 places, 15 columns')
  expect(await page.locator('.dock-note').textContent()).toBe(
    '9 × 15 = 135 cells hold 35 different samples.',
  )
})

test('pointing at a cell lights its copies, its row and its product; leaving ends it', async () => {
  const page = await openDock(dockLink('edges', 'matrix'))
  await cell(page, 5, 7).hover()
  const copies = page.locator('.mx-copy')
  const labels = await copies.evaluateAll((cells) =>
    cells.map((one) => one.getAttribute('aria-label')!.split(',')[0]),
  )
  expect(new Set(labels)).toEqual(new Set(['Pixel 243']))
  expect(await page.locator('.dock-note').textContent()).toBe(
    `243 × 2 = 486. Pixel 243 stands in ${labels.length} of the 15 columns.`,
  )
  expect(
    await page.locator('.mx-pointed').evaluate((row) => (row as HTMLTableRowElement).rowIndex),
  ).toBe(5)
  expect(await page.locator('.lens-grid .active').count()).toBe(3)
  await page.mouse.move(5, 5)
  expect(await page.locator('.mx-copy, .mx-pointed, .lens-grid .active').count()).toBe(0)
})

test('a click on a column moves the window there, and the digits follow', async () => {
  const page = await openDock(dockLink('edges', 'matrix'))
  await cell(page, 2, 9).click()
  await page.waitForURL(/at=output:0,0,23,21/)
  const { rows, current, results } = await numbersOf(page)
  expect(new Set(current)).toEqual(new Set([9]))
  expect(rows.map((row) => row[9])).toEqual(await lensOf(page))
  expect(results[9]).toBe(
    Number((await page.locator('.sum strong').textContent())!.replace('−', '-')),
  )
})

test('keys: one tab stop, arrows move in the matrix, Enter moves the window', async () => {
  const page = await openDock(dockLink('edges', 'matrix'))
  expect(await page.locator('.matrix-view [tabindex="0"]').count()).toBe(1)
  await page.locator('.matrix-view [tabindex="0"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  const focused = (): Promise<string | null> =>
    page.evaluate(() => {
      const { row, column } = (document.activeElement as HTMLElement).dataset
      return `${row},${column}`
    })
  expect(await focused()).toBe('1,1')
  expect(await page.locator('.mx-pointed').count()).toBe(1)
  await page.keyboard.press('End')
  expect(await focused()).toBe('1,14')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=output:0,0,24,21/)
  expect(await focused()).toBe('1,14')
  expect((await numbersOf(page)).current[0]).toBe(14)
  expect(await page.locator('.matrix-view [tabindex="0"]').count()).toBe(1)
})

test('touch: a tap moves the window and names the product', async () => {
  const page = await openTouchDock(dockLink('edges', 'matrix'))
  await cell(page, 3, 5).tap()
  await page.waitForURL(/at=output:0,0,23,20/)
  expect(await page.locator('.dock-note').textContent()).toMatch(/^\d+ × −2 = /)
})

test('the matrix follows the window over the whole picture, and keeps its nodes', async () => {
  const page = await openDock(dockLink('edges', 'matrix'))
  await page
    .locator('.matrix-view td')
    .first()
    .evaluate((td) => td.setAttribute('data-kept', ''))
  await page.locator('#frame').focus()
  for (const key of ['ArrowRight', 'ArrowDown', 'Shift+ArrowRight', 'Shift+ArrowUp', 'Home', 'End'])
    await page.keyboard.press(key)
  const { rows, texts, current } = await numbersOf(page)
  expect(rows.map((row) => row[current[0]!])).toEqual(await lensOf(page))
  expect(texts).toEqual(rows.map((row) => row.map(String)))
  expect(await page.locator('.matrix-view td[data-kept]').count()).toBe(1)
})

test('Play hides what is not added yet', async () => {
  const page = await openDock(dockLink('edges', 'matrix').replace('23,19', '0,0'))
  await page.locator('.primary').click()
  await page.waitForFunction(
    () =>
      document.querySelector('.mx-waiting') &&
      document.querySelector('.mx-results .mx-now.mx-blank'),
  )
  await page.locator('.mx-waiting').first().waitFor({ state: 'detached' })
})
