/**
 * The controls of signal and weighting in a browser. Names survive a reload and Back, another width
 * keeps the name, the pen can leave the range, and the keyboard does what the pointer does. Invalid
 * input shows a message. The frequency response matches its definition.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { signalOf, weightingOf } from '../src/model/signals.ts'
import { open } from './browser.ts'

const chosen = (page: Page, name: string): Promise<string> =>
  page.locator(`[name="${name}"]`).inputValue()
const inLink = (page: Page, key: string): string =>
  decodeURIComponent(new RegExp(`[#&]${key}=([^&]*)`).exec(page.url())?.[1] ?? '')
const writtenSum = async (page: Page): Promise<number> =>
  Number(await page.locator('[data-written-sum]').getAttribute('data-written-sum'))

test('named signal and weighting: in the link, after a reload, after Back', async () => {
  const page = await open('#v1&case=1x1x40_*_1x1x7_causal_flip&views=smoothing&at=output:0,0,30')
  expect(await chosen(page, 'signal')).toBe('')
  expect(await chosen(page, 'weighting')).toBe('')
  await page.locator('[name="signal"]').selectOption('sine')
  await page.waitForURL(/x=signal:sine,0\.8,3/)
  await page.locator('[name="weighting"]').selectOption('gaussian')
  await page.waitForURL(/k=weighting:gaussian/)
  await page.getByRole('button', { name: 'New noise' }).click()
  await page.waitForURL(/x=signal:sine,0\.8,4/)
  const samples = signalOf({ signal: 'sine', noise: 0.8, seed: 4 }, 40)
  const sum = weightingOf('gaussian', 7).reduce(
    (all, weight, age) => all + weight * samples[30 - age]!,
    0,
  )
  expect(await writtenSum(page)).toBeCloseTo(sum, 4)
  await page.reload()
  await page.locator('h1').waitFor()
  expect([
    await chosen(page, 'signal'),
    await chosen(page, 'noise'),
    await chosen(page, 'weighting'),
  ]).toEqual(['sine', '0.8', 'gaussian'])
  expect(await writtenSum(page)).toBeCloseTo(sum, 4)
  await page.locator('[name="weighting"]').selectOption('box')
  await page.waitForURL(/k=weighting:box/)
  await page.goBack()
  await expect.poll(() => chosen(page, 'weighting')).toBe('gaussian')
  await expect.poll(() => writtenSum(page)).toBeCloseTo(sum, 4)
})

test('another width keeps weighting and alignment, also below the slider minimum', async () => {
  const page = await open('#v1&case=1x1x40_*_1x1x3_p1_flip&views=smoothing&k=weighting:triangle')
  const width = page.locator('[name="width"]')
  await width.focus()
  await page.keyboard.press('Home')
  await page.waitForURL(/case=1x1x40_\*_1x1x2_p0:1_flip/)
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight')
  await page.waitForURL(/case=1x1x40_\*_1x1x6_p2:3_flip/)
  expect([await chosen(page, 'weighting'), await chosen(page, 'reach')]).toEqual([
    'triangle',
    'centred',
  ])
  await page.locator('[name="reach"]').selectOption('full')
  await page.waitForURL(/case=1x1x40_\*_1x1x6_p5_flip/)
  expect(inLink(page, 'k')).toBe('weighting:triangle')
})

test('a width that does not fit shows a message, and the problem stays', async () => {
  const page = await open('#v1&case=1x1x5_*_1x1x5_flip&views=smoothing&k=weighting:box')
  await page.locator('[name="width"]').focus()
  await page.keyboard.press('ArrowRight')
  expect(await page.locator('[data-refused]').textContent()).toContain('needs at least 6')
  expect(inLink(page, 'case').replaceAll('_', ' ')).toBe('1x1x5 * 1x1x5 flip')
  await page.keyboard.press('ArrowLeft')
  await page.locator('[data-refused]').waitFor({ state: 'detached' })
})

test('the pen draws beyond the range of the signal, several samples in one stroke', async () => {
  const page = await open(
    '#v1&case=1x1x20_*_1x1x3_causal_flip&views=smoothing&at=output:0,0,9&x=signal:ramp,0,1&k=weighting:box',
  )
  await page.locator('[name="pointer"]').selectOption('signal')
  const svg = page.locator('svg.signal-plot.drawing')
  const box = (await svg.boundingBox())!
  // Two places of the border before the samples; margins of 54 pixels; the first panel from 34 to
  // 184.
  const x = (sample: number): number => box.x + 54 + ((sample + 2.5) * (box.width - 108)) / 22
  await page.mouse.move(x(4), box.y + 36)
  await page.mouse.down()
  await page.mouse.move(x(8), box.y + 182)
  await page.mouse.up()
  const ramp = signalOf({ signal: 'ramp', noise: 0, seed: 1 }, 20)
  const drawn = (): number[] => inLink(page, 'x').split(',').map(Number)
  await expect
    .poll(() => drawn().flatMap((value, i) => (value === ramp[i] ? [] : [i])))
    .toEqual([4, 5, 6, 7, 8])
  const values = drawn()
  expect(values[4]).toBeGreaterThan(Math.max(...ramp) + 1)
  expect(values[8]).toBeLessThan(-1)
  const falls = [5, 6, 7, 8].map((i) => values[i - 1]! - values[i]!)
  for (const fall of falls) expect(fall).toBeCloseTo(falls[0]!, 1)
})

test('weights are drawn at their places, also above the largest and from any focus', async () => {
  const page = await open(
    '#v1&case=1x1x20_*_1x1x4_causal_flip&views=smoothing&at=kernel:0,0,1&k=weighting:box',
  )
  await page.locator('[name="pointer"]').selectOption('weighting')
  const svg = page.locator('svg.signal-plot.drawing')
  const box = (await svg.boundingBox())!
  const x = (place: number): number => box.x + 54 + ((place + 3.5) * (box.width - 108)) / 23
  await page.mouse.move(x(0), box.y + 40)
  await page.mouse.down()
  await page.mouse.up()
  await page.waitForURL(/at=output:0,0,0/)
  const values = inLink(page, 'k').split(',').map(Number)
  expect(values.slice(1)).toEqual([0.25, 0.25, 0.25])
  expect(values[0]).toBeGreaterThan(0.3)
})

test('by keyboard: a sample as a number, the place, and play', async () => {
  const page = await open(
    '#v1&case=1x1x12_*_1x1x3_same_flip&views=smoothing&at=output:0,0,4&x=1,2,3,4,5,6,7,8,9,10,11,12&k=1,2,3',
  )
  await page.locator('[name="sample"]').focus()
  await page.keyboard.press('ArrowUp')
  await page.waitForURL(/x=1,2,3,4,5\.1,6/)
  await page.keyboard.press('Shift+ArrowDown')
  await page.waitForURL(/x=1,2,3,4,4\.1,6/)
  expect(await writtenSum(page)).toBeCloseTo(1 * 6 + 2 * 4.1 + 3 * 4, 4)
  await page.getByRole('button', { name: 'Play', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=output:0,0,5/)
  await page.getByRole('button', { name: 'Pause', exact: true }).press('Enter')
})

/** |Σ w[j] e^(−2πi f d j)|, from the definition. */
const gain = (weights: readonly number[], dilation: number, frequency: number): number =>
  Math.hypot(
    ...[Math.cos, Math.sin].map((part) =>
      weights.reduce(
        (sum, weight, j) => sum + weight * part(2 * Math.PI * frequency * dilation * j),
        0,
      ),
    ),
  )

test.each([
  ['1x1x30_*_1x1x4', [1, -2, 0.5, 3], 1],
  ['1x1x30_*_1x1x4_d3_flip', [1, -2, 0.5, 3], 3],
  ['1x1x30_*_1x1x3_s2_d2', [0.25, 0.5, 0.25], 2],
] as const)(
  '%s with weights %o: the response matches the definition',
  async (problem, weights, dilation) => {
    const page = await open(`#v1&case=${problem}&views=smoothing&k=${weights}`)
    const shown = await page
      .locator('[data-gain]')
      .evaluateAll((all) =>
        all.map((cell) => [Number((cell as HTMLElement).dataset.gain), Number(cell.textContent)]),
      )
    expect(shown.map(([frequency]) => frequency)).toEqual([0, 1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2])
    for (const [frequency, value] of shown)
      expect(value).toBeCloseTo(gain(weights, dilation, frequency!), 3)
  },
)
