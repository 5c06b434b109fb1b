/**
 * Modes and sizes in a browser. In every mode the highlighted products of the shared window match
 * `explain` for that mode. A mode can be chosen, and sizes and solutions are the library's. Mouse,
 * keyboard and axe.
 */

import { explain, parseCase, solveShape } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { withMode } from '../src/model/mode-geometry.ts'
import { outputAt, windowOf } from '../src/model/modes.ts'
import { randomFractions } from '../src/model/numbers.ts'
import { modeNames } from '../src/state/state.ts'
import { axeFaults } from './axe.ts'
import { highlighted, open, places } from './browser.ts'

const next = randomFractions(11)
const from = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
const problems = Array.from({ length: 3 }, () => {
  const flip = next() < 0.5 ? ' flip' : ''
  return (
    `1x1x${from(5, 7)}x${from(5, 8)} * 1x1x${from(2, 3)}x${from(1, 4)} ` +
    `s${from(1, 2)},${from(1, 3)} d${from(1, 2)},1${flip}`
  )
})

test.each([...problems, '1x1x5x7 * 1x1x3x2 s2'])('%s: one window in all modes', async (problem) => {
  const g = parseCase(problem)
  const output = [0, 0, ...g.axes.map((axis) => axis.output >> 1)]
  const page = await open(
    `#v1&case=${problem.replaceAll(' ', '_')}&views=modes&at=output:${output}`,
  )
  let tapCount = 0
  for (const name of modeNames) {
    const modeGeometry = withMode(g, name)
    const same = outputAt(modeGeometry, windowOf(g, output))
    const taps = same ? explain(modeGeometry, { output: same }).taps : []
    tapCount += taps.length
    expect(await highlighted(page, `modes-${name}`)).toEqual(
      places(taps.map((tap) => tap.output.slice(2))),
    )
    const before = modeGeometry.axes.map((axis) => axis.before)
    expect(await highlighted(page, `modes-${name}-input`)).toEqual(
      places(taps.map(({ position }) => position.map((i, a) => i + before[a]!))),
    )
  }
  expect(tapCount).toBeGreaterThan(0)
  const sizes = await page.locator('[data-size]').allTextContents()
  expect(sizes.map(Number)).toEqual(g.axes.map((axis) => axis.output))
})

test('mouse: a click on an output takes its mode; a button sets the border', async () => {
  const page = await open('#v1&case=5x7_*_3x2&views=modes')
  await page.locator('table[data-grid="modes-full"] td[data-row="0"][data-column="0"]').click()
  await page.waitForURL(
    (url) =>
      url.hash.includes('at=output:0,0,0,0') &&
      url.hash.includes('p2%2C1') === false &&
      url.hash.includes('p2'),
  )
  await page.locator('[data-border="reflect"]').click()
  await page.waitForURL(/reflect/)
  expect(await page.locator('[data-border="reflect"]').getAttribute('aria-pressed')).toBe('true')
})

test('keyboard: a cell is pinned, and the solver shows the solutions of the library', async () => {
  const page = await open('#v1&case=6x7_*_3x2_s2&views=modes')
  expect(
    await page
      .locator('[data-left]')
      .evaluateAll((all) => all.map((element) => (element as HTMLElement).dataset.left)),
  ).toEqual(['1', '1'])
  await page.locator('table[data-grid="modes-valid"] td[tabindex="0"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=output:0,0,0,1/)
  const padding = solveShape(
    { input: 224, kernel: 7, stride: 2, output: 112 },
    { dialect: 'pytorch' },
  )
  expect(await page.locator('[data-answer] strong').textContent()).toBe(
    `padding = ${padding.solutions.join(', ')}`,
  )
  await page.locator('input[name="padding"]').fill('0')
  await page.locator('input[name="output"]').fill('')
  await page.keyboard.press('Enter')
  await page.waitForURL(/solve=pytorch,input:224,kernel:7,stride:2,padding:0/)
  const output = solveShape(
    { input: 224, kernel: 7, stride: 2, padding: 0 },
    { dialect: 'pytorch' },
  )
  expect(await page.locator('[data-answer] strong').textContent()).toBe(
    `output = ${output.solutions.join(', ')}`,
  )
  await page.locator('input[name="padding"]').fill('same')
  await page.keyboard.press('Enter')
  await page.getByText("PyTorch does not support padding 'same'").waitFor()
  await page.locator('input[name="kernel"]').fill('0')
  await page.keyboard.press('Enter')
  await page.locator('[data-answer] .fault').waitFor()
})

test.each(['', '&theme=dark&lang=zh'])('axe finds nothing in modes%s', async (more) => {
  const page = await open(`#v1&case=6x7_*_3x2_s2,1&views=modes&at=input:2,3${more}`)
  expect(await axeFaults(page)).toEqual([])
})
