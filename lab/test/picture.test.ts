/**
 * Planes on a canvas, in a browser. The tinted cells match `explain` in every view and for every
 * kind of focus. They are read from the pixels.
 */

import type { Page } from 'playwright'
import {
  type ConvGeometry,
  explain,
  type Focus,
  formatCase,
  parseCase,
  type Tap,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { tapColour } from '../src/model/colours.ts'
import { withMode } from '../src/model/mode-geometry.ts'
import { placeOf } from '../src/model/numbers.ts'
import { modeNames } from '../src/state/state.ts'
import { drawn, highlighted, open, places } from './browser.ts'

type Cell = readonly [row: number, column: number]
type CellOf = (tap: Tap) => readonly number[] | undefined

const unique = (cells: readonly (readonly number[] | undefined)[]): string[] =>
  [...new Set(cells.flatMap((cell) => (cell ? [cell.join()] : [])))].sort()

/** In the drawn part exactly the cells of the taps are highlighted. */
async function expectLit(
  page: Page,
  grid: string,
  taps: readonly Tap[],
  cellOf: CellOf,
): Promise<number> {
  if ((await page.locator(`canvas[data-canvas="${grid}"]`).count()) === 0) {
    const cells = taps.flatMap((tap) => [cellOf(tap) ?? []]).filter((cell) => cell.length > 0)
    expect(await highlighted(page, grid), grid).toEqual(places(cells))
    return 0
  }
  const { rows, columns, highlighted: found } = await drawn(page, grid)
  const isDrawn = ([row, column]: Cell): boolean =>
    row >= rows[0] && row < rows[1] && column >= columns[0] && column < columns[1]
  const named = taps.map(cellOf).filter((cell) => cell !== undefined && isDrawn(cell as Cell))
  expect(unique(found), grid).toEqual(unique(named))
  return found.length
}

/** The place of a tap in a grid, for problems with one batch item, one channel and one filter. */
function cellsOf(g: ConvGeometry): Readonly<Record<string, CellOf>> {
  const before = g.axes.map((axis) => Math.max(0, axis.before))
  const inputs = [1, 1, ...g.axes.map((axis) => axis.input)]
  const outputs = [1, 1, ...g.axes.map((axis) => axis.output)]
  return {
    'slide-input': ({ position }) => position.map((at, a) => at + before[a]!),
    'slide-output': ({ output }) => output.slice(2),
    'slide-kernel': ({ kernel }) => kernel.slice(2),
    im2col: ({ im2col }) => im2col,
    'im2col-kernel': ({ im2col }) => [0, im2col[0]],
    'im2col-output': ({ im2col }) => [0, im2col[1]],
    copies: ({ input }) => input?.slice(2),
    toeplitz: ({ toeplitz }) => toeplitz,
    'toeplitz-input': ({ input }) => input && [0, placeOf(input, inputs)],
    'toeplitz-output': ({ output }) => [placeOf(output, outputs), 0],
    memory: ({ byte }) =>
      byte === undefined ? undefined : [Math.floor(byte / 64), (byte % 64) / 4],
    view: ({ input }) => input?.slice(2),
  }
}

const problem = '64x64 * 3x3 p1'
const foci: readonly Focus[] = [
  { kernel: [0, 0, 0, 2] },
  { kernel: [0, 0, 1, 1] },
  { output: [0, 0, 0, 63] },
  { input: [0, 0, 40, 41] },
  { im2col: [4, 1000] },
  { toeplitz: [2000, 2064] },
  { byte: 4 * (64 * 63 + 5) },
]

describe.each([
  [problem, foci],
  ['64x64 * 3x3 s2 d2 p2 flip', [{ kernel: [0, 0, 2, 0] }, { input: [0, 0, 4, 6] }]],
  ['48x70 * 1x1', [{ kernel: [0, 0, 0, 0] }]],
  ['64x64 * 3x3 p1 reflect', [{ kernel: [0, 0, 0, 0] }, { input: [0, 0, 1, 1] }]],
] as const)('%s', (text, focuses) => {
  test.each(focuses.map((focus) => [focus]))(
    'every view, highlighted as in explain: %o',
    async (focus) => {
      const g = parseCase(text)
      const [[view, index] = ['', []]] = Object.entries(focus)
      const page = await open(
        `#v1&case=${text.replaceAll(' ', '_')}&views=slide,arithmetic,im2col,memory,toeplitz&at=${view}:${index}`,
      )
      await page.locator('.copies summary').click()
      const { taps } = explain(g, focus)
      let pictured = 0
      for (const [grid, cellOf] of Object.entries(cellsOf(g)))
        pictured += await expectLit(page, grid, taps, cellOf)
      expect(pictured).toBeGreaterThan(0)
    },
  )
})

test('a weight in both ways and in every mode', async () => {
  const g = parseCase(problem)
  const focus = { kernel: [0, 0, 0, 1] }
  const page = await open(
    `#v1&case=${problem.replaceAll(' ', '_')}&views=flip,modes&at=kernel:0,0,0,1`,
  )
  await expectLit(page, 'flip-correlation', explain(g, focus).taps, ({ output }) => output.slice(2))
  await expectLit(
    page,
    'flip-convolution',
    explain({ ...g, flip: true }, focus).taps,
    ({ output }) => output.slice(2),
  )
  for (const name of modeNames) {
    const modeGeometry = parseCase(formatCase(withMode(g, name)))
    const { taps } = explain(modeGeometry, focus)
    expect(await expectLit(page, `modes-${name}`, taps, ({ output }) => output.slice(2))).toBe(
      taps.length,
    )
    await expectLit(page, `modes-${name}-input`, taps, ({ position }) =>
      position.map((at, a) => at + modeGeometry.axes[a]!.before),
    )
  }
})

test('the mouse moves to a weight and away: views out of sight follow', async () => {
  const page = await open(
    `#v1&case=${problem.replaceAll(' ', '_')}&views=slide,im2col,memory,toeplitz&at=output:0,0,10,20`,
  )
  const g = parseCase(problem)
  const grids = Object.entries(cellsOf(g))
  const check = async (focus: Focus): Promise<void> => {
    const { taps } = explain(g, focus)
    for (const [grid, cellOf] of grids) {
      if (grid !== 'copies')
        await expect.poll(() => expectLit(page, grid, taps, cellOf).then(() => true)).toBe(true)
    }
  }
  await page.locator('table[data-grid="slide-kernel"] td[data-row="2"][data-column="0"]').hover()
  await check({ kernel: [0, 0, 2, 0] })
  await page.mouse.move(0, 0)
  await check({ output: [0, 0, 10, 20] })
})

test('each cell has its tap’s colour, after hundreds of one colour and in the dark', async () => {
  const page = await open('#v1&case=20x22_*_3x3_p1&views=slide&at=kernel:0,0,1,1')
  const expectColours = async (count: number, isDark = false): Promise<void> => {
    const found = await page
      .locator(
        ['output', 'input']
          .map((name) => `table[data-grid="slide-${name}"] td[data-tap]:not([data-mixed])`)
          .join(),
      )
      .evaluateAll((cells) =>
        cells.map(
          (cell) =>
            [
              Number((cell as HTMLElement).dataset.tap),
              getComputedStyle(cell).backgroundColor,
            ] as const,
        ),
      )
    expect(found.length).toBe(count)
    for (const [tap, colour] of found)
      expect(colour).toBe(tapColour(tap, 3, 3, isDark).background.replaceAll(' ', ', '))
  }
  await expectColours(2 * 20 * 22)
  await page.locator('table[data-grid="slide-kernel"] td[data-row="0"][data-column="2"]').hover()
  await expectColours(2 * 20 * 22)
  await page.locator('table[data-grid="slide-output"] td[data-row="5"][data-column="6"]').hover()
  // The nine samples. Their output has the colour of the output, as nine taps meet there.
  await expectColours(9)
  expect(await page.locator('table[data-grid="slide-output"] td[data-mixed]').count()).toBe(1)
  await page.mouse.move(0, 0)
  await expectColours(2 * 20 * 22)
  await page.locator('[data-theme-now="system"]').click()
  await page.locator('[data-theme-now="light"]').click()
  await page.locator('html[data-theme="dark"]').waitFor()
  await expectColours(2 * 20 * 22, true)
})
