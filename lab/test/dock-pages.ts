/**
 * What the tests of docked views share: links, pages, and what every view must keep. Nothing is cut
 * off, nothing lies over something else, and axe finds nothing.
 */

import type { Page } from 'playwright'
import { expect } from 'vitest'
import { axeFaults } from './axe.ts'
import { blankPage, openIn, server, type WindowOptions } from './browser.ts'
import { sweep } from './sweep.ts'

const picture = (size: string, weights: readonly number[], more: string): string =>
  `case=1x1x43x64_*_1x1x${size}&x=picture:harbour&k=${weights}&${more}`

const edges = [-1, 0, 1, -2, 0, 2, -1, 0, 1]
const binomial = [1, 4, 6, 4, 1]

/** The cases that every docked view must show. */
export const dockCases: Readonly<Record<string, string>> = {
  edges: picture('3x3', edges, 'at=output:0,0,23,19'),
  blur: picture('3x3', [1, 2, 1, 2, 4, 2, 1, 2, 1], 'div=16&at=output:0,0,23,19'),
  '5×5': picture(
    '5x5',
    binomial.flatMap((a) => binomial.map((b) => a * b)),
    'div=256&at=output:0,0,23,19',
  ),
  '7×7': picture('7x7', new Array(49).fill(1), 'div=49&at=output:0,0,20,19'),
  '2×4': picture('2x4', [1, -1, 2, -2, 0, 1, 3, -1], 'at=output:0,0,23,19'),
  stride: picture('3x3_s2', edges, 'at=output:0,0,11,9'),
  dilation: picture('3x3_d2', edges, 'at=output:0,0,20,19'),
  padding: picture('3x3_p2', edges, 'at=output:0,0,1,1'),
  article: 'case=3x3_*_2x2&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&bias=0.06&at=output:0,0,0,0',
  small: 'case=1x1x5x7_*_1x1x3x2_p1&k=1,-2,0,3,2,-1&at=output:0,0,4,7',
  signal: 'case=1x1x30_*_1x1x5&k=0.1,0.2,0.4,0.2,0.1&at=output:0,0,7',
}

export const dockLink = (name: string, dock: string, more = ''): string =>
  `#v1&${dockCases[name]}&dock=${dock}${more}`

/** The divisor and the bias of a case. */
export const scalingOf = (name: string): { readonly divisor: number; readonly bias: number } => ({
  divisor: Number(/div=(\d+)/.exec(dockCases[name]!)?.[1] ?? 1),
  bias: Number(/bias=([\d.]+)/.exec(dockCases[name]!)?.[1] ?? 0),
})

/** Returns links to a docked view of the harbour; the kernel is edges, unless another is given. */
export const harbourLinks =
  (dock: string) =>
  (options = '', kernel: string = edges.join(), size = '3x3', place = '23,19'): string =>
    `#v1&case=43x64_*_${size}${options}&x=picture:harbour&k=${kernel}` +
    `&at=output:0,0,${place}&dock=${dock}`

/** The sizes of window in which every docked view has room. */
export const dockSizes: readonly (readonly [width: number, height: number])[] = sweep(
  [
    [1280, 800],
    [390, 844],
    [1024, 700],
    [1920, 1080],
  ],
  2,
)

export const phone: WindowOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
}

/** Opens a link in a window of its own kind: a phone, reduced motion. */
export async function openAs(options: WindowOptions, fragment = ''): Promise<Page> {
  const page = await blankPage(options)
  await page.goto(`${server.address}${fragment}`)
  await page.locator('#play').waitFor()
  return page
}

/** Every docked view has a caption. */
const drawn = '.dock .caption, .dock figcaption'

/** Opens a docked view, and waits until it is drawn. */
export async function openDock(
  fragment: string,
  [width, height]: readonly [number, number] = [1280, 800],
): Promise<Page> {
  const page = await openIn({ width, height }, fragment)
  await page.locator(drawn).first().waitFor()
  return page
}

