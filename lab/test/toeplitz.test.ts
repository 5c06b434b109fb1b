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
  await page.context().close()
})

test('a larger input has more zeros and no more weights', async () => {
  const page = await open('#v1&case=1x1x4x4_*_1x1x2x2&k=1,2,-1,3&views=toeplitz')
  const counts = async (): Promise<number[]> =>
    ((await page.locator('[data-counts]').getAttribute('data-counts')) ?? '').split(',').map(Number)
  expect(await counts()).toEqual([9 * 16 - 36, 36])
  await page.locator('[data-grow="1"]').click()
  await page.waitForURL(/case=1x1x5x5/)
  expect(await counts()).toEqual([16 * 25 - 64, 64])
  await page.locator('[data-grow="-1"]').click()
  await page.waitForURL(/case=1x1x4x4/)
  await page.context().close()
})
