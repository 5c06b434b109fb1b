/**
 * 1-D smoothing in a browser. The bars over the signal are the products of `explain`, for any
 * geometry with one axis. Pointer, keyboard and drawing; weightings. The sum approaches the
 * integral, and the frequency response is that of the weights.
 */

import type { Page } from 'playwright'
import { explain, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { continuous, riemannSum, weightingOf } from '../src/model/signals.ts'
import { viewModelOf } from '../src/model/view-model.ts'
import { weightingNames } from '../src/state/state.ts'
import { axeFaults } from './axe.ts'
import { blankPage, load, open } from './browser.ts'
import { sweep } from './sweep.ts'

const bars = (page: Page, name: string): Promise<number[]> =>
  page
    .locator(`.${name}[data-tap]`)
    .evaluateAll((all) => all.map((bar) => Number((bar as SVGElement).dataset.tap)))

/** The position of a bar, as a place of the input. */
const placesOf = (page: Page, extent: number, before: number): Promise<number[]> =>
  page.locator('.weight-bar').evaluateAll(
    (all, [count, first]) => {
      const width = Number(all[0]?.closest('svg')?.viewBox.baseVal.width) - 108
      return all.map((bar) => {
        const middle = Number(bar.getAttribute('x')) + Number(bar.getAttribute('width')) / 2
        return Math.round((middle * count!) / width - 0.5 - first!) + 0
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
  ['1x1x6 * 1x1x3 i2 p2 flip', [0, 0, 4]],
] as const)('%s at %o: the bars are the products', async (problem, output) => {
  const text = parseCase(problem).key
  const page = await open(
    `#v1&case=${text.replaceAll(' ', '_')}&views=smoothing&at=output:${output}`,
  )
  const g = parseCase(problem)
  const { taps } = explain(g, { output })
  const shown = taps.filter(({ kernel }) => kernel[1]! < 3)
  expect(await bars(page, 'weight-bar')).toEqual(shown.map(({ tap }) => tap))
  expect(await bars(page, 'product-bar')).toEqual(shown.map(({ tap }) => tap))
  const [axis] = g.axes
  const before = Math.max(0, axis!.before)
  const extent = before + (axis!.input - 1) * axis!.inputDilation + 1 + Math.max(0, axis!.after)
  expect(await placesOf(page, extent, before)).toEqual(
    shown.map(({ position }) => position[0]! * axis!.inputDilation),
  )
  expect(await page.locator('[data-at]').getAttribute('data-at')).toBe(String(output[2]))
  const { input, kernel } = viewModelOf({
    problem: text,
    input: { seed: 1 },
    kernel: { seed: 2 },
    divisor: 1,
    bias: 0,
  })
  const products = explain(g, { output }, { input, kernel }).taps.map(({ product = 0 }) =>
    Math.abs(product),
  )
  const heights = await page
    .locator('.product-bar[data-tap]')
    .evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('height'))))
  const pixelsPerUnit = heights[products.indexOf(Math.max(...products))]! / Math.max(...products)
  expect(pixelsPerUnit).toBeGreaterThan(0)
  heights.forEach((height, i) =>
    expect(height).toBeCloseTo(Math.max(0.5, products[i]! * pixelsPerUnit), 5),
  )
})

const numbersOf = (page: Page, name: string): Promise<number[]> =>
  page
    .locator(`[data-${name}]`)
    .evaluateAll(
      (all, key) =>
        all.map((element) => Number((element as SVGElement).dataset[key])).sort((a, b) => a - b),
      name,
    )
const sorted = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b)

test.each([
  ['2x2x20 * 3x2x4 s2 d2 p3', { input: [1, 1, 7] }],
  ['2x2x20 * 3x2x4 s2 d2 p3', { kernel: [2, 1, 3] }],
  ['1x1x9 * 1x1x3 i2 p2 flip', { input: [0, 0, 4] }],
  ['1x2x12 * 1x2x5 p4 wrap', { input: [0, 0, 11] }],
  ['1x1x15 * 1x1x4 causal flip', { kernel: [0, 0, 2] }],
  ['1x1x15 * 1x1x4 causal flip', { byte: 22 }],
] as const)(
  '%s with a focus on %o: every sample and result of its products has a ring',
  async (problem, focus) => {
    const g = parseCase(problem)
    const [[view, index]] = Object.entries(focus) as [[string, readonly number[] | number]]
    const page = await open(
      `#v1&case=${g.key.replaceAll(' ', '_')}&views=smoothing&at=${view}:${index}`,
    )
    const { taps } = explain(g, focus)
    const [first] = taps
    // Only one row of results is drawn: that of the first product.
    const own = taps.filter(
      ({ output }) => output[0] === first!.output[0] && output[1] === first!.output[1],
    )
    const [{ inputDilation }] = g.axes as unknown as [{ inputDilation: number }]
    expect(await numbersOf(page, 'read')).toEqual(
      sorted(own.map(({ position }) => position[0]! * inputDilation)),
    )
    expect(await numbersOf(page, 'result')).toEqual(sorted(own.map(({ output }) => output[2]!)))
    expect(await numbersOf(page, 'into')).toEqual(
      own.map(({ output }) => output[2]!).sort((a, b) => a - b),
    )
    expect(await page.locator('[data-at]').count()).toBe(0)
  },
)

