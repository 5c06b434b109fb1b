/**
 * The page “FFT” in a browser: by pointer, by keyboard and with Play; points that wrap around; the
 * reader's own numbers; every size in both languages.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { fftModelOf } from '../src/fft/fft-model.ts'
import { resultsOf } from '../src/fft/meaning.ts'
import { usualSettings } from '../src/fft/settings.ts'
import { numberText } from '../src/stage/number.ts'
import { axeFaults } from './axe.ts'
import { blankPage, giveBack, open, openIn, server } from './browser.ts'
import { linkPart } from './dock-pages.ts'

const results = (page: Page): Promise<readonly string[]> =>
  page.locator('#fft-y .number').allTextContents()
const textsOf = (settings: Partial<typeof usualSettings>): readonly string[] =>
  resultsOf(fftModelOf({ ...usualSettings, ...settings })).map(numberText)
const value = (page: Page): Promise<string | null> => page.locator('[data-value]').textContent()
const column = (page: Page, array: string, place: number) =>
  page.locator(`#fft-${array} [data-place="${place}"]`)

test('the menu opens the page; a bin, a product and a result show what they are', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: /^FFT/ }).click()
  await page.locator('#fft-y').waitFor()
  expect(await results(page)).toEqual(['1', '2', '3', '4', '5', '6', '5', '4', '3', '2', '1'])
  await page.locator('.meaning', { hasText: 'of 36 throws, 6 have the sum 7' }).waitFor()
  await column(page, 'X', 0).click()
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:cell:X,0')
  expect(await value(page)).toBe('6')
  // Six arrows and their sum.
  expect(await page.locator('.rotation .arrow').count()).toBe(7)
  await page.locator('#fft-X').press('ArrowRight')
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:cell:X,1')
  await page.locator('.telling', { hasText: '1/11 of a turn' }).waitFor()
  await column(page, 'P', 0).click()
  await expect.poll(() => value(page)).toBe('36')
  expect(await page.locator('#fft-K .lit').count()).toBe(1)
  await column(page, 'y', 5).click()
  await expect.poll(() => value(page)).toBe('6')
  expect(await page.locator('.telling .sum .of-kernel').count()).toBe(6)
  await column(page, 'x', 2).click()
  await page.locator('.telling', { hasText: 'x[2] is 1.' }).waitFor()
})

test('too few points wrap around, where it is marked; own numbers', async () => {
  const page = await open('#v1&page=fft')
  await page.getByRole('button', { name: 'Long multiplication' }).click()
  await page.locator('.meaning', { hasText: `4729 × 386 = ${4729 * 386}` }).waitFor()
  const slider = page.locator('[data-slider="points"] input')
  await slider.press('ArrowLeft')
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:example:numbers;n:5')
  await page.locator('.meaning', { hasText: 'Wrong' }).waitFor()
  expect(await results(page)).toEqual(textsOf({ example: 'numbers', points: 5 }))
  expect(await page.locator('#fft-y .bar-wrapped').count()).toBe(1)
  await column(page, 'y', 0).click()
  expect(await page.locator('.telling .is-wrapped').count()).toBe(1)
  await slider.press('ArrowRight')
  await expect.poll(() => page.locator('#fft-y .bar-wrapped').count()).toBe(0)
  const kernel = page.locator('#numbers-k')
  await kernel.fill('1 x')
  await page.locator('#numbers-k-fault', { hasText: '1 to 10 numbers' }).waitFor()
  await kernel.fill('1 -1')
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:x:9,2,7,4;k:1,-1')
  expect(await results(page)).toEqual(textsOf({ own: { x: [9, 2, 7, 4], k: [1, -1] } }))
  await page.getByRole('button', { name: 'magnitude, phase' }).click()
  expect(await page.locator('#fft-X .dial').count()).toBe(5)
})

test('butterflies of a power of two', async () => {
  const page = await open('#v1&page=fft')
  await page.getByRole('button', { name: 'N = 8' }).click()
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:n:8')
  const diagram = page.locator('#fft-butterflies')
  expect(await diagram.locator('.node').count()).toBe(4 * 8)
  // Twelve multiplications instead of 64.
  await page.locator('.butterflies', { hasText: '12 multiplications' }).waitFor()
  expect(await page.locator('.telling-node').textContent()).toBe('X[0] = 3 + 3 = 6')
  await diagram.press('ArrowDown')
  await diagram.press('ArrowLeft')
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:n:8;node:2,1')
  expect(await diagram.locator('.lit').count()).toBe(2)
  await diagram.locator('[data-node="0,3"]').click()
  await page.locator('.telling-node', { hasText: 'Place 3 has x[6] = 0' }).waitFor()
})

test('steps, keys and Play compute number after number', async () => {
  const page = await blankPage({ reducedMotion: 'reduce' })
  await page.goto(`${server.address}#v1&page=fft:example:polynomials;step:0`)
  await page.locator('.telling', { hasText: 'Nothing is computed yet' }).waitFor()
  await page.keyboard.press('.')
  await expect.poll(() => page.locator('#fft-X .bar-solid').count()).toBe(1)
  await page.keyboard.press(']')
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:example:polynomials;step:6')
  await column(page, 'P', 2).click()
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:example:polynomials;step:15')
  await page.keyboard.press(' ')
  await page.locator('#play', { hasText: 'Pause' }).waitFor()
  await page.locator('#play', { hasText: 'Play' }).waitFor()
  await expect.poll(() => linkPart(page, 'page')).toBe('fft:example:polynomials')
  expect(await results(page)).toEqual(textsOf({ example: 'polynomials' }))
})

/** With those that axe looks at. */
const views: readonly (readonly [fragment: string, width: number, height: number, axe?: true])[] = [
  [':n:16;cell:X,3;polar&theme=dark', 1280, 800, true],
  [':n:16;cell:y,0&lang=zh', 1024, 700],
  [':example:polynomials;n:4;cell:y,1&lang=zh', 390, 844, true],
  [':cell:P,4', 1920, 1080],
]

