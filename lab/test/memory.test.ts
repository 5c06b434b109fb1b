/**
 * Views over the memory in a browser: what is touched and how often, and the bounds, against a count over every index; what leaves the
 * memory is refused in the library's words; −99 changes every cell at its address and the input; mouse and keyboard; axe.
 */

import { AxeBuilder } from '@axe-core/playwright'
import { asStrided, explain, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { randomFractions } from '../src/model/numbers.ts'
import { lit, open, places } from './browser.ts'

interface Spec {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

const SAMPLES = 24

function randomSpecs(count: number): Spec[] {
  const next = randomFractions(11)
  const from = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return Array.from({ length: count }, () => {
    const rank = from(1, 4)
    return {
      shape: Array.from({ length: rank }, () => from(1, 4)),
      strides: Array.from({ length: rank }, () => from(-6, 7)),
      offset: from(-3, SAMPLES + 2),
    }
  })
}

const every = ({ shape, strides, offset }: Spec): number[] =>
  shape.reduce<number[]>(
    (all, extent, axis) => all.flatMap((at) => Array.from({ length: extent }, (_, i) => at + i * strides[axis]!)),
    [offset],
  )

test.each(randomSpecs(8))('$shape $strides $offset', async (spec) => {
  const page = await open(
    `#v1&case=4x6_*_2x3&views=memory&view=${spec.shape.join('x')}/${spec.strides.join('x')}/${spec.offset}&at=byte:20`,
  )
  const addresses = every(spec)
  const inside = addresses.filter((address) => address >= 0 && address < SAMPLES)
  const counts = Array.from({ length: SAMPLES }, (_, element) => inside.filter((address) => address === element).length)
  const of = (test: (count: number) => boolean): number => counts.filter(test).length
  expect(await page.locator('[data-touches]').getAttribute('data-touches')).toBe(
    `${of((n) => n === 1)},${of((n) => n > 1)},${of((n) => n === 0)}`,
  )
  expect(await page.locator('[data-least]').getAttribute('data-least')).toBe(String(Math.min(...addresses)))
  expect(await page.locator('[data-greatest]').getAttribute('data-greatest')).toBe(String(Math.max(...addresses)))
  const isInside = inside.length === addresses.length
  expect(await page.locator('[data-proof]').getAttribute('data-proof')).toBe(isInside ? 'inside' : 'outside')
  if (!isInside) {
    expect(() => asStrided(new Float32Array(SAMPLES), spec)).toThrow()
    expect(await page.locator('.ghosts li').count()).toBe(Math.min(25, new Set(addresses).size - new Set(inside).size))
  }
  const cells = await page
    .locator('[data-tensor="view"] td[data-row]')
    .evaluateAll((all) => all.map((cell) => (cell as HTMLElement).dataset.self))
  expect(cells.filter((self) => self === 'true').length).toBe(Math.min(cells.length, addresses.filter((address) => address === 5).length))
  await page.context().close()
})

test('presets, units, a refused view, the keyboard, axe', async () => {
  const page = await open('#v1&case=4x6_*_2x3&views=memory')
  const field = (name: string) => page.locator(`[data-strides-editor] [name="${name}"]`)
  await field('preset').selectOption('windows')
  await page.waitForURL(/view=3x4x2x3\/6x1x6x1\/0/)
  await field('unit').selectOption('bytes')
  await page.waitForURL(/unit=bytes/)
  expect(await field('strides').inputValue()).toBe('24, 4, 24, 4')
  await field('strides').fill('24, 4, 24, 3')
  await field('strides').press('Enter')
  expect(await page.locator('[data-strides-editor] .fault').textContent()).toContain('4')
  await field('strides').fill('24, 4, 24, 8')
  await field('strides').press('Enter')
  await page.waitForURL(/view=3x4x2x3\/6x1x6x2\/0/)
  expect(await page.locator('[data-proof]').getAttribute('data-proof')).toBe('outside')
  await field('preset').selectOption('lies')
  await page.waitForURL((url) => !url.hash.includes('view='))
  await page.locator('table[data-grid="memory"] td[tabindex="0"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=byte:4/)
  const { taps } = explain(parseCase('4x6 * 2x3'), { byte: 4 })
  expect(await page.locator('[data-reads]').getAttribute('data-reads')).toBe(String(taps.length))
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  await page.context().close()
})

test('−99 through one cell of a view of windows: every cell at its address, the input too; Back undoes it', async () => {
  const page = await open('#v1&case=4x6_*_2x3&views=slide,memory&view=3x4x2x3/6x1x6x1/0&at=input:1,2')
  const addresses = every({ shape: [3, 4, 2, 3], strides: [6, 1, 6, 1], offset: 0 })
  const cells = addresses.filter((address) => address === 8).length
  await page.locator('[data-write]').click()
  await page.waitForURL(/x=.*-99/)
  expect(await page.locator('[data-written]').getAttribute('data-written')).toBe(String(cells))
  expect(await page.locator('table[data-grid="slide-input"] td[data-row="1"][data-column="2"]').textContent()).toBe('−99')
  expect(await lit(page, 'slide-input')).toEqual(places([[1, 2]]))
  await page.goBack()
  await page.waitForURL((url) => !url.hash.includes('-99'))
  expect(await page.locator('table[data-grid="slide-input"] td[data-row="1"][data-column="2"]').textContent()).not.toBe('−99')
  await page.context().close()
})

test('a view that is none falls back, with a sentence', async () => {
  const page = await open('#v1&views=memory&view=3x/1/2')
  expect(await page.locator('.notice').textContent()).toContain('view')
  await page.context().close()
})
