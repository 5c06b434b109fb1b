/**
 * What the tests of docked views share: their links, pages of other sizes, and the check that
 * nothing is cut off or lies over something else.
 */

import type { Page } from 'playwright'
import { expect } from 'vitest'
import { browser, open, server } from './browser.ts'

const picture = (size: string, weights: readonly number[], more: string): string =>
  `case=1x1x43x64_*_1x1x${size}&x=picture:harbour&k=${weights}&${more}`

const binomial = [1, 4, 6, 4, 1]

/** The cases that every docked view must show. */
export const dockCases: Readonly<Record<string, string>> = {
  edges: picture('3x3', [-1, 0, 1, -2, 0, 2, -1, 0, 1], 'at=output:0,0,23,19'),
  blur: picture('3x3', [1, 2, 1, 2, 4, 2, 1, 2, 1], 'div=16&at=output:0,0,23,19'),
  '5×5': picture(
    '5x5',
    binomial.flatMap((a) => binomial.map((b) => a * b)),
    'div=256&at=output:0,0,23,19',
  ),
  '7×7': picture('7x7', new Array(49).fill(1), 'div=49&at=output:0,0,20,19'),
  '2×4': picture('2x4', [1, -1, 2, -2, 0, 1, 3, -1], 'at=output:0,0,23,19'),
  stride: picture('3x3_s2', [-1, 0, 1, -2, 0, 2, -1, 0, 1], 'at=output:0,0,11,9'),
  dilation: picture('3x3_d2', [-1, 0, 1, -2, 0, 2, -1, 0, 1], 'at=output:0,0,20,19'),
  padding: picture('3x3_p2', [-1, 0, 1, -2, 0, 2, -1, 0, 1], 'at=output:0,0,1,1'),
  article: 'case=3x3_*_2x2&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&bias=0.06&at=output:0,0,0,0',
  small: 'case=1x1x5x7_*_1x1x3x2_p1&k=1,-2,0,3,2,-1&at=output:0,0,4,7',
  signal: 'case=1x1x30_*_1x1x5&k=0.1,0.2,0.4,0.2,0.1&at=output:0,0,7',
}

export const casesInLanguages: readonly (readonly [name: string, language: string])[] = Object.keys(
  dockCases,
).flatMap((name) => ['en', 'zh'].map((language) => [name, language] as const))

/** Another link in the same page. */
export async function goTo(page: Page, fragment: string): Promise<void> {
  await page.evaluate(async (hash) => {
    const frame = (): Promise<unknown> => new Promise(requestAnimationFrame)
    const changed = new Promise((done) => {
      addEventListener('hashchange', done, { once: true })
    })
    if (location.hash === hash) return
    location.hash = hash
    await changed
    await frame()
    await frame()
  }, fragment)
}

export const dockSizes = [
  [1280, 800],
  [1024, 700],
  [390, 844],
] as const

export const dockLink = (name: string, dock: string, more = ''): string =>
  `#v1&${dockCases[name]}&dock=${dock}${more}`

/** Opens a docked view, and waits until it is drawn. */
export async function openDock(
  fragment: string,
  [width, height]: readonly [number, number] = [1280, 800],
): Promise<Page> {
  const page = await open(fragment, (opened) => opened.setViewportSize({ width, height }))
  await page.locator('.dock figure').waitFor()
  return page
}

/** Opens a docked view on a screen with touch. */
export async function openTouchDock(fragment: string): Promise<Page> {
  const context = await browser.newContext({
    hasTouch: true,
    viewport: { width: 390, height: 844 },
    serviceWorkers: 'block',
  })
  const page = await context.newPage()
  await page.goto(`${server.address}${fragment}`)
  await page.locator('.dock figure').waitFor()
  return page
}

/** The page does not scroll sideways, no digits are cut off, and the parts lie below each other. */
export async function expectGoodFit(page: Page, name: string): Promise<void> {
  const faults = await page.locator('.dock').evaluate((dock) => {
    const found: string[] = []
    const box = dock.getBoundingClientRect()
    for (const cell of dock.querySelectorAll<HTMLElement>('td, th, .mx-weight'))
      if (cell.scrollWidth > cell.clientWidth + 1 && cell.textContent !== '')
        found.push(`cut off: ${cell.className} ${cell.textContent}`)
    for (const part of dock.querySelectorAll<HTMLElement>('figure > *, .dock-buttons, svg'))
      if (part.getBoundingClientRect().right > box.right + 7)
        found.push(`too wide: ${part.className}`)
    const parts = [...dock.querySelectorAll<HTMLElement>('table, svg, figcaption, .dock-buttons')]
    for (const [i, part] of parts.slice(1).entries())
      if (part.getBoundingClientRect().top < parts[i]!.getBoundingClientRect().bottom - 1)
        found.push(`overlap: ${parts[i]!.className || parts[i]!.tagName} ${part.className}`)
    const small = [...dock.querySelectorAll<HTMLElement>('td, .mx-weight, svg text')].filter(
      (cell) => cell.textContent !== '' && Number.parseFloat(getComputedStyle(cell).fontSize) < 11,
    )
    if (small.length > 0) found.push(`${small.length} texts below 11 px`)
    return found
  })
  expect(faults, name).toEqual([])
}
