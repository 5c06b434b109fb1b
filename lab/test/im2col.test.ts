/**
 * The window matrix in a browser. The window animation ends in its column. kernel × windows is the
 * output in both layouts. Addresses are those of the padded input, and the highlight matches
 * `explain`.
 */

import type { Page } from 'playwright'
import { explain, type Focus, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { defaultState } from '../src/state/state.ts'
import { axeFaults } from './axe.ts'
import { highlighted, open, places } from './browser.ts'

const numbersOf = (page: Page, grid: string): Promise<number[][]> =>
  page
    .locator(`table.grid[data-grid="${grid}"] tbody tr`)
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('td')].map((cell) =>
          Number((cell.textContent ?? '').replace('−', '-')),
        ),
      ),
    )

const times = (a: readonly number[][], b: readonly number[][]): number[][] =>
  a.map((row) =>
    b[0]!.map((_, column) => row.reduce((sum, value, i) => sum + value * b[i]![column]!, 0)),
  )

const filterRow = ({
  output,
  im2col,
}: {
  readonly output: readonly number[]
  readonly im2col: readonly number[]
}) => ({
  kernel: [output[1]!, im2col[0]!],
  output: [output[1]!, im2col[1]!],
})

const cases: readonly (readonly [string, Focus])[] = [
  ['1x1x4x5 * 1x1x3x2 p1,0', { output: [0, 0, 2, 1] }],
  ['1x4x3x3 * 4x2x2x2 g2', { output: [0, 2, 1, 0] }],
  ['2x1x7 * 3x1x3 s2 p1 reflect', { output: [1, 2, 1] }],
  ['1x2x3x4 * 2x2x2x2 flip', { input: [0, 1, 1, 2] }],
  ['1x1x2x3x3 * 1x1x2x2x2 d1', { kernel: [0, 0, 1, 0, 1] }],
  ['1x1x2x3 * 1x1x2x2 i2 p1', { output: [0, 0, 1, 2] }],
  ['1x1x5x4 * 1x1x2x2 p-1,0', { output: [0, 0, 1, 1] }],
]

test.each(cases)(
  'kernel × windows = output, highlighted as in explain: %s %o',
  async (problem, focus) => {
    const g = parseCase(problem)
    const [[view, index] = ['', []]] = Object.entries(focus)
    const { taps } = explain(g, focus)
    const link = `#v1&case=${problem.replaceAll(' ', '_')}&views=im2col&at=${view}:${index}`
    const page = await open(link)
    const [kernel, windows, output] = [
      await numbersOf(page, 'im2col-kernel'),
      await numbersOf(page, 'im2col'),
      await numbersOf(page, 'im2col-output'),
    ]
    expect(times(kernel, windows)).toEqual(output)
    expect(await highlighted(page, 'im2col')).toEqual(places(taps.map((tap) => tap.im2col)))
    expect(await highlighted(page, 'im2col-kernel')).toEqual(
      places(taps.map((tap) => filterRow(tap).kernel)),
    )
    expect(await highlighted(page, 'im2col-output')).toEqual(
      places(taps.map((tap) => filterRow(tap).output)),
    )
    await page.locator('[data-choice="rows"]').click()
    await page.waitForURL(/layout=rows/)
    const [turnedWindows, turnedKernel] = [
      await numbersOf(page, 'im2col'),
      await numbersOf(page, 'im2col-kernel'),
    ]
    expect(times(turnedWindows, turnedKernel)).toEqual(await numbersOf(page, 'im2col-output'))
    expect(turnedWindows).toEqual(windows[0]!.map((_, column) => windows.map((row) => row[column])))
    expect(await highlighted(page, 'im2col')).toEqual(
      places(taps.map(({ im2col: [row, column] }) => [column, row])),
    )
  },
)

test('windows and output have one pitch, in both layouts', async () => {
  const page = await open('#v1&case=5x7_*_2x2&views=im2col')
  for (const layout of ['columns', 'rows'] as const) {
    await page.locator(`[data-choice="${layout}"]`).click()
    const middles = await page.evaluate((layout) => {
      const middlesOf = (grid: string): number[] =>
        [
          ...document.querySelectorAll(
            `table.grid[data-grid="${grid}"] ` +
              (layout === 'columns' ? 'td[data-row="0"]' : 'td[data-column="0"]'),
          ),
        ].map((cell) => {
          const { left, top, width, height } = cell.getBoundingClientRect()
          return layout === 'columns' ? left + width / 2 : top + height / 2
        })
      return [middlesOf('im2col'), middlesOf('im2col-output')] as const
    }, layout)
    expect(middles[0].length).toBe(24)
    for (const [i, place] of middles[0].entries())
      expect(Math.abs(place - middles[1][i]!)).toBeLessThan(0.6)
    // The sentence has the extents of the drawn matrix.
    const text = await page.locator('[data-bytes]').textContent()
    expect(text).toContain(layout === 'columns' ? '4 × 24 cells' : '24 × 4 cells')
  }
})

