/**
 * Counts and numbers in sentences are those of the drawing.
 */

import { explain, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { open } from './browser.ts'

test.each(['', ' edge', ' flip'])('products with the border are counted apart:%s', async (rule) => {
  const problem = `1x1x4x5 * 1x1x3x2 p1${rule}`
  const page = await open(
    `#v1&case=${problem.replaceAll(' ', '_')}&views=slide,toeplitz&at=output:0,0`,
  )
  const text = (await page.locator('[data-focus-text]').textContent()) ?? ''
  const [products = 0, padded = 0] = (/(\d+) products.*; (\d+) of/.exec(text) ?? [])
    .slice(1)
    .map(Number)
  const lit = page.locator('table[data-grid="slide-input"] td[aria-selected]')
  expect(products).toBe(await lit.count())
  expect(padded).toBe(await lit.and(page.locator('[data-kind="padding"]')).count())
  const { taps } = explain(parseCase(problem), { output: [0, 0, 0, 0] })
  expect([products, padded]).toEqual([taps.length, taps.filter((tap) => tap.padded).length])
})

test('layers count from the first sample, as rows do; the caption has no padding', async () => {
  const page = await open('#v1&case=1x1x2x3x4_*_1x1x2x2x2_p1,0,0&views=slide')
  const input = page.locator('[data-tensor="slide-input"]')
  expect(await input.locator('.plane-name').allTextContents()).toEqual(
    ['−1', '0', '1', '2'].map((layer) => `channel 0, layer ${layer}`),
  )
  expect(await input.locator('.shape').textContent()).toBe('1×1×2×3×4 · padded 4×3×4')
})

test('a repeated sample is one connection with the sum of its weights', async () => {
  const page = await open('#v1&case=4_*_3_p1_edge&k=1,2,4&views=toeplitz')
  const [empty, filled] = (
    (await page.locator('[data-counts]').getAttribute('data-counts')) ?? ''
  ).split(',')
  const cells = page.locator('table.grid[data-grid="toeplitz"] td[role]')
  expect(await cells.and(page.locator('[data-kind="zero"]')).count()).toBe(Number(empty))
  const lines = await page
    .locator('[data-line]')
    .evaluateAll((all) => new Set(all.map((line) => line.getAttribute('data-line'))).size)
  expect(lines).toBe(Number(filled))
  expect(await page.locator('.dense svg').getAttribute('aria-label')).toContain(
    `${filled} connections`,
  )
})

test.each(['slide', 'flip', 'modes', 'im2col', 'toeplitz', 'memory'])(
  '%s explains the marks in its cells',
  async (view) => {
    const page = await open(`#v1&case=4x5_*_3x2_p1&views=${view}&at=output:0,0`)
    const legend = page.locator('.view .legend')
    for (const mark of ['tap', 'count', 'pinned', 'pointed'])
      expect(await legend.locator(`[data-mark="${mark}"]`).count()).toBe(1)
    const hatched = await page.locator('.view td[data-kind="padding"]').count()
    expect(await legend.locator('[data-mark="padding"]').count()).toBe(hatched > 0 ? 1 : 0)
  },
)
