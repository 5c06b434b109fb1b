/**
 * The look of the workspace: few stops of Tab before the first number, the choice of views as one
 * of them, and nothing cut off or too small to read at any width, in both languages.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { viewNames } from '../src/state/state.ts'
import { blankPage, load, open } from './browser.ts'
import { sweep } from './sweep.ts'

const allViews = `views=${viewNames}`
const signal = 'case=1x1x48_*_1x1x8_causal_flip&views=smoothing&at=output:0,0,20'

test('Tab reaches the first grid in at most 12 stops; the choice of views is one', async () => {
  const page = await open('#v1&views=slide,im2col')
  const isInGrid = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement?.closest('[role="grid"]') != null)
  let stops = 0
  while (stops < 40 && !(await isInGrid())) {
    await page.keyboard.press('Tab')
    stops++
  }
  expect(stops).toBeLessThanOrEqual(12)
  const choices = page.locator('.choices button')
  expect(await choices.count()).toBe(viewNames.length)
  expect(await page.locator('.choices button[tabindex="0"]').count()).toBe(1)
  await choices.first().focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.locator('#title-flip').waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.locator(`#title-${viewNames.at(-1)}`).waitFor()
})

test('the line of the problem has its extents and what is not usual, in words', async () => {
  const page = await open('#v1&views=slide&case=2x4x6x5_*_6x2x3x2_s2,1_p1,0:1_g2_reflect')
  const summary = page.locator('.task > summary')
  expect((await summary.textContent())?.replace(/\s+/g, ' ')).toContain(
    '2×4×6×5 ∗ 6×2×3×2 → 2×6×3×5',
  )
  expect(await page.locator('.task .details').textContent()).toBe(
    'stride 2×1, padding 1, 0:1, border reflect, 2 groups',
  )
  await load(page, '#v1&views=slide&case=1x1x5x7_*_1x1x3x2_flip')
  await page.locator('[data-first-screen]').waitFor()
  expect(await page.locator('.task .sizes').textContent()).toBe('5×7 ∗ 3×2 → 3×6')
  expect(await page.locator('.task .details').textContent()).toBe('kernel flipped')
})

test('language and theme change by one press each', async () => {
  const page = await open('#v1&views=slide')
  await page.locator('[data-language]').click()
  await page.waitForURL(/lang=zh/)
  await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('zh-Hans')
  await page.locator('[data-language="en"]').click()
  await page.waitForURL((url) => !url.hash.includes('lang'))
  const ground = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const grounds: string[] = []
  for (const name of ['light', 'dark']) {
    await page.locator('[data-theme-now]').click()
    await page.waitForURL(new RegExp(`theme=${name}`))
    await page.locator(`[data-theme-now="${name}"]`).waitFor()
    grounds.push(await ground())
  }
  expect(grounds[0]).not.toBe(grounds[1])
})

/** What is wrong with the page at its width, as text. */
const faults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const wrong: string[] = []
    if (document.documentElement.scrollWidth > innerWidth) wrong.push('the page scrolls sideways')
    /** The parts of the page that an element may scroll in. */
    const scroller = (element: Element): Element | null => {
      for (let e = element.parentElement; e; e = e.parentElement)
        if (/auto|scroll/.test(getComputedStyle(e).overflowX)) return e
      return null
    }
    const seen = [...document.querySelectorAll('button, select, input, summary, h2')].filter(
      (element) => element.checkVisibility() && !element.matches('.skip, .skip-link'),
    )
    for (const element of seen) {
      const { left, right, width, height } = element.getBoundingClientRect()
      const name = element.getAttribute('name') ?? element.textContent
      if (!scroller(element) && (left < 0 || right > innerWidth + 0.5)) wrong.push(`cut: ${name}`)
      if (element instanceof HTMLButtonElement && element.scrollWidth > element.clientWidth + 1)
        wrong.push(`too narrow for its words: ${name}`)
      if (Math.min(width, height) < 18) wrong.push(`too small: ${name}`)
    }
    for (const text of document.querySelectorAll<SVGTextElement>('svg text')) {
      const scale = text.getScreenCTM()?.a ?? 1
      const turned = Math.hypot(scale, text.getScreenCTM()?.b ?? 0)
      const size = Number.parseFloat(getComputedStyle(text).fontSize) * turned
      if (text.checkVisibility() && size < 11.9)
        wrong.push(`text of ${size.toFixed(1)} px: ${text.textContent}`)
    }
    return [...new Set(wrong)]
  })

test.each(sweep([390, 1280, 768, 1024, 1600], 2))(
  'nothing is cut off or too small at %i px',
  async (width) => {
    const page = await blankPage({ viewport: { width, height: 800 } })
    for (const language of sweep(width < 760 ? ['zh', 'en'] : ['en', 'zh'], 1)) {
      for (const fragment of [allViews, signal]) {
        await load(page, `#v1&lang=${language}&${fragment}`)
        await page.locator('h1').waitFor()
        await page.locator('.task > summary').click()
        expect(await faults(page), `${language} ${fragment}`).toEqual([])
      }
    }
  },
)