test('axe finds nothing, nothing is cut off, and faults of the link are named', async () => {
  for (const [fragment, width, height, hasAxe] of views) {
    const page = await openIn({ width, height }, `#v1&page=fft${fragment}`)
    await page.locator('#fft-y').waitFor({ state: 'attached' })
    if (hasAxe) expect(await axeFaults(page, { targets: true }), fragment).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    // Every text lies inside its drawing, and no name of a place over the next one.
    const faults = await page
      .locator('.bars svg:visible, .rotation svg, .butterfly-box svg')
      .evaluateAll((drawings) =>
        drawings.flatMap((drawing) => {
          const box = drawing.getBoundingClientRect()
          const texts = [...drawing.querySelectorAll('text')].filter((text) => text.textContent)
          const names = texts.filter((text) => text.classList.contains('place-name'))
          const boxes = names.map((name) => name.getBoundingClientRect())
          return [
            ...texts
              .filter((text) => {
                const { left, right, top, bottom } = text.getBoundingClientRect()
                return (
                  left < box.left - 1 ||
                  right > box.right + 1 ||
                  top < box.top - 2 ||
                  bottom > box.bottom + 2
                )
              })
              .map((text) => text.textContent),
            ...boxes.slice(1).filter((next, i) => next.left < boxes[i]!.right),
            // A number of the butterflies stays in its box.
            ...[...drawing.querySelectorAll('.node')].filter(
              (node) =>
                node.querySelector('text')!.getBoundingClientRect().width >
                node.querySelector('rect')!.getBoundingClientRect().width,
            ),
          ]
        }),
      )
    expect(faults, fragment).toEqual([])
    await giveBack(page)
  }
  const page = await blankPage()
  await page.goto(`${server.address}#v1&page=fft:n:x`)
  await page.locator('.link-faults', { hasText: 'n:x' }).waitFor()
})