test.each([
  '1x1x20 * 1x1x4 causal flip',
  '1x1x20 * 1x1x5 s2 d3 p12 flip',
  '1x2x20 * 3x2x4 s3 d2 p1:5',
  '1x1x9 * 1x1x5 p-1:0',
  '1x1x20 * 1x1x6 same flip',
])('%s: the written definition reads the samples that the products read', async (problem) => {
  const g = parseCase(problem)
  const page = await open(`#v1&case=${g.key.replaceAll(' ', '_')}&views=smoothing`)
  const text = (await page.locator('[data-definition]').textContent()) ?? ''
  const [, stride = '', sign = '', dilation = '', shift = '0'] =
    /x\[(?:c, )?(\d*)t ([+−]) (\d*)a(?: ([+−] \d+))?\]$/.exec(text) ?? []
  const number = (written: string): number => Number(written.replace('−', '-').replace(/[+ ]/g, ''))
  for (const t of [0, 1, 3]) {
    for (const { kernel, position } of explain(g, { output: [0, 0, t] }).taps) {
      const age = (sign === '−' ? -1 : 1) * (number(dilation) || 1) * kernel[2]!
      expect((number(stride) || 1) * t + age + number(shift)).toBe(position[0])
    }
  }
})

test('several items and filters: a result is selected; hidden channels are counted', async () => {
  const page = await open('#v1&case=2x5x16_*_3x5x4_p2&views=smoothing&at=output:0,0,9')
  await page.locator('[name="row"]').selectOption('5')
  await page.waitForURL(/at=output:1,2,9/)
  expect(await bars(page, 'product-bar')).toEqual(
    explain(parseCase('2x5x16 * 3x5x4 p2'), { output: [1, 2, 9] })
      .taps.slice(0, 12)
      .map(({ tap }) => tap),
  )
  expect(await page.getByText('2 more channels').count()).toBe(1)
})

test.each(['output:0,0,1', 'input:0,0,2', 'kernel:0,0,1'])(
  'negative, huge and non-finite numbers: gaps in the curve have texts, at %s',
  async (at) => {
    const page = await open(
      `#v1&case=1x1x9_*_1x1x2&views=smoothing&x=-3,2,1e39,-1e39,5,-7,1e38,0,4&k=-1,1&at=${at}`,
    )
    const drawn = await page
      .locator('svg.signal-plot :is(path, rect, circle, text, line)')
      .evaluateAll((all) =>
        all
          .flatMap((element) => [...element.attributes].map(({ value }) => value))
          .filter((value) => /NaN|Infinity/.test(value)),
      )
    expect(drawn).toEqual([])
    const pieces = await page.locator('path.signal').first().getAttribute('d')
    expect(pieces?.match(/M/g)?.length).toBe(2)
    const gaps = await page.locator('svg.signal-plot text').allTextContents()
    // x₂ = ∞ and x₃ = −∞; s₁ = ∞ − 2, s₂ = −∞ − ∞, s₃ = 5 + ∞.
    expect(gaps.filter((text) => text.endsWith('∞'))).toEqual(['∞', '−∞', '∞', '−∞', '∞'])
    await page.locator('[data-place]').focus()
    await page.keyboard.press('End')
    await page.waitForURL(/at=output:0,0,7/)
    expect(Number(await page.locator('[data-written-sum]').getAttribute('data-written-sum'))).toBe(
      4,
    )
  },
)

test('a long signal: the part around the place is drawn, and the overview moves it', async () => {
  const page = await open(
    '#v1&case=1x1x5000_*_1x1x31_same_flip&views=smoothing&at=output:0,0,2500&x=signal:sine,1,3&k=weighting:gaussian',
  )
  const part = page.locator('.drawn-part')
  const from = async (): Promise<number> => Number(await part.getAttribute('data-first'))
  expect(await from()).toBeGreaterThan(2000)
  expect(await from()).toBeLessThan(2500)
  const wide = (await page.locator('.weight-bar').first().boundingBox())!.width
  expect(wide).toBeGreaterThan(1.5)
  expect((await bars(page, 'weight-bar')).length).toBe(31)
  const strip = (await page.locator('svg.overview').boundingBox())!
  await page.mouse.click(strip.x + 54 + (strip.width - 108) * 0.1, strip.y + strip.height - 10)
  // The plot shows a tenth of 5,030 places, of which 15 are before the first sample. One pixel is
  // four or five places.
  await page.waitForURL(/at=output:0,0,48\d/)
  expect(await from()).toBeLessThan(500)
  await page.locator('[data-place]').focus()
  await page.keyboard.press('End')
  await page.waitForURL(/at=output:0,0,4999/)
  expect((await bars(page, 'weight-bar')).length).toBe(31)
  expect(await page.locator('svg.signal-plot :is(circle, rect, path)').count()).toBeLessThan(1000)
  await page.goto(
    page
      .url()
      .replace('1x1x5000', '1x1x50')
      .replace(/&at=[^&]*/, ''),
  )
  await page.locator('svg.overview').waitFor({ state: 'detached' })
})

