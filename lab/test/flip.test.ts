/**
 * Flip and Slide in a browser: where products are shown, the kernel is shown as it multiplies, and
 * turning it changes the products and their sum.
 */

import { explain, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { open } from './browser.ts'

const numberOf = (text: string | null): number => Number((text ?? '').replace('−', '-'))

test.each([
  ['1x1x5x7 * 1x1x3x2 p1', [0, 0, 1, 3]],
  ['1x2x4x5 * 2x2x2x3 s2,1 flip', [0, 1, 0, 2]],
] as const)(
  'turned by 0° it is the correlation, by 180° the convolution: %s',
  async (problem, at) => {
    const page = await open(
      `#v1&case=${problem.replaceAll(' ', '_')}&views=flip&turn=0&at=output:${at}`,
    )
    const sum = page.locator('[data-turned-sum]')
    const products = (): Promise<number[]> =>
      page
        .locator('.turned .of-product text')
        .allTextContents()
        .then((texts) => texts.map(numberOf))
    const plain = problem.replace(' flip', '')
    const slider = page.locator('[data-turn]')
    for (const [degrees, name, text] of [
      [0, 'correlation', plain],
      [180, 'convolution', `${plain} flip`],
    ] as const) {
      await slider.fill(String(degrees))
      const cell = page.locator(`[data-tensor="flip-${name}"] td[data-self="true"]`)
      expect(Number(await sum.getAttribute('data-turned-sum'))).toBe(
        numberOf(await cell.textContent()),
      )
      // In the order of the window: the products are sample × the weight that lies on it.
      const window = (await page.locator('.turned .of-input text').allTextContents()).map(numberOf)
      const { taps } = explain(parseCase(text), { output: at })
      const weights = (await page.locator('.turned .of-kernel text').allTextContents()).map(
        numberOf,
      )
      const turned = degrees === 0 ? weights : weights.toReversed()
      expect(taps.length).toBeGreaterThanOrEqual(window.length)
      expect(await products()).toEqual(window.map((sample, i) => sample * turned[i]!))
    }
    await slider.fill('90')
    expect(await products()).toEqual([])
    expect(await sum.count()).toBe(0)
  },
)

test('with flip, Slide shows the kernel turned and as given; both can be edited', async () => {
  const page = await open('#v1&case=4x5_*_2x3_flip&k=1,2,3,4,5,6&views=slide&at=output:1,1')
  const numbers = async (grid: string, attribute?: string): Promise<number[]> => {
    const cells = page.locator(`table[data-grid="${grid}"] td[role]`)
    if (attribute === undefined) return (await cells.allTextContents()).map(numberOf)
    return cells.evaluateAll(
      (all, name) => all.map((cell) => Number(cell.getAttribute(name))),
      attribute,
    )
  }
  expect(await numbers('slide-kernel')).toEqual([1, 2, 3, 4, 5, 6])
  expect(await numbers('slide-turned')).toEqual([6, 5, 4, 3, 2, 1])
  // The turned kernel has the taps of the window, in its order.
  expect(await numbers('slide-turned', 'data-tap')).toEqual([0, 1, 2, 3, 4, 5])
  await page.locator('table[data-grid="slide-turned"] td[data-row="0"][data-column="0"]').dblclick()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('9')
  await page.keyboard.press('Enter')
  await page.waitForURL(/k=1,2,3,4,5,9/)
  await page.goto(page.url().replace('_flip', ''))
  expect(await page.locator('table[data-grid="slide-turned"]').count()).toBe(0)
})