test('animation: it waits for the user, and its squares end in the column of explain', async () => {
  const page = await open('#v1&views=im2col&stage=0')
  const squares = (): Promise<(readonly [number, string | null])[]> =>
    page
      .locator('[data-square]')
      .evaluateAll((all) =>
        all.map(
          (square) => [Number((square as SVGElement).dataset.square), square.textContent] as const,
        ),
      )
  const spots = (): Promise<string[]> =>
    page
      .locator('[data-square]')
      .evaluateAll((all) => all.map((square) => (square as SVGElement).style.transform))
  const start = await spots()
  await page.waitForTimeout(1200)
  expect(await spots()).toEqual(start)
  await page.locator('[data-way="stage"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/stage=1/)
  expect(await spots()).not.toEqual(start)
  await page.locator('[data-way="play"]').click()
  await page.waitForURL((url) => !url.hash.includes('stage='), { timeout: 6000 })
  const { taps } = explain(parseCase(defaultState.problem), { output: [0, 0, 1, 3] })
  expect((await squares()).map(([row]) => row)).toEqual(taps.map(({ im2col }) => im2col[0]))
  const columns = new Set((await spots()).map((spot) => /translate\(([-\d.]+)px/.exec(spot)?.[1]))
  expect(columns.size).toBe(1)
  const matrix = await numbersOf(page, 'im2col')
  expect((await squares()).map(([, text]) => Number(text))).toEqual(
    taps.map(({ im2col: [row, column] }) => matrix[row]![column]),
  )
})

test('as addresses: strides give the addresses, and their numbers are the windows', async () => {
  const page = await open(
    '#v1&case=1x2x5x4_*_1x2x2x2_s2,1_d1,2_p1,0_flip&views=im2col&at=output:0,0,1,1',
  )
  const windows = await numbersOf(page, 'im2col')
  const before = Number(await page.locator('[data-bytes]').getAttribute('data-bytes'))
  expect(before).toBe(windows.length * windows[0]!.length * 4)
  await page.locator('[data-choice="strided"]').click()
  await page.locator('[data-strides]').waitFor()
  const addresses = await numbersOf(page, 'im2col')
  const address = Number(await page.locator('[data-address]').getAttribute('data-address'))
  const { taps } = explain(parseCase('1x2x5x4 * 1x2x2x2 s2,1 d1,2 p1,0 flip'), {
    output: [0, 0, 1, 1],
  })
  const [row, column] = taps[0]!.im2col
  expect(address).toBe(addresses[row]![column])
  // Two cells with one address hold one number.
  const numberAt = new Map<number, number>()
  addresses.forEach((line, r) => {
    line.forEach((address, c) => {
      expect(numberAt.get(address) ?? windows[r]![c]).toBe(windows[r]![c])
      numberAt.set(address, windows[r]![c]!)
    })
  })
})

test('copies: each sample is counted once for each window that reads it; axe', async () => {
  const page = await open('#v1&case=1x1x4x5_*_1x1x3x2_s1,2_p1&views=im2col')
  await page.locator('.copies summary').click()
  const counted = await numbersOf(page, 'copies')
  const g = parseCase('1x1x4x5 * 1x1x3x2 s1,2 p1')
  for (const [row, line] of counted.entries()) {
    for (const [column, count] of line.entries())
      expect(count).toBe(explain(g, { input: [0, 0, row, column] }).taps.length)
  }
  expect(await axeFaults(page)).toEqual([])
})

test('a matrix too large for HTML cells is drawn and has keyboard navigation', async () => {
  const page = await open('#v1&case=64x64_*_3x3_p1&views=im2col,toeplitz&at=output:5,5')
  await page.locator('canvas[data-canvas="im2col"]').waitFor()
  const cell = page.locator('table.proxy[data-grid="im2col"] td')
  await cell.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=im2col:1,0/)
})
