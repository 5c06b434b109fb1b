/**
 * What axe finds in a page. The page has no frames, so axe runs in the page itself, and only
 * violations are needed: a path to every element that passes takes long to find.
 *
 * The contrast of a text takes axe longer than all other rules together, and a page has a thousand
 * cells. Texts that look the same in places that look the same have the same contrast: one of them
 * is measured. All other rules see every element.
 */

import axe from 'axe-core'
import type { Page } from 'playwright'

interface AxeOptions {
  /** The selector of the part to look at. Default: the whole page. */
  readonly root?: string
  /** Also looks at the size of targets. */
  readonly targets?: boolean
}

/** axe, and the rule that passes over a text whose look another one has. */
const source = `${axe.source}
axe.configure({ rules: [{ id: 'color-contrast', selector: '*:not([data-same-look])' }] })`

/** What axe finds, each with its first element. */
export async function axeFaults(
  page: Page,
  { root, targets = false }: AxeOptions = {},
): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  await markSameLooks(page, root)
  const faults = await page.evaluate(
    async ([root, targets]) => {
      const { axe: inPage } = globalThis as unknown as { readonly axe: typeof axe }
      const { violations } = await inPage.run(root ?? document, {
        resultTypes: ['violations'],
        rules: { 'target-size': { enabled: targets } },
      })
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
    },
    [root, targets] as const,
  )
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('[data-same-look]'))
      element.removeAttribute('data-same-look')
  })
  return faults
}

/**
 * Marks every text but the first of its look: the same element, classes, colours, font and opacity,
 * below three elements of the same classes.
 */
const markSameLooks = (page: Page, root = 'body'): Promise<void> =>
  page.evaluate((root) => {
    const looks = new Set<string>()
    for (const element of document.querySelectorAll(`:is(${root}) *`)) {
      if (element.childElementCount > 0 || element.textContent?.trim() === '') continue
      const { color, backgroundColor, backgroundImage, fontSize, fontWeight, opacity } =
        getComputedStyle(element)
      const lines: unknown[] = [element.closest('table')?.dataset.grid]
      for (let at: Element | null = element, i = 0; at && i <= 3; at = at.parentElement, i++)
        lines.push(at.tagName, at.getAttribute('class'))
      const look = [
        ...lines,
        color,
        backgroundColor,
        backgroundImage,
        fontSize,
        fontWeight,
        opacity,
      ]
      const key = look.join('|')
      if (looks.has(key)) element.setAttribute('data-same-look', '')
      looks.add(key)
    }
  }, root)
