/**
 * Grids in a browser. Highlighted cells are in sight inside their boxes, and the page does not
 * scroll. Large planes have hatched padding, headers and an editor, as small ones do.
 */

import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { blankPage, open, server } from './browser.ts'

const phone = { width: 390, height: 844 }

async function openOnPhone(fragment: string): Promise<Page> {
  const page = await blankPage({ viewport: phone })
  await page.goto(`${server.address}${fragment}`)
  await page.locator('h1').waitFor()
  return page
}

/** The grids whose selected cells are not in sight inside their box, and the number of grids. */
const hidden = (page: Page): Promise<{ readonly outOfSight: string[]; readonly count: number }> =>
  page.evaluate(async () => {
    // Boxes scroll in the frame after the change.
    for (let i = 0; i < 4; i++) await new Promise((done) => requestAnimationFrame(done))
    const outOfSight: string[] = []
    const grids = [...document.querySelectorAll<HTMLElement>('table.grid')].filter(
      (grid) => grid.checkVisibility() && grid.querySelector('[aria-selected]'),
    )
    for (const grid of grids) {
      const box = grid.closest('.product') ?? grid.closest('.grid-scroll')!
      const { left, right, top, bottom } = box.getBoundingClientRect()
      const isSeen = [...grid.querySelectorAll('[aria-selected]')].some((cell) => {
        const rect = cell.getBoundingClientRect()
        return (
          rect.left >= left - 1 &&
          rect.right <= right + 1 &&
          rect.top >= top - 1 &&
          rect.bottom <= bottom + 1
        )
      })
      if (!isSeen) outOfSight.push(grid.dataset.grid ?? '')
    }
    return { outOfSight, count: grids.length }
  })

describe('on a phone the highlighted cells are in sight', () => {
  test.each([
    ['slide,flip', '1x1x6x20 * 1x1x3x3 p1'],
    ['im2col', '7x9 * 3x3'],
    ['toeplitz', '4x5 * 3x2 p1'],
    ['modes', '5x14 * 3x3'],
    ['memory', '9x9 * 3x3'],
  ])('%s: %s', async (views, problem) => {
    const fragment = `#v1&case=${problem.replaceAll(' ', '_')}&views=${views}`
    const last = problem.includes('x20') ? '0,0,5,19' : problem.includes('x14') ? '2,11' : '2,3'
    const page = await openOnPhone(`${fragment}&at=output:${last}`)
    const first = await hidden(page)
    expect(first.count).toBeGreaterThan(0)
    expect(first.outOfSight).toEqual([])
    await page.evaluate(() => scrollTo(0, 200))
    for (const at of ['output:0,0', `output:${last}`]) {
      await page.evaluate((link) => location.replace(link), `${fragment}&at=${at}`)
      await page.waitForURL((url) => url.hash.endsWith(at))
      expect((await hidden(page)).outOfSight).toEqual([])
    }
    expect(await page.evaluate(() => scrollY)).toBe(200)
  })
})

test('a box does not scroll under the pointer', async () => {
  const page = await openOnPhone('#v1&case=7x9_*_3x3&views=im2col&at=output:4,6')
  const cell = page.locator('table[data-grid="im2col"] td[data-row="0"][data-column="33"]')
  await cell.hover()
  const scroll = (): Promise<number> =>
    cell.evaluate(
      (element) => (element.closest('.product') ?? element.closest('.grid-scroll')!).scrollLeft,
    )
  const before = await scroll()
  expect(before).toBeGreaterThan(0)
  await page.keyboard.press('[')
  for (const at of ['output:0,0', 'output:0,1'])
    await page.evaluate(
      (link) => location.replace(link),
      `#v1&case=7x9_*_3x3&views=im2col&at=${at}`,
    )
  await page.waitForTimeout(200)
  expect(await scroll()).toBe(before)
})

describe('a plane of 30×40', () => {
  const link = '#v1&case=30x40_*_3x3_p1&views=slide&at=output:2,4'

  test('has headers of its samples, and hatched padding', async () => {
    const page = await open(link)
    const heads = page.locator('[data-tensor="slide-input"] .canvas-heads')
    const [columns, rows] = [await heads.nth(0).innerText(), await heads.nth(1).innerText()]
    expect(columns.split(/\s+/).slice(0, 3)).toEqual(['−1', '1', '3'])
    expect(rows.split(/\s+/).slice(0, 3)).toEqual(['−1', '1', '3'])
    // A plain cell of an 11-pixel cell has one colour, a hatched one has several.
    const colours = await page
      .locator('[data-tensor="slide-input"] canvas')
      .first()
      .evaluate((canvas) => {
        const context = (canvas as HTMLCanvasElement).getContext('2d')!
        const [, , wide = 1, high = 1] = (
          canvas.nextElementSibling as HTMLElement
        ).dataset.part!.split(',')
        const { data } = context.getImageData(0, 0, Number(wide) - 1, Number(high) - 1)
        return new Set(new Uint32Array(data.buffer)).size
      })
    expect(colours).toBeGreaterThan(1)
  })

  test.each(['F2', 'digit', 'double click'])('is edited by %s', async (how) => {
    const page = await open(link)
    const stack = page.locator('[data-tensor="slide-input"] .canvas-stack')
    const cell = page.locator('table.proxy[data-grid="slide-input"] td')
    if (how === 'double click') {
      const [width, height] = ((await stack.locator('[data-part]').getAttribute('data-part')) ?? '')
        .split(',')
        .slice(2)
        .map(Number)
      await stack.dblclick({ position: { x: 2.5 * width!, y: 1.5 * height! } })
    } else {
      await cell.focus()
      for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
      if (how === 'F2') await page.keyboard.press('F2')
    }
    if (how !== 'digit') await page.keyboard.press('Control+A')
    await page.keyboard.type('7.5')
    await page.keyboard.press('Enter')
    await page.waitForURL(/x=/)
    expect(await cell.getAttribute('aria-label')).toContain('7.5')
    expect(await cell.evaluate((element) => element === document.activeElement)).toBe(true)
  })
})
