/**
 * The drawer with the sizes, in Chromium. Every change keeps the weights and the place of the
 * window.
 */

import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { namedKernel } from '../src/stage/kernels.ts'
import { openIn } from './browser.ts'
import { dockSizes, expectAccess, expectRoom, faultsOfRoom, linkPart } from './dock-pages.ts'

const picture = '#v1&case=1x1x43x64_*_1x1x3x3&x=picture:harbour'
const edges = `${picture}&k=-1,0,1,-2,0,2,-1,0,1&at=output:0,0,23,19`
const typed = `${picture}&k=1,2,3,4,5,6,7,8,9&div=5&at=output:0,0,23,19`
const example = '#v1&case=3x3_*_2x2&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&bias=0.06&at=output:0,0,0,0'

async function openDrawer(fragment: string, width = 1280, height = 800): Promise<Page> {
  const page = await openIn({ width, height }, fragment)
  await page.locator('#size').click()
  await page.locator('.drawer').waitFor()
  return page
}

const isPart = (page: Page, key: string, value: string | undefined): Promise<void> =>
  expect.poll(() => linkPart(page, key)).toBe(value)

const slider = (page: Page, name: string): ReturnType<Page['locator']> =>
  page.locator(`.size-slider[data-slider="${name}"] input`)
const slide = (page: Page, name: string, value: number): Promise<void> =>
  slider(page, name).fill(String(value))
const sentence = (page: Page): Promise<string | null> =>
  page.locator('.drawer-sentence > p').first().textContent()

describe('the drawer', () => {
  it('opens in place of the strip, and closes to where it was opened', async () => {
    const page = await openDrawer(edges)
    expect(await page.locator('.thumbnails').count()).toBe(0)
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.closest('label')?.dataset.slider))
      .toBe('kernel')
    expect(await sentence(page)).toBe('Size 64×43 → 62×41')
    expect(await page.locator('.drawer .size-formula').textContent()).toBe(
      '⌊(64 + 2·0 − 1·(3 − 1) − 1) ÷ 1⌋ + 1 = 62',
    )
    await page.keyboard.press('Escape')
    await page.locator('.thumbnails').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('size')
    await page.locator('#size').click()
    await page.locator('.drawer-close').click()
    await page.locator('.thumbnails').waitFor()
  })

  it('never moves the stage', async () => {
    const page = await openIn({ width: 1280, height: 800 }, edges)
    const stage = page.locator('.stage')
    await page.locator('.thumbnails').waitFor()
    const before = await stage.boundingBox()
    await page.locator('#size').click()
    const drawer = page.locator('.drawer')
    await drawer.waitFor()
    expect(await stage.boundingBox()).toEqual(before)
    const box = (await drawer.boundingBox())!
    expect(box.y).toBeGreaterThanOrEqual(before!.y + before!.height)
    expect(box.y + box.height).toBeLessThanOrEqual(800)
  })
})

describe('the sliders', () => {
  it('change a kernel to the same name at another size, with the window in place', async () => {
    const page = await openDrawer(edges)
    await slide(page, 'kernel', 5)
    await isPart(page, 'case', '1x1x43x64_*_1x1x5x5')
    await isPart(page, 'k', namedKernel('edges-x', 5, 5).values.join())
    // The window has its middle at the same sample: 19 + 1 = 18 + 2.
    await isPart(page, 'at', 'output:0,0,22,18')
    await expect.poll(() => sentence(page)).toBe('Size 64×43 → 60×39')
    await slide(page, 'kernel', 1)
    await isPart(page, 'k', '1')
    await slide(page, 'kernel', 3)
    await isPart(page, 'k', '-1,0,1,-2,0,2,-1,0,1')
    await isPart(page, 'at', 'output:0,0,23,19')
  })

  it('keep typed weights, also those that were outside for a while', async () => {
    const page = await openDrawer(typed)
    await slide(page, 'kernel', 4)
    await isPart(page, 'k', '1,2,3,0,4,5,6,0,7,8,9,0,0,0,0,0')
    await isPart(page, 'div', '5')
    await slide(page, 'kernel', 1)
    await isPart(page, 'k', '5')
    await slide(page, 'kernel', 3)
    await isPart(page, 'k', '1,2,3,4,5,6,7,8,9')
    await isPart(page, 'div', '5')
  })

  it('keep the place through stride, padding and dilation', async () => {
    const page = await openDrawer(edges)
    await slide(page, 'stride', 4)
    await isPart(page, 'at', 'output:0,0,6,5')
    await slide(page, 'padding', 2)
    await isPart(page, 'case', '1x1x43x64_*_1x1x3x3_s4_p2')
    await slide(page, 'dilation', 2)
    await slide(page, 'stride', 1)
    await slide(page, 'dilation', 1)
    await slide(page, 'padding', 0)
    await isPart(page, 'case', '1x1x43x64_*_1x1x3x3')
    await isPart(page, 'at', 'output:0,0,23,19')
  })

  it('change width and height apart', async () => {
    const page = await openDrawer(edges)
    await page.getByRole('button', { name: 'height', exact: true }).click()
    await slide(page, 'kernel', 5)
    await isPart(page, 'case', '1x1x43x64_*_1x1x5x3')
    await isPart(page, 'k', namedKernel('edges-x', 3, 5).values.join())
    await slide(page, 'stride', 2)
    await isPart(page, 'case', '1x1x43x64_*_1x1x5x3_s2,1')
    const texts = await page.locator('.size-slider b').allTextContents()
    expect(texts).toEqual(['3×5', '1×2', '0', '1'])
  })

  it('stop where there would be no output, and give the reason', async () => {
    const page = await openDrawer(example)
    await slide(page, 'kernel', 6)
    await isPart(page, 'case', '1x1x3x3_*_1x1x3x3')
    expect(await slider(page, 'kernel').inputValue()).toBe('3')
    await expect
      .poll(() => page.locator('.drawer .refused').textContent())
      .toBe('With kernel 6 the window is larger than the padded input, so there is no output.')
    await slide(page, 'padding', 2)
    await expect.poll(() => page.locator('.drawer .refused').textContent()).toBe('')
    await slide(page, 'kernel', 6)
    await isPart(page, 'case', '1x1x3x3_*_1x1x6x6_p2')
    // Less padding would leave no window.
    await slide(page, 'padding', 0)
    expect(await slider(page, 'padding').inputValue()).toBe('2')
  })

  it('stop where the screen could not follow', async () => {
    // 396 · 296 · 25 products are within 2²², and 395 · 295 · 36 are not.
    const page = await openDrawer('#v1&case=300x400_*_3x3')
    await slide(page, 'kernel', 7)
    await isPart(page, 'case', '1x1x300x400_*_1x1x5x5')
    await expect
      .poll(() => page.locator('.drawer .refused').textContent())
      .toContain('With kernel 7 there are too many products')
  })

  it('follow the keys', async () => {
    const page = await openDrawer(edges)
    await page.keyboard.press('ArrowRight')
    await isPart(page, 'case', '1x1x43x64_*_1x1x4x4')
    await page.keyboard.press('End')
    await isPart(page, 'case', '1x1x43x64_*_1x1x7x7')
  })

  it('have one axis for a signal', async () => {
    const page = await openDrawer('#v1&case=9_*_3&x=3,9,0,2,8,1,1,4,8&k=1,2,3')
    expect(await page.locator('.drawer-targets').count()).toBe(0)
    await slide(page, 'kernel', 5)
    await isPart(page, 'case', '1x1x9_*_1x1x5')
    await isPart(page, 'k', '0,1,2,3,0')
  })
})

