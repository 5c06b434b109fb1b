/**
 * What a screen reader gets: the tree of the browser, and the messages of live regions with their
 * times.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { viewNames } from '../src/state/state.ts'
import { axeFaults } from './axe.ts'
import { open } from './browser.ts'
import { sweep } from './sweep.ts'

const all = `views=${viewNames.join()}`
/** Links that show every view, with planes as tables, on canvases, with channels, as a signal. */
const links = [
  all,
  `case=1x2x5x6_*_2x2x3x2_p1&${all}`,
  `case=40x50_*_3x2&at=output:5,5&${all}`,
  'case=1x1x48_*_1x1x8_causal_flip&x=signal:step,0.8,3&views=smoothing,arithmetic',
]

interface Node {
  readonly role: string
  readonly name: string
  readonly grid: string
}

/** All nodes that the browser shows to screen readers; `grid` is the name of the grid around. */
async function nodesOf(page: Page): Promise<readonly Node[]> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const textOf = (value: { value?: unknown } | undefined): string => String(value?.value ?? '')
  return nodes
    .filter((node) => !node.ignored)
    .map((node) => {
      let grid = ''
      for (let at = byId.get(node.parentId ?? ''); at; at = byId.get(at.parentId ?? ''))
        if (textOf(at.role) === 'grid') grid = textOf(at.name) || 'without a name'
      return { role: textOf(node.role), name: textOf(node.name), grid }
    })
}

test.each(links)('every grid has a name, and a cell is read once: %s', async (link) => {
  const page = await open(`#v1&${link}`)
  // Closed parts are not in the tree.
  await page.evaluate(() => {
    for (const part of document.querySelectorAll('details')) part.open = true
  })
  const nodes = await nodesOf(page)
  const grids = nodes.filter(({ role }) => role === 'grid')
  expect(grids.length).toBeGreaterThan(0)
  expect(grids.filter(({ name }) => name.trim() === '')).toEqual([])
  const inGrids = nodes.filter(({ grid }) => grid !== '')
  expect(inGrids.filter(({ role }) => /columnheader|rowheader/.test(role))).toEqual([])
  const cells = inGrids.filter(({ role }) => /gridcell/i.test(role))
  expect(cells.length).toBeGreaterThan(0)
  // Each cell names its place, by row and column or by its index, and does so once.
  const timesPlaced = (name: string): number =>
    name.match(/row -?\d+, column -?\d+/g)?.length ?? (/\[\d/.test(name) ? 1 : 0)
  expect(cells.filter(({ name }) => timesPlaced(name) !== 1)).toEqual([])
})

test.each(links)('every chart has a name and a description: %s', async (link) => {
  const page = await open(`#v1&${link}`)
  const charts = await page.locator('main svg').evaluateAll((svgs) =>
    svgs
      .filter(
        (svg) => svg.getClientRects().length > 0 && svg.getAttribute('aria-hidden') !== 'true',
      )
      .map((svg) => ({
        role: svg.getAttribute('role'),
        name: svg.getAttribute('aria-label') ?? '',
        description: (
          document.getElementById(svg.getAttribute('aria-describedby') ?? '') ??
          svg.closest('figure')?.querySelector('figcaption')
        )?.textContent,
        class: svg.getAttribute('class') ?? svg.closest('figure')?.className,
      })),
  )
  for (const chart of charts) {
    expect(chart.role, chart.class).toBe('img')
    expect(chart.name.length, chart.class).toBeGreaterThan(5)
    expect(chart.description?.length, chart.class).toBeGreaterThan(5)
  }
})

interface Message {
  readonly time: number
  readonly text: string
}

/** Records the texts of all live regions, and the times at which the focus line changes. */
const listen = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const log = { messages: [] as Message[], changes: [] as number[] }
    Object.assign(globalThis, { log })
    const regions = '[role="status"], [role="alert"], [aria-live]:not([aria-live="off"])'
    new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement
        const text = element?.closest(regions)?.textContent
        if (text) log.messages.push({ time: performance.now(), text })
        if (element?.closest('[data-focus-text]')) log.changes.push(performance.now())
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true })
  })