/** Opens a docked view on a small screen with touch. `isMobile`: with the viewport of a phone. */
export async function openTouchDock(fragment: string, isMobile = false): Promise<Page> {
  const { viewport } = phone
  const page = await openAs({ viewport: viewport!, hasTouch: true, isMobile }, fragment)
  await page.locator(drawn).first().waitFor()
  return page
}

/** Shows another link in the same page, and waits until it is drawn. */
export async function show(page: Page, fragment: string): Promise<void> {
  await page.evaluate(async (hash) => {
    const changed = new Promise((done) => {
      addEventListener('hashchange', done, { once: true })
    })
    if (location.hash !== hash) {
      location.hash = hash
      await changed
    }
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
  }, fragment)
}

/** A part of the link, after it has been written. */
export const linkPart = (page: Page, key: string): Promise<string | undefined> =>
  page.evaluate(
    (key) =>
      decodeURIComponent(location.hash)
        .split('&')
        .find((part) => part.startsWith(`${key}=`))
        ?.slice(key.length + 1),
    key,
  )

/** The place of the window: row, column. */
export const place = async (page: Page): Promise<string> =>
  (await linkPart(page, 'at'))?.replace('output:0,0,', '') ?? ''

interface RoomOptions {
  readonly root?: string
  /** Cells whose digits must fit, and parts that must not overlap, besides those of every view. */
  readonly digits?: string
  readonly parts?: string
  /** The smallest font of digits, in px. */
  readonly leastFont?: number
  /** Whether line boxes of texts may overlap: cells of some views are lower than a line. */
  readonly hasLowLines?: boolean
}

/**
 * What has no room in a view: parts outside it, digits and buttons that are cut off, small digits,
 * parts or texts over each other. What scrolls inside the view may be longer than its box. Drawings
 * on a canvas are not seen.
 */
export const faultsOfRoom = (
  page: Page,
  {
    root = '.dock',
    digits = '',
    parts = '',
    leastFont = 12,
    hasLowLines = false,
  }: RoomOptions = {},
): Promise<string[]> =>
  page.locator(root).evaluate(
    (view, { digitCells, ownParts, least, areLinesLow }) => {
      const faults: string[] = []
      const box = view.getBoundingClientRect()
      const name = (node: Element): string =>
        `${node.tagName} ${node.getAttribute('class')} ${node.textContent?.slice(0, 60)}`
      if (box.left < -1 || box.right > innerWidth + 1) faults.push('the view leaves the page')
      const hidden = '.signal-table, .skip, .hidden, [hidden]'
      const scrolls = [...view.querySelectorAll('*')].filter((node) =>
        /auto|scroll/.test(getComputedStyle(node).overflowX),
      )
      const isInScroll = (node: Element): boolean =>
        scrolls.some((scroll) => scroll !== node && scroll.contains(node))
      const isOver = (a: DOMRect, b: DOMRect, down = 1): boolean =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > down
      for (const node of view.querySelectorAll('*')) {
        if (isInScroll(node) || node.closest(hidden)) continue
        const { left, right, width } = node.getBoundingClientRect()
        // A box that scrolls has room for the ring of the focus.
        const more = scrolls.includes(node) ? 7 : 3
        if (width > 0 && (right > box.right + more || left < box.left - more))
          faults.push(`outside: ${name(node)}`)
      }
      const cells = ['td, th, button', digitCells].filter(Boolean).join()
      for (const cell of view.querySelectorAll<HTMLElement>(cells)) {
        if (!cell.textContent || cell.closest(hidden) || cell.getClientRects().length === 0)
          continue
        if (cell.clientWidth > 0 && cell.scrollWidth > cell.clientWidth + 1)
          faults.push(`cut off: ${name(cell)}`)
      }
      const digits = ['td, svg text', digitCells].filter(Boolean).join()
      for (const cell of view.querySelectorAll<HTMLElement>(digits)) {
        if (!cell.textContent || cell.closest(hidden) || cell.getClientRects().length === 0)
          continue
        if (Number.parseFloat(getComputedStyle(cell).fontSize) < least)
          faults.push(`small: ${name(cell)}`)
        if (!digitCells || !cell.matches(digitCells)) continue
        const range = document.createRange()
        range.selectNodeContents(cell)
        if (range.getBoundingClientRect().width > cell.getBoundingClientRect().width + 0.5)
          faults.push(`wider than its cell: ${name(cell)}`)
      }
      const usual =
        '[role="grid"], table, figcaption, .caption, .dock-buttons button, .page-buttons button'
      const found = [...view.querySelectorAll([usual, ownParts].filter(Boolean).join())].filter(
        (part) => part.getClientRects().length > 0 && !part.closest(hidden),
      )
      for (const [i, a] of found.entries())
        for (const b of found.slice(i + 1))
          if (
            !a.contains(b) &&
            !b.contains(a) &&
            isOver(a.getBoundingClientRect(), b.getBoundingClientRect())
          )
            faults.push(`overlap: ${name(a)} / ${name(b)}`)
      const texts: { readonly text: string; readonly box: DOMRect; readonly isFree: boolean }[] = []
      const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement!
        if (!node.textContent?.trim() || parent.closest(hidden)) continue
        if (getComputedStyle(parent).visibility === 'hidden') continue
        const range = document.createRange()
        range.selectNodeContents(node)
        for (const rect of range.getClientRects())
          if (rect.width > 0 && rect.height > 0)
            texts.push({ text: node.textContent, box: rect, isFree: !isInScroll(parent) })
      }
      const end = document.documentElement.scrollHeight
      for (const [i, { text, box: a, isFree }] of texts.entries()) {
        if (!isFree) continue
        if (a.left < box.left - 1 || a.right > box.right + 1 || a.bottom > end)
          faults.push(`outside: ${text}`)
        // Line boxes are higher than their letters.
        for (const { text: other, box: b, isFree: isOtherFree } of texts.slice(i + 1))
          if (!areLinesLow && isOtherFree && isOver(a, b, 0.3 * Math.min(a.height, b.height)))
            faults.push(`overlap: ${text} | ${other}`)
      }
      return faults
    },
    { digitCells: digits, ownParts: parts, least: leastFont, areLinesLow: hasLowLines },
  )

