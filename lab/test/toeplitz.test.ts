/**
 * The transposed Toeplitz matrix in a browser. Its product with the output equals the gradients
 * that are tested against SciPy, cell by cell. Its highlighted cells are those of `explain`,
 * transposed. A larger input changes the counts.
 */

import type { Page } from 'playwright'
import { explain, type Focus, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { highlighted, open, places } from './browser.ts'

const column = (page: Page, grid: string): Promise<number[]> =>
  page
    .locator(`table.grid[data-grid="${grid}"] td[data-row]`)
    .evaluateAll((cells) => cells.map((cell) => Number((cell.textContent ?? '').replace('−', '-'))))

const matrixOf = (page: Page): Promise<number[][]> =>
  page
    .locator('table.grid[data-grid="toeplitz"] tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('td')].map((cell) =>
          Number((cell.textContent ?? '').replace('−', '-')),
        ),
      ),
    )

const product = (matrix: readonly number[][], vector: readonly number[]): number[] =>
  matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i]!, 0))

const cases: readonly (readonly [string, Focus])[] = [
  ['1x1x4x5 * 1x1x3x2', { output: [0, 0, 1, 2] }],
  ['1x2x3x3 * 2x1x2x2 g2 s1 p0:1', { input: [0, 1, 1, 1] }],
  ['1x1x9 * 1x1x3 s2 d2 wrap p1', { toeplitz: [1, 2] }],
  ['1x1x3x3 * 1x1x2x2 i2 flip', { output: [0, 0, 1, 1] }],
  ['1x1x5x4 * 1x1x2x2 p-1,0', { kernel: [0, 0, 1, 0] }],
]

test.each(cases)('matrix × vector both ways: %s %o', async (problem, focus) => {
  const { taps } = explain(parseCase(problem), focus)
  const [[view, index] = ['', []]] = Object.entries(focus)
  const page = await open(
    `#v1&case=${problem.replaceAll(' ', '_')}&views=toeplitz&at=${view}:${index}`,
  )
  const matrix = await matrixOf(page)
  const [input, output] = [
    await column(page, 'toeplitz-input'),
    await column(page, 'toeplitz-output'),
  ]
  expect(product(matrix, input)).toEqual(output)
  await page.locator('[data-transpose]').check()
  await page.waitForURL(/transposed=on/)
  const turned = await matrixOf(page)
  expect(turned).toEqual(matrix[0]!.map((_, c) => matrix.map((row) => row[c])))
  expect(await column(page, 'toeplitz-output')).toEqual(output)
  expect(await column(page, 'toeplitz-input')).toEqual(product(turned, output))
  expect(await highlighted(page, 'toeplitz')).toEqual(
    places(taps.flatMap(({ toeplitz }) => (toeplitz ? [[toeplitz[1], toeplitz[0]]] : []))),
  )
  expect(await page.locator('[data-transposed]').textContent()).toMatch(
    /convTranspose|convInputGradient/,
  )
})

/** The middles of the cells of a grid, in pixels: across for a row, down for a column. */
const middles = (page: Page, grid: string, way: 'across' | 'down'): Promise<number[]> =>
  page.locator(`table.grid[data-grid="${grid}"]`).evaluate(
    (table, way) =>
      [
        ...table.querySelectorAll(
          way === 'across' ? 'tr:last-child td[role]' : 'td[data-column="0"]',
        ),
      ].map((cell) => {
        const { left, right, top, bottom } = cell.getBoundingClientRect()
        return way === 'across' ? (left + right) / 2 : (top + bottom) / 2
      }),
    way,
  )

test.each([
  '#v1&case=1x1x4x5_*_1x1x3x2_p1&views=toeplitz',
  '#v1&case=1x1x4x5_*_1x1x3x2_p1&views=toeplitz&transposed=on',
  '#v1&case=4x4_*_2x2&x=1000.125,-22.5,3,1e9&k=0.333333,-1.5,1e-7,-12345.678&views=toeplitz',
])(
  'rows end at their output, columns stand below their input; no text is cut: %s',
  async (link) => {
    const page = await open(link)
    const isBack = link.includes('transposed')
    const [above, end] = isBack ? ['output', 'input'] : ['input', 'output']
    const near = (a: number[], b: number[]): void => {
      expect(a.length).toBe(b.length)
      for (const [i, place] of a.entries()) expect(Math.abs(place - b[i]!)).toBeLessThan(0.6)
    }
    near(
      await middles(page, 'toeplitz', 'across'),
      await middles(page, `toeplitz-${above}`, 'across'),
    )
    near(await middles(page, 'toeplitz', 'down'), await middles(page, `toeplitz-${end}`, 'down'))
    const cut = await page.locator('.product td[role="gridcell"]').evaluateAll((cells) =>
      cells.flatMap((cell) => {
        const range = document.createRange()
        range.selectNodeContents(cell)
        const [text, box] = [range.getBoundingClientRect(), cell.getBoundingClientRect()]
        const isInside = text.left >= box.left - 0.5 && text.right <= box.right + 0.5
        return cell.textContent === '' || isInside ? [] : [cell.textContent]
      }),
    )
    expect(cut).toEqual([])
  },
)

test('a matrix on a canvas has the pitch of its vectors', async () => {
  const page = await open('#v1&case=5x7_*_3x2_p1,0:1&views=toeplitz')
  const cellsOf = (grid: string): Promise<readonly number[]> =>
    page.locator(`canvas[data-canvas="${grid}"]`).evaluate((canvas) => {
      const [, , width = 0, height = 0] = (canvas as HTMLElement).dataset
        .part!.split(',')
        .map(Number)
      const { left, top } = canvas.getBoundingClientRect()
      return [left, top, width, height]
    })
  const [matrix, output] = [await cellsOf('toeplitz'), await cellsOf('toeplitz-output')]
  expect(output[1]).toBeCloseTo(matrix[1]!, 0)
  expect(output[3]).toBe(matrix[3])
  const inputs = await middles(page, 'toeplitz-input', 'across')
  for (const [i, middle] of inputs.entries())
    expect(Math.abs(middle - (matrix[0]! + (i + 0.5) * matrix[2]!))).toBeLessThan(0.6)
})

test('the counts are those of the drawn cells and lines, also with a weight of 0', async () => {
  const page = await open('#v1&case=4x4_*_2x2&k=1,0,-1,3&views=toeplitz')
  const [empty, filled, zero] = (
    (await page.locator('[data-counts]').getAttribute('data-counts')) ?? ''
  ).split(',')
  const cells = page.locator('table.grid[data-grid="toeplitz"] td[role]')
  expect(await cells.and(page.locator('[data-kind="zero"]')).count()).toBe(Number(empty))
  expect(await cells.and(page.locator('[data-kind="value"]')).count()).toBe(Number(filled))
  expect(await page.locator('[data-line]').count()).toBe(Number(filled))
  expect(Number(zero)).toBe(9)
})

test('a larger input has more zeros and no more weights', async () => {
  const page = await open('#v1&case=1x1x4x4_*_1x1x2x2&k=1,2,-1,3&views=toeplitz')
  const counts = async (): Promise<number[]> =>
    ((await page.locator('[data-counts]').getAttribute('data-counts')) ?? '').split(',').map(Number)
  expect(await counts()).toEqual([9 * 16 - 36, 36, 0])
  await page.locator('[data-grow="1"]').click()
  await page.waitForURL(/case=1x1x5x5/)
  expect(await counts()).toEqual([16 * 25 - 64, 64, 0])
  await page.locator('[data-grow="-1"]').click()
  await page.waitForURL(/case=1x1x4x4/)
})