const heard = (page: Page): Promise<{ messages: Message[]; changes: number[] }> =>
  page.evaluate(() => {
    const { log } = globalThis as unknown as {
      log: { messages: Message[]; changes: number[] }
    }
    const result = { messages: [...log.messages], changes: [...log.changes] }
    log.messages.length = 0
    log.changes.length = 0
    return result
  })

/**
 * Every message comes after a rest of the focus. A busy machine makes rests of its own, so the
 * messages are not counted but compared with the changes before them.
 */
async function expectRests(page: Page, leastChanges: number): Promise<void> {
  const last = await page.locator('[data-focus-text]').textContent()
  await expect.poll(() => page.locator('[data-announced]').textContent()).toBe(last)
  const { messages, changes } = await heard(page)
  expect(changes.length).toBeGreaterThanOrEqual(leastChanges)
  expect(messages.at(-1)?.text).toBe(last)
  for (const { time } of messages) {
    const before = changes.filter((change) => change < time)
    expect(time - before.at(-1)!).toBeGreaterThan(340)
  }
}

test('a message comes when the focus has rested, with the mouse and with keys', async () => {
  const page = await open('#v1&views=slide,arithmetic,memory')
  await listen(page)
  const cells = page.locator('table[data-grid="slide-input"] td[data-kind="value"]')
  for (let i = 0; i < 12; i++) await cells.nth(i).hover({ force: true })
  await expectRests(page, 9)
  await cells.nth(2).focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight')
  await expectRests(page, 4)
})

test('no message while the window plays, and one when it stops', async () => {
  const page = await open('#v1&views=slide,arithmetic,memory&at=output:0,0,0,0')
  await page.locator('.transport select').last().selectOption('10')
  await listen(page)
  await page.locator('.transport .primary').focus()
  await page.keyboard.press('Enter')
  // Longer than a rest would be.
  await page.waitForTimeout(1500)
  const playing: { messages: Message[]; changes: number[] } = { messages: [], changes: [] }
  await expect
    .poll(async () => {
      const { messages, changes } = await heard(page)
      playing.messages.push(...messages)
      playing.changes.push(...changes)
      return playing.changes.length
    })
    .toBeGreaterThan(5)
  expect(playing.messages).toEqual([])
  await page.keyboard.press('Enter')
  const last = await page.locator('[data-focus-text]').textContent()
  await expect.poll(() => page.locator('[data-announced]').textContent()).toBe(last)
  expect((await heard(page)).messages.map(({ text }) => text)).toEqual([last])
})

test('the help is a dialog with a name, and the focus is in it', async () => {
  const page = await open('#v1&views=slide')
  await page.locator('.settings button[aria-haspopup="dialog"]').click()
  await page.locator('dialog.help').waitFor()
  const nodes = await nodesOf(page)
  expect(nodes.filter(({ role }) => role === 'dialog').map(({ name }) => name)).toEqual(['Help'])
  expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true)
})

/** Words in Chinese pages that are neither code nor names. */
const englishOf = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found: string[] = []
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const isCode = node.parentElement?.closest('code, pre, script, noscript, [lang="en"]')
      if (!isCode && /[A-Za-z]{2,}( [A-Za-z]+){2,}/.test(node.textContent ?? ''))
        found.push(node.textContent ?? '')
    }
    return found
  })

const looks = [
  ['zh', 'dark', links[0]],
  ['en', 'light', links[3]],
  ['en', 'light', links[0]],
  ['en', 'dark', links[1]],
] as const

test.each(sweep(looks, 2))(
  'axe finds nothing: %s, %s, %s',
  { timeout: 180_000 },
  async (language, theme, link) => {
    const page = await open(`#v1&lang=${language}&theme=${theme}&${link}`)
    expect(await axeFaults(page)).toEqual([])
    if (language === 'zh') expect(await englishOf(page)).toEqual([])
  },
)