/**
 * Shows links in both languages in one page of this size, and checks each. A change of the language
 * costs more than one of the link, so it comes last. `npm test` looks at one language in each size.
 */
export async function expectRoom(
  page: Page,
  [width, height]: readonly [number, number],
  links: readonly string[],
  check: (name: string) => Promise<unknown>,
): Promise<void> {
  await page.setViewportSize({ width, height })
  for (const language of sweep(width < 760 ? ['zh', 'en'] : ['en', 'zh'], 1))
    for (const link of links) {
      await show(page, `${link}&lang=${language}`)
      await check(`${width}×${height} ${link} ${language}`)
    }
}

/** axe finds nothing in the docked view; with the dark theme in a window as narrow as a phone. */
export async function expectAccess(page: Page, link: string, root = '.dock'): Promise<void> {
  const isNarrow = link.includes('theme=dark')
  await page.setViewportSize({ width: isNarrow ? 390 : 1280, height: isNarrow ? 844 : 800 })
  await show(page, link)
  expect(await axeFaults(page, { root })).toEqual([])
}

/**
 * The script time of a key press in an element, in milliseconds, with all that follows in the page:
 * the least mean of three rows of presses. It is processor time of the page's thread, so waiting
 * for a processor does not count.
 */
export async function keyCost(
  page: Page,
  selector: string,
  keys: readonly string[],
): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const scriptTime = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ScriptDuration')!.value * 1000
  }
  const costs: number[] = []
  while (costs.length < 3) {
    const before = await scriptTime()
    await page.locator(selector).evaluate(async (element, pressed) => {
      for (const key of pressed) {
        element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
        await new Promise(requestAnimationFrame)
      }
    }, keys)
    costs.push(((await scriptTime()) - before) / keys.length)
  }
  await session.detach()
  return Math.min(...costs)
}
