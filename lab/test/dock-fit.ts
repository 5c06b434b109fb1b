/**
 * What every docked view must keep: nothing overlaps, nothing is cut off.
 */

import type { Page } from 'playwright'

/** The sizes of window in which the texts are checked. */
export const dockSizes = [
  [1280, 800],
  [1024, 700],
  [390, 844],
  [1920, 1080],
] as const

/** Shows another link in the same page, and waits until everything has been drawn. */
export async function show(page: Page, fragment: string): Promise<void> {
  await page.evaluate(async (hash) => {
    location.hash = hash
    for (let frame = 0; frame < 4; frame++)
      await new Promise((resolve) => requestAnimationFrame(resolve))
  }, fragment)
  await page.locator('.dock figure').waitFor()
}

/**
 * The texts of a figure that overlap another text, or that stand outside the box of the dock.
 * Drawings on a canvas are not seen.
 */
export const misplacedTexts = (page: Page): Promise<readonly string[]> =>
  page.locator('.dock').evaluate((dock) => {
    const box = dock.getBoundingClientRect()
    const found: { readonly text: string; readonly box: DOMRect }[] = []
    const walker = document.createTreeWalker(dock, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement!
      if (!node.textContent?.trim() || parent.closest('.signal-table, .skip, [hidden]')) continue
      if (getComputedStyle(parent).visibility === 'hidden') continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const rect of range.getClientRects())
        if (rect.width > 0 && rect.height > 0) found.push({ text: node.textContent, box: rect })
    }
    const wrong: string[] = []
    for (const [i, one] of found.entries()) {
      const a = one.box
      if (a.left < box.left - 1 || a.right > box.right + 1 || a.bottom > innerHeight + scrollMaxY())
        wrong.push(`outside: ${one.text}`)
      for (const other of found.slice(i + 1)) {
        const b = other.box
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
        // Line boxes are higher than their letters.
        if (across > 1 && down > 0.3 * Math.min(a.height, b.height))
          wrong.push(`overlap: ${one.text} | ${other.text}`)
      }
    }
    return wrong
    function scrollMaxY(): number {
      return document.documentElement.scrollHeight - innerHeight
    }
  })

/** The median of the script time of key presses in an element, in milliseconds. */
export const keyCost = (page: Page, selector: string, keys: readonly string[]): Promise<number> =>
  page.locator(selector).evaluate((element, pressed) => {
    const times = pressed.map((key) => {
      const start = performance.now()
      element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      return performance.now() - start
    })
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!
  }, keys)
