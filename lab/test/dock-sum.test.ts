/**
 * The docked sum in a browser: value × weight = product, the sum after each, the total; orders of
 * summation, texts to copy; pointer, keys and touch.
 */

import type { Page } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  dockCases,
  dockLink,
  dockSizes,
  expectAccess,
  expectRoom,
  faultsOfRoom,
  openDock,
  openTouchDock,
  scalingOf,
  show,
} from './dock-pages.ts'

interface Term {
  readonly tap: number
  readonly value: number
  readonly weight: number
  readonly product: number
  readonly sum: number
  readonly bar: { readonly top: number; readonly height: number }
}

/** The columns from the titles of their cells, with their bars; and the output. */
const sumOf = (page: Page): Promise<{ readonly terms: Term[]; readonly output: number }> =>
  page.locator('.sum-view').evaluate((view) => {
    const number = (cell: Element): number => Number((cell as HTMLElement).title.replace('−', '-'))
    const row = (name: string): Element[] => [...view.querySelectorAll(`.sm-${name} > .sm-cell`)]
    const [values, weights, products, sums] = ['value', 'weight', 'product', 'sum'].map(row)
    const bars = [...view.querySelectorAll('.sm-bar')]
    return {
      terms: values!.map((cell, i) => ({
        tap: Number((cell as HTMLElement).dataset.wireTap),
        value: number(cell),
        weight: number(weights![i]!),
        product: number(products![i]!),
        sum: number(sums![i]!),
        bar: {
          top: Number(bars[i]!.getAttribute('y')),
          height: Number(bars[i]!.getAttribute('height')),
        },
      })),
      output: number(view.querySelector('.sm-output')!),
    }
  })

const links = Object.keys(dockCases).map((name) => dockLink(name, 'sum'))

describe('in one page', () => {
  let page: Page
  beforeAll(async () => {
    page = await openDock(dockLink('edges', 'sum'))
  })

  test.each(Object.keys(dockCases))(
    '%s: products, running sums, bars and output are right',
    async (name) => {
      await show(page, dockLink(name, 'sum'))
      const { terms, output } = await sumOf(page)
      const { divisor, bias } = scalingOf(name)
      let sum = 0
      for (const { value, weight, product, sum: shown } of terms) {
        expect(product).toBeCloseTo(value * weight, 6)
        sum += value * weight
        expect(shown).toBeCloseTo(sum, 6)
      }
      expect(output).toBeCloseTo(sum / divisor + bias, 4)
      // The bars have the sizes of the products, at one scale.
      const largest = terms.reduce((a, b) => (Math.abs(b.product) > Math.abs(a.product) ? b : a))
      const scale = largest.bar.height / Math.abs(largest.product)
      for (const { product, bar } of terms)
        expect(Math.abs(bar.height - Math.max(2, scale * Math.abs(product)))).toBeLessThan(0.6)
    },
  )

  test.each(dockSizes)('at %i × %i nothing is cut off', async (...size) => {
    await expectRoom(page, size, links, async (name) =>
      expect(await faultsOfRoom(page, { parts: 'svg', leastFont: 11 }), name).toEqual([]),
    )
  })

  test.each(['light', 'dark'])('axe finds nothing, %s', (theme) =>
    expectAccess(page, `${links[0]}&theme=${theme}`),
  )
})

test('64 × −1 … make 751; the caption names the largest product', async () => {
  const page = await openDock(dockLink('edges', 'sum'))
  const texts = (name: string): Promise<string[]> =>
    page.locator(`.sm-${name} > .sm-cell`).allTextContents()
  expect(await texts('product')).toEqual(['−64', '0', '246', '−88', '0', '486', '−69', '0', '240'])
  expect(await texts('sum')).toEqual(['−64', '−64', '182', '94', '94', '580', '511', '511', '751'])
  expect(await page.locator('.dock-caption').textContent()).toBe(
    'Nine products, added one by one. Each bar starts where the last one ended. ' +
      'The largest is 243 × 2 = 486. In float32 this order loses no digit.',
  )
})