describe('the settings', () => {
  it('turn the kernel, and resize it as it multiplies', async () => {
    const page = await openDrawer(typed)
    const turn = page.getByRole('switch', { name: 'turn by 180°' })
    await turn.click()
    await isPart(page, 'case', '1x1x43x64_*_1x1x3x3_flip')
    await expect.poll(() => turn.getAttribute('aria-checked')).toBe('true')
    await slide(page, 'kernel', 4)
    // 9 8 7 0 / 6 5 4 0 / … multiplies, so the given kernel is that turned back.
    await isPart(page, 'k', '0,0,0,0,0,1,2,3,0,4,5,6,0,7,8,9')
    await turn.click()
    await isPart(page, 'case', '1x1x43x64_*_1x1x4x4')
  })

  it('choose the rule outside, and type a constant that starts with 0', async () => {
    const page = await openDrawer(example.replace('_2x2', '_2x2_p1'))
    await page.getByLabel('border').selectOption('reflect')
    await isPart(page, 'case', '1x1x3x3_*_1x1x2x2_p1_reflect')
    await page.getByLabel('border').selectOption('constant')
    await isPart(page, 'case', '1x1x3x3_*_1x1x2x2_p1_constant=1')
    const field = page.getByLabel('the number outside')
    await field.fill('')
    await field.pressSequentially('0.5', { delay: 60 })
    expect(await field.inputValue()).toBe('0.5')
    await isPart(page, 'case', '1x1x3x3_*_1x1x2x2_p1_constant=0.5')
  })

  it('type bias and divisor, and mark what is no number', async () => {
    const page = await openDrawer(example)
    const bias = page.getByLabel('bias')
    expect(await bias.inputValue()).toBe('0.06')
    await bias.fill('−1,5')
    await isPart(page, 'bias', '-1.5')
    await bias.fill('-')
    expect(await bias.getAttribute('aria-invalid')).toBe('true')
    expect(await bias.inputValue()).toBe('-')
    await bias.blur()
    await expect.poll(() => bias.inputValue()).toBe('−1.5')
    const divisor = page.getByLabel('divisor')
    await divisor.fill('0')
    await expect.poll(() => divisor.getAttribute('aria-invalid')).toBe('true')
    await divisor.fill('4')
    await isPart(page, 'div', '4')
  })

  it('open the workspace', async () => {
    const page = await openDrawer(edges)
    await page.getByRole('button', { name: /^Expert/ }).click()
    await isPart(page, 'views', 'slide,arithmetic,im2col,toeplitz,memory')
    await page.locator('#problem').waitFor()
  })
})

describe('at every size', () => {
  it('nothing is cut off or overlaps, in both languages', async () => {
    const page = await openDrawer(edges)
    const links = ['', '_s2_p1:2,3_constant=3_flip'].map(
      (tail) => `${picture}${tail}&k=-1,0,1,-2,0,2,-1,0,1`,
    )
    const room = {
      root: '.drawer',
      parts: 'label, button:not(.drawer-targets button), .size-formula, .drawer-sentence > p',
    }
    for (const size of dockSizes)
      await expectRoom(page, size, links, async (name) =>
        expect(await faultsOfRoom(page, room), name).toEqual([]),
      )
  }, 240_000)

  it('is a sheet from below on a phone', async () => {
    const page = await openDrawer(edges, 390, 844)
    const box = (await page.locator('.drawer').boundingBox())!
    expect(box.y + box.height).toBeCloseTo(844, 0)
    expect(box.width).toBe(390)
    expect(box.y).toBeGreaterThan(844 * 0.24)
  })

  it('has no fault that axe finds', async () => {
    const page = await openDrawer(edges)
    for (const theme of ['light', 'dark'])
      await expectAccess(page, `${edges}&theme=${theme}`, '.drawer')
  })
})
