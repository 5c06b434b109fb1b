/**
 * One-dimensional smoothing in a browser: the bars over the signal are the products of `explain`, at any geometry of one axis; pointer,
 * keyboard and drawing; weightings; the sum tends to the integral; the response is that of the weights.
 */

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { explain, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { continuous, riemannSum, weightingOf } from '../src/model/signals.ts'
import { weightingNames } from '../src/state/state.ts'
import { open } from './browser.ts'

const bars = (page: Page, name: string): Promise<number[]> =>
  page.locator(`.${name}[data-tap]`).evaluateAll((all) => all.map((bar) => Number((bar as SVGElement).dataset.tap)))

/** Where a bar stands, as a place of the input. */
const placesOf = (page: Page, extent: number, before: number): Promise<number[]> =>
  page.locator('.weight-bar').evaluateAll(
    (all, [count, first]) => {
      const width = Number(all[0]?.closest('svg')?.viewBox.baseVal.width) - 80
      return all.map((bar) => {
        const middle = Number(bar.getAttribute('x')) + Number(bar.getAttribute('width')) / 2
        return Math.round((middle * count!) / width - 0.5 - first!)
      })
    },
    [extent, before] as const,
  )

test.each([
  ['1x1x12 * 1x1x4 causal flip', [0, 0, 6]],
  ['1x1x12 * 1x1x4 causal flip', [0, 0, 1]],
  ['1x1x15 * 1x1x3 s2 d2 p2 wrap', [0, 0, 0]],
  ['2x4x9 * 4x2x3 g2 p1 reflect', [1, 3, 8]],
  ['1x1x9 * 1x1x5 p-1:0', [0, 0, 2]],
  ['1x1x6 * 1x1x3 i2 p2 flip', [0, 0, 3]],
] as const)('%s at %o: the bars are the products', async (problem, output) => {
  const text = parseCase(problem).key
  const page = await open(`#v1&case=${text.replaceAll(' ', '_')}&views=smoothing&at=output:${output}`)
  const g = parseCase(problem)
  const { taps } = explain(g, { output })
  const shown = taps.filter(({ kernel }) => kernel[1]! < 3)
  expect(await bars(page, 'weight-bar')).toEqual(shown.map(({ tap }) => tap))
  expect(await bars(page, 'product-bar')).toEqual(shown.map(({ tap }) => tap))
  const [axis] = g.axes
  const before = Math.max(0, axis!.before)
  const extent = before + (axis!.input - 1) * axis!.inputDilation + 1 + Math.max(0, axis!.after)
  expect(await placesOf(page, extent, before)).toEqual(shown.map(({ position }) => position[0]! * axis!.inputDilation))
  expect(await page.locator('[data-at]').getAttribute('data-at')).toBe(String(output[2]))
  await page.context().close()
})

test('a problem of two axes offers a signal; pointer and keyboard move the place; the pointer draws', async () => {
  const page = await open('#v1&views=smoothing,slide')
  await page.locator('[data-one-axis]').click()
  await page.waitForURL(/case=1x1x48/)
  const svg = page.locator('svg.signal-plot').first()
  const box = (await svg.boundingBox())!
  await page.mouse.click(box.x + box.width * 0.75, box.y + 20)
  await page.waitForURL(/at=output:0,0,3\d/)
  const place = page.locator('[data-place]')
  const start = Number(await place.inputValue())
  await place.focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(async () => Number(await place.inputValue())).toBe(start + 1)
  expect(await place.getAttribute('aria-valuetext')).toContain('8')
  await page.locator('[name="pointer"]').selectOption('signal')
  const plotBox = async (): Promise<{ x: number; y: number; width: number; height: number }> => (await svg.boundingBox())!
  const values = (): string => /x=([^&]*)/.exec(page.url())?.[1] ?? ''
  const before = values()
  // Focusing scrolled the page, and the line of the focus lies over what is scrolled up.
  await page.evaluate(() => scrollTo(0, 0))
  const now = await plotBox()
  await page.mouse.move(now.x + now.width * 0.5, now.y + 30)
  await page.mouse.down()
  await page.mouse.move(now.x + now.width * 0.55, now.y + 30, { steps: 6 })
  await page.mouse.up()
  await expect.poll(values).not.toBe(before)
  await page.locator('[name="pointer"]').selectOption('weighting')
  const weights = (): string => /k=([^&]*)/.exec(page.url())?.[1] ?? ''
  const drawn = weights()
  const bar = (await page.locator('.weight-bar').nth(2).boundingBox())!
  await page.mouse.move(bar.x + bar.width / 2, (await plotBox()).y + 60)
  await page.mouse.down()
  await page.mouse.up()
  await expect.poll(weights).not.toBe(drawn)
  const named = weightingOf('exponential', 8)
  const changed = weights()
    .split(',')
    .filter((weight, i) => Number(weight) !== named[i])
  expect(changed.length).toBe(1)
  await page.context().close()
})

test('weightings by name and width, looking back or to both sides, summing to 1', async () => {
  const page = await open('#v1&case=1x1x48_*_1x1x8_causal_flip&views=smoothing')
  await page.locator('[name="weighting"]').selectOption('gaussian')
  await expect.poll(() => page.locator('[data-weighting]').getAttribute('data-weighting')).toBe('true')
  await page.locator('[name="reach"]').selectOption('centred')
  await page.waitForURL(/case=1x1x48_\*_1x1x8_p3:4_flip/)
  await page.locator('[name="width"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/case=1x1x48_\*_1x1x9_p4_flip/)
  const gains = await page.locator('[data-gain]').allTextContents()
  expect(Number(gains[0])).toBeCloseTo(1, 3)
  expect(Number(gains.at(-1))).toBeLessThan(0.1)
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  await page.context().close()
})

test('the sum tends to the integral, linearly with the step, and the page shows both', async () => {
  const error = (step: number): number => Math.abs(riemannSum(7, step) - continuous.integral(7))
  expect(error(1 / 64)).toBeLessThan(0.02)
  expect(error(1 / 16) / error(1 / 32)).toBeGreaterThan(1.8)
  const page = await open('#v1&case=9_*_3&views=smoothing&rate=64')
  const shown = page.locator('[data-integral]')
  expect(Math.abs(Number(await shown.getAttribute('data-sum')) - Number(await shown.getAttribute('data-integral')))).toBeLessThan(0.02)
  await page.locator('[data-rate]').focus()
  await page.keyboard.press('Home')
  await page.waitForURL(/rate=1(&|$)/)
  await page.context().close()
})

test('every weighting has its width, and all but the difference sum to 1', () => {
  for (const name of weightingNames) {
    for (const width of [2, 3, 8, 31]) {
      const weights = weightingOf(name, width)
      expect(weights.length).toBe(width)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(name === 'difference' ? 0 : 1, 5)
    }
  }
})

test('a signal of some thousand samples can be walked', async () => {
  const page = await open('#v1&case=3000_*_31_same&views=smoothing&at=output:0,0,1500')
  await page.locator('[data-place]').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/at=output:0,0,1501/)
  expect((await bars(page, 'product-bar')).length).toBe(31)
  await page.context().close()
})