const looks = [
  ['zh', 'dark'],
  ['en', 'light'],
  ['en', 'dark'],
  ['zh', 'light'],
] as const

test.each(sweep(looks, 1))(
  'on a phone in %s, %s: no horizontal scrolling, no overlapping labels, axe',
  async (language, theme) => {
    const page = await blankPage({ viewport: { width: 360, height: 740 } })
    for (const problem of [
      'case=1x1x48_*_1x1x8_causal_flip&at=output:0,0,20&x=signal:step,0.8,3&k=weighting:gaussian',
      'case=2x2x40_*_3x2x5_s2_d3_p12_flip&at=input:1,1,12',
      'case=1x1x5000_*_1x1x31_same_flip&at=output:0,0,4990&x=signal:pulses,2,3' +
        `&k=-0.0123,0.000456${',0'.repeat(29)}`,
    ]) {
      await load(page, `#v1&lang=${language}&theme=${theme}&views=smoothing&${problem}`)
      await page.locator('.panel-name').first().waitFor()
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
      expect(await page.evaluate(overlapping)).toEqual([])
      expect(await axeFaults(page, { targets: true })).toEqual([])
    }
  },
)

/** Labels of a chart that overlap or extend beyond it. */
function overlapping(): string[] {
  return [...document.querySelectorAll('svg.signal-plot')].flatMap((svg) => {
    const frame = svg.getBoundingClientRect()
    const labels = [...svg.querySelectorAll('text')].map((text) => ({
      text: text.textContent,
      box: text.getBoundingClientRect(),
    }))
    return labels.flatMap(({ text, box }, i) => [
      ...(box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1
        ? [`${text} sticks out`]
        : []),
      ...labels
        .slice(i + 1)
        .filter(
          (other) =>
            box.left < other.box.right &&
            other.box.left < box.right &&
            box.top + 2 < other.box.bottom &&
            other.box.top + 2 < box.bottom,
        )
        .map((other) => `${text} on ${other.text}`),
    ])
  })
}

test('two axes: the view offers a signal; pointer and keyboard move, the pen draws', async () => {
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
  const plotBox = async (): Promise<{ x: number; y: number; width: number; height: number }> =>
    (await svg.boundingBox())!
  const values = (): string => /x=([^&]*)/.exec(page.url())?.[1] ?? ''
  const before = values()
  // Focusing has scrolled the page, and the focus line covers part of it.
  await page.evaluate(() => scrollTo(0, 0))
  const now = await plotBox()
  await page.mouse.move(now.x + now.width * 0.5, now.y + 50)
  await page.mouse.down()
  await page.mouse.move(now.x + now.width * 0.55, now.y + 50, { steps: 6 })
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
})

test('weightings by name, width and alignment; their sum is 1', async () => {
  const page = await open('#v1&case=1x1x48_*_1x1x8_causal_flip&views=smoothing')
  await page.locator('[name="weighting"]').selectOption('gaussian')
  await expect
    .poll(() => page.locator('[data-weighting]').getAttribute('data-weighting'))
    .toBe('true')
  await page.locator('[name="reach"]').selectOption('centred')
  await page.waitForURL(/case=1x1x48_\*_1x1x8_p3:4_flip/)
  await page.locator('[name="width"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/case=1x1x48_\*_1x1x9_p4_flip/)
  const gains = await page.locator('[data-gain]').allTextContents()
  expect(Number(gains[0])).toBeCloseTo(1, 3)
  expect(Number(gains.at(-1))).toBeLessThan(0.1)
  expect(await axeFaults(page)).toEqual([])
})

test('the sum approaches the integral linearly with the step; the page shows both', async () => {
  const error = (step: number): number => Math.abs(riemannSum(7, step) - continuous.integral(7))
  expect(error(1 / 64)).toBeLessThan(0.02)
  expect(error(1 / 16) / error(1 / 32)).toBeGreaterThan(1.8)
  const page = await open('#v1&case=9_*_3&views=smoothing&rate=64')
  const shown = page.locator('[data-integral]')
  expect(
    Math.abs(
      Number(await shown.getAttribute('data-sum')) -
        Number(await shown.getAttribute('data-integral')),
    ),
  ).toBeLessThan(0.02)
  await page.locator('[data-rate]').focus()
  await page.keyboard.press('Home')
  await page.waitForURL(/rate=1(&|$)/)
})

test('every weighting has its width, and all except the difference sum to 1', () => {
  for (const name of weightingNames) {
    for (const width of [2, 3, 8, 31]) {
      const weights = weightingOf(name, width)
      expect(weights.length).toBe(width)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(
        name === 'difference' ? 0 : 1,
        5,
      )
    }
  }
})

test.each([3000, 400_000])('a signal of %i samples has keyboard navigation', async (count) => {
  const page = await open(`#v1&case=${count}_*_31_same&views=smoothing&at=output:0,0,1500`)
  await page.locator('[data-place]').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/at=output:0,0,1501/)
  expect((await bars(page, 'product-bar')).length).toBe(31)
})