test('another order: the same products, another path, the same total', async () => {
  const page = await openDock(dockLink('edges', 'sum'))
  const before = await sumOf(page)
  await page.getByRole('button', { name: 'largest first' }).click()
  const { terms, output } = await sumOf(page)
  const sizes = terms.map(({ product }) => Math.abs(product))
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  expect(terms.map(({ tap }) => tap)).not.toEqual(before.terms.map(({ tap }) => tap))
  expect(terms.at(-1)!.sum).toBe(before.terms.at(-1)!.sum)
  expect(output).toBe(before.output)
})

test('float32 that loses digits is told with both sums', async () => {
  const link = 'case=1x1x5_*_1x1x3&x=100000000,1,-100000000,1,1&k=1,1,1&at=output:0,0,0'
  const page = await openDock(`#v1&${link}&dock=sum`)
  const caption = page.locator('.dock-caption')
  expect(await caption.textContent()).toContain(
    'In float32 this order gives 0; the exact sum is 1.',
  )
  await page.getByRole('button', { name: 'largest first' }).click()
  expect(await caption.textContent()).toContain('In float32 this order loses no digit.')
})

describe('copying', () => {
  test('puts the formula on the clipboard', async () => {
    const page = await openDock(dockLink('article', 'sum'))
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const copied = async (form: string): Promise<string> => {
      await page.locator(`[data-copy="${form}"]`).click()
      await page.getByText('Copied').waitFor()
      return page.evaluate(() => navigator.clipboard.readText())
    }
    expect(await copied('text')).toBe('y[0, 0] = 3*8 + 9*9 + 2*4 + 8*4 + 0.06 = 145.06')
    expect(await copied('latex')).toContain('3 \\cdot 8 + 9 \\cdot 9')
    await page.context().clearPermissions()
  })

  test('shows the formula if the browser forbids it', async () => {
    const page = await openDock(dockLink('article', 'sum'))
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: () => Promise.reject(new Error('no')) },
      })
    })
    await page.locator('[data-copy="text"]').click()
    expect(await page.locator('.dock-by-hand input').inputValue()).toContain('= 145.06')
  })
})

test('pointing at a column or at its bar marks the product everywhere', async () => {
  const page = await openDock(dockLink('edges', 'sum'))
  await page.locator('.sm-product [data-column="5"]').hover()
  const note = page.locator('.dock-note')
  expect(await note.textContent()).toBe('243 × 2 = 486; the sum up to here is 580.')
  expect(await page.locator('.lens-grid .active').count()).toBe(3)
  expect(await page.locator('.sm-cell[aria-selected="true"]').count()).toBe(4)
  const box = (await page.locator('.sm-bar').nth(2).boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  expect(await note.textContent()).toBe('246 × 1 = 246; the sum up to here is 182.')
  await page.mouse.move(5, 5)
  expect(await note.textContent()).toBe('')
  expect(await page.locator('.sm-column').isHidden()).toBe(true)
})

test('keys: one tab stop, arrows go from product to product', async () => {
  const page = await openDock(dockLink('edges', 'sum'))
  expect(await page.locator('.sum-view [tabindex="0"]').count()).toBe(1)
  await page.locator('.sum-view [tabindex="0"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  const label = (): Promise<string | null> =>
    page.evaluate(() => document.activeElement!.getAttribute('aria-label'))
  expect(await label()).toBe('product 2: 0')
  expect(await page.locator('.dock-note').textContent()).toMatch(/^190 × 0 = 0;/)
  await page.keyboard.press('Control+End')
  expect(await label()).toBe('output: 751')
})

test('touch: a tap on a column reads its numbers', async () => {
  const page = await openTouchDock(dockLink('5×5', 'sum'))
  await page.locator('.sm-value [data-column="12"]').tap()
  expect(await page.locator('.dock-note').textContent()).toMatch(/^\d+ × 36 = \d+;/)
})

test('Play adds bar by bar', async () => {
  const page = await openDock(dockLink('edges', 'sum').replace('23,19', '0,0'))
  await page.locator('.primary').click()
  await page.waitForFunction(
    () => document.querySelector('.sm-waiting') && document.querySelector('.sm-output.sm-blank'),
  )
  await page.locator('.sm-waiting').first().waitFor({ state: 'detached' })
  expect(await page.locator('.sm-bar[visibility="hidden"]').count()).toBe(0)
})
