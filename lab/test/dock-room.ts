/**
 * Does a docked view have room? Nothing leaves it, no digits are cut, and no text lies on another.
 */

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'

/** The sizes and languages in which every docked view is checked. */
export const screens = [
  { width: 1280, height: 800, language: 'en' },
  { width: 1024, height: 700, language: 'en' },
  { width: 1920, height: 1080, language: 'zh' },
  { width: 390, height: 844, language: 'en' },
  { width: 390, height: 844, language: 'zh' },
] as const

/** What has no room, as text. `digits`: a selector of cells with digits. */
export const faultsOfRoom = (page: Page, digits: string): Promise<string[]> =>
  page.evaluate((selector) => {
    const faults: string[] = []
    const dock = document.querySelector('.dock')!
    const box = dock.getBoundingClientRect()
    if (box.right > innerWidth + 1) faults.push('the dock leaves the page')
    for (const part of dock.querySelectorAll<HTMLElement>('*'))
      if (part.getBoundingClientRect().right > box.right + 3)
        faults.push(`${part.className} leaves`)
    for (const cell of dock.querySelectorAll<HTMLElement>(selector)) {
      const text = cell.textContent ?? ''
      if (text === '' || cell.getClientRects().length === 0) continue
      const range = document.createRange()
      range.selectNodeContents(cell)
      const [inner, outer] = [range.getBoundingClientRect(), cell.getBoundingClientRect()]
      if (inner.width > outer.width + 0.5) faults.push(`${text} is wider than its cell`)
      if (Number.parseFloat(getComputedStyle(cell).fontSize) < 12) faults.push(`${text} is small`)
    }
    const parts = [...dock.querySelectorAll('.caption, .page-buttons button, .dock-buttons button')]
    const figure = dock.querySelector('[role="grid"]')
    if (figure) parts.push(figure)
    const boxes = parts.map((part) => part.getBoundingClientRect())
    boxes.forEach((a, i) => {
      boxes.slice(i + 1).forEach((b, j) => {
        if (
          a.left < b.right - 1 &&
          b.left < a.right - 1 &&
          a.top < b.bottom - 1 &&
          b.top < a.bottom - 1
        )
          faults.push(`“${parts[i]!.textContent}” lies on “${parts[i + 1 + j]!.textContent}”`)
      })
    })
    return faults
  }, digits)

/** What axe finds in the docked view, as text. */
export async function faultsOfAccess(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include('.dock').analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}
