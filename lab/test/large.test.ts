/**
 * Large problems in a browser. The page does not compute them itself: while the worker is held
 * back, the page has no result, says so, and can be used. The newest problem wins. Without workers
 * the page computes in slices.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { exactText } from '../src/model/number-text.ts'
import { placeOf } from '../src/model/numbers.ts'
import { viewModelOf } from '../src/model/view-model.ts'
import { viewNames } from '../src/state/state.ts'
import { drawn, open, ready } from './browser.ts'

const image = '1x1x300x400 * 1x1x3x3'
const layer = '1x64x56x56 * 64x64x3x3'

const linkOf = (problem: string, output: readonly number[], views = 'slide,arithmetic'): string =>
  `#v1&case=${problem.replaceAll(' ', '_')}&at=output:${output}&views=${views}`

/** The output of the library. */
function outputOf(problem: string, index: readonly number[]): string {
  const numbers = { input: { seed: 1 }, kernel: { seed: 2 }, divisor: 1, bias: 0 }
  const { output, shapes } = viewModelOf({ problem, ...numbers })
  return exactText(output.data[placeOf(index, shapes.output)])
}

const focusText = (page: Page): Promise<string | null> =>
  page.locator('[data-focus-text]').textContent()
const isBusy = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.querySelector('main [aria-busy="true"]') !== null)
const goTo = (page: Page, link: string): Promise<void> =>
  page.evaluate((hash) => {
    location.hash = hash
  }, link)

/** Holds the worker's file back until `release` is called. */
async function held(page: Page): Promise<() => void> {
  let release: () => void = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/worker-*.js', async (route) => {
    await gate
    await route.continue()
  })
  return () => release()
}

test('the page computes no large problem itself, and stays usable meanwhile', async () => {
  const page = await open('#v1&views=slide,flip,modes,im2col')
  const release = await held(page)
  const small = await focusText(page)
  await goTo(page, linkOf(layer, [0, 7, 20, 20], 'slide,flip,modes,im2col'))
  await expect.poll(() => isBusy(page)).toBe(true)
  // No grid is left, so no number of the small problem stays under the large one.
  expect(await page.locator('[role="grid"]').count()).toBe(0)
  expect(await focusText(page)).toBe('computing…')
  expect(small).not.toBe('computing…')
  await page.keyboard.press(']')
  await page.waitForURL(/at=output:0,7,20,21/)
  await page.locator('.task > summary').click()
  await page.locator('#problem').fill('1x1x5x5 * 1x1x3x3')
  expect(await page.locator('#problem').inputValue()).toBe('1x1x5x5 * 1x1x3x3')
  expect(await isBusy(page)).toBe(true)
  release()
  await ready(page)
  // The library may choose another algorithm in a browser, which rounds differently.
  const sum = /sum (−?)([\d.]+)$/.exec((await focusText(page)) ?? '') ?? []
  const expected = Number(outputOf(layer, [0, 7, 20, 21]).replace('−', '-'))
  expect(Number(`${sum[1] ? '-' : ''}${sum[2]}`)).toBeCloseTo(expected, 2)
  expect((await drawn(page, 'slide-output-7')).highlighted).toEqual([[20, 21]])
})

test('a newer problem wins over one that is still computed', async () => {
  const page = await open('#v1&views=slide')
  const release = await held(page)
  await goTo(page, linkOf(layer, [0, 7, 20, 20]))
  await expect.poll(() => isBusy(page)).toBe(true)
  await goTo(page, linkOf('1x1x4x5 * 1x1x2x2', [0, 0, 1, 1]))
  await ready(page)
  const small = `sum ${outputOf('1x1x4x5 * 1x1x2x2', [0, 0, 1, 1])}`
  expect(await focusText(page)).toContain(small)
  await goTo(page, linkOf(layer, [0, 7, 20, 20]))
  await goTo(page, linkOf(image, [0, 0, 100, 200]))
  release()
  await ready(page)
  expect(await focusText(page)).toContain(`sum ${outputOf(image, [0, 0, 100, 200])}`)
})

test('new numbers of the same problem: the old picture stays until they come', async () => {
  const page = await open(linkOf(image, [0, 0, 100, 200]))
  await page.locator('.view-slide button', { hasText: 'input' }).first().click()
  expect(await page.locator('canvas[data-canvas="slide-output"]').count()).toBe(1)
  await ready(page)
  const numbers = { input: { seed: 2 }, kernel: { seed: 2 }, divisor: 1, bias: 0 }
  const { output, shapes } = viewModelOf({ problem: image, ...numbers })
  const sum = exactText(output.data[placeOf([0, 0, 100, 200], shapes.output)])
  await expect.poll(() => focusText(page)).toContain(`sum ${sum}`)
})

test.each([
  [
    'refuses workers',
    () => {
      globalThis.Worker = class {
        constructor() {
          throw new DOMException('Workers are not allowed here.', 'SecurityError')
        }
      } as unknown as typeof Worker
    },
  ],
  [
    'has workers that do not start',
    () => {
      const Given = Worker
      globalThis.Worker = class extends Given {
        constructor() {
          super('data:text/javascript,throw new Error("no")')
        }
      }
    },
  ],
])('a browser that %s computes in slices, with the same numbers', async (_, refuse) => {
  const page = await open(linkOf(image, [0, 0, 100, 200]), (opened) => opened.addInitScript(refuse))
  expect(await focusText(page)).toContain(`sum ${outputOf(image, [0, 0, 100, 200])}`)
})

test('every view of a large layer draws, and every focus is highlighted', async () => {
  const page = await open(linkOf(layer, [0, 7, 20, 20], viewNames.join()))
  await page.locator('.copies summary').click()
  await page.locator('[data-tensor="copies"]').waitFor()
  for (const focus of ['input:0,3,20,20', 'kernel:7,3,1,2', 'im2col:40,500', 'byte:400']) {
    await goTo(page, linkOf(layer, [], viewNames.join()).replace('output:', focus))
    await ready(page)
    expect(await focusText(page)).toMatch(/\d+ products in \d+ outputs/)
  }
})

test('numbers that are too many for a link: a notice, and Back brings them back', async () => {
  const page = await open(linkOf(image, [0, 0, 0, 0], 'slide'))
  const first = (): Promise<string | null> =>
    page.locator('.canvas-grid.role-input .note').first().textContent()
  const before = await first()
  await page.locator('.view-slide .check input').check()
  await page.locator('.view-slide input[type="number"]').fill('77')
  await page.locator('canvas[data-canvas="slide-input"]').click({ position: { x: 1, y: 1 } })
  await expect.poll(first).toContain(': 77')
  expect(await page.locator('[data-unlinked]').getAttribute('data-unlinked')).toBe('input')
  expect(page.url().length).toBeLessThan(300)
  await page.goBack()
  await expect.poll(first).toBe(before)
  expect(await page.locator('[data-unlinked]').count()).toBe(0)
  await page.goForward()
  await expect.poll(first).toContain(': 77')
})
