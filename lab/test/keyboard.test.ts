/**
 * The page by keyboard alone, with real key events: characters of other layouts, combinations that
 * belong to the browser, moves in every grid, steps from every place, and a focus that is never
 * lost.
 */

import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { viewNames } from '../src/state/state.ts'
import { giveBack, open, ready } from './browser.ts'
import { show } from './dock-pages.ts'

const [alt, ctrl, meta] = [1, 2, 4]

/** The workspace with some views. */
const usual = '#v1&views=slide,arithmetic,im2col,toeplitz,memory'

/** Presses a key that types a character with modifiers, as the browser reports other layouts. */
async function typeWith(page: Page, key: string, modifiers: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  for (const type of ['rawKeyDown', 'keyUp'] as const)
    await session.send('Input.dispatchKeyEvent', { type, key, modifiers })
  await session.detach()
}

/** The same with the AltGraph modifier, which the browser's protocol cannot send. */
const typeWithAltGraph = (page: Page, key: string, isWindows = false): Promise<boolean> =>
  page.evaluate(
    ([key, isWindows]) =>
      (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent('keydown', {
          key: key as string,
          modifierAltGraph: true,
          ctrlKey: isWindows as boolean,
          altKey: isWindows as boolean,
          bubbles: true,
          cancelable: true,
        }),
      ),
    [key, isWindows] as const,
  )

/** The last keydown: whether the page took it from the browser. */
const watchKeys = (page: Page): Promise<void> =>
  page.evaluate(() => {
    addEventListener('keydown', (event) => {
      document.body.dataset.taken = String(event.defaultPrevented)
    })
  })
const isTaken = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.body.dataset.taken === 'true')

const shownText = (page: Page): Promise<string> => page.locator('[data-focus-text]').innerText()

/** Waits until the address has the pinned focus, such as `output:0,0,1,4`. */
const pinned = (page: Page, at: string): Promise<void> =>
  page.waitForURL((url) => url.hash.includes(`at=${at}`))

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null
    if (!element || element === document.body) return 'lost'
    const { row, column } = element.dataset
    const grid = element.closest('table')?.dataset.grid
    return grid && row
      ? `${grid} ${row},${column}`
      : ((element.id || element.getAttribute('name') || element.textContent) ?? '')
  })

test('characters with AltGr step: alone, as Ctrl+Alt, as Option on a Mac', async () => {
  const page = await open(`${usual}&at=output:0,0,1,3&tap=2`)
  const steps = [
    [']', 'output:0,0,1,4'],
    ['[', 'output:0,0,1,3'],
    ['}', 'output:0,0,2,3'],
    ['{', 'output:0,0,1,3'],
  ] as const
  // The default focus is not in the address, so each way starts elsewhere.
  await page.keyboard.press(']')
  for (const type of [
    (key: string) => typeWithAltGraph(page, key),
    (key: string) => typeWithAltGraph(page, key, true),
    (key: string) => typeWith(page, key, ctrl + alt),
  ]) {
    for (const [key, at] of steps) {
      await type(key)
      const [, , row, column] = at.split(',').map(Number)
      await expect.poll(() => shownText(page)).toContain(`[0, 0, ${row}, ${column! + 1}]`)
    }
  }
  await page.keyboard.press('.')
  await page.waitForURL(/tap=0/)
  await typeWith(page, 'f', ctrl + alt)
  await typeWithAltGraph(page, 'f')
  await page.waitForTimeout(300)
  expect(page.url()).not.toContain('flip')
  await giveBack(page)
  const mac = await open(usual, (page) =>
    page.addInitScript(() => {
      Object.defineProperty(navigator, 'platform', { value: 'MacIntel' })
    }),
  )
  await typeWith(mac, ']', alt)
  await pinned(mac, 'output:0,0,1,4')
})

test('combinations with Ctrl, Meta and Alt stay with the browser, in grids too', async () => {
  const page = await open(`#v1&views=${viewNames}`)
  await watchKeys(page)
  const before = page.url()
  const cell = page.locator('table[data-grid="slide-kernel"] td').nth(1)
  for (const isInGrid of [false, true]) {
    await (isInGrid ? cell.focus() : page.locator('h1').click())
    for (const key of [']', '[', 'f', 'p', '3', '.', ',', '?', ' ', '5', '-'])
      for (const modifiers of [ctrl, meta, alt, ctrl + meta]) {
        await typeWith(page, key, modifiers)
        expect(await isTaken(page), `${key} with ${modifiers}`).toBe(false)
      }
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'PageDown', 'Enter', 'Home'])
      for (const modifiers of [alt, meta + alt, ...(key === 'Home' ? [] : [ctrl, meta])]) {
        await typeWith(page, key, modifiers)
        expect(await isTaken(page), `${key} with ${modifiers}`).toBe(false)
      }
  }
  expect(await focused(page)).toBe('slide-kernel 0,0')
  expect(await page.locator('.cell-editor').count()).toBe(0)
  expect(page.url()).toBe(before)
})

/** The names of the visible grids. */
const gridsOf = (page: Page): Promise<string[]> =>
  page
    .locator('table[data-grid]:has([role="gridcell"])')
    .evaluateAll((all) =>
      all
        .filter((grid) => grid.checkVisibility() && grid.getClientRects().length > 0)
        .map((grid) => (grid as HTMLElement).dataset.grid!),
    )

/** Moves the focus to the first cell of a grid, and to a middle one, as a screen reader does. */
const focusMiddle = (page: Page, name: string): Promise<void> =>
  page.locator(`table[data-grid="${name}"]`).evaluate((grid) => {
    const cells = [...grid.querySelectorAll<HTMLElement>('[role="gridcell"]')]
    cells[0]!.focus()
    cells[cells.length >> 1]!.focus()
  })

test('Enter pins the cell that a screen reader moved to, in every grid', async () => {
  for (const problem of ['5x7_*_3x2_p1,0:1', '1x1x12_*_1x1x4', '40x50_*_3x2']) {
    const page = await open()
    const entered: string[] = []
    // All views follow every step of the focus, so each view is open alone.
    for (const view of viewNames) {
      await show(page, `#v1&case=${problem}&views=${view}&at=none`)
      await ready(page)
      for (const name of await gridsOf(page)) {
        // Enter on an output that the problem lacks switches to its mode (modes.test.ts).
        if (/^modes-(valid|same|same-signal|full)$/.test(name)) continue
        await page.keyboard.press('Escape')
        await focusMiddle(page, name)
        const shown = await shownText(page)
        await page.keyboard.press('Enter')
        expect(await shownText(page), `${name} of ${problem}`).toBe(shown)
        entered.push(name)
      }
    }
    expect(entered.length, problem).toBeGreaterThan(9)
    await giveBack(page)
  }
})

test('a click without a pointer pins the cell of a plane on a canvas', async () => {
  const page = await open('#v1&case=40x50_*_3x2&views=slide&at=none')
  const cell = page.locator('table[data-grid="slide-output"] [role="gridcell"]')
  await cell.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await cell.evaluate((element: HTMLElement) => element.click())
  await pinned(page, 'output:0,0,1,1')
})

test('Home, End, the page keys and Ctrl move in tables and on canvases', async () => {
  const page = await open('#v1&case=14x15_*_3x2&views=slide&at=none')
  await page.locator('table[data-grid="slide-input"] [role="gridcell"]').first().focus()
  const moves = [
    ['End', '0,14'],
    ['PageDown', '10,14'],
    ['PageDown', '13,14'],
    ['Home', '13,0'],
    ['PageUp', '3,0'],
    ['Control+End', '13,14'],
    ['Control+Home', '0,0'],
    ['ArrowLeft', '0,0'],
    ['ArrowDown', '1,0'],
  ] as const
  for (const [key, at] of moves) {
    await page.keyboard.press(key)
    expect(await focused(page), key).toBe(`slide-input ${at}`)
  }
  await giveBack(page)
  const large = await open('#v1&case=40x300_*_3x2&views=slide&at=none')
  await large.locator('table[data-grid="slide-input"] [role="gridcell"]').focus()
  for (const [key, at] of [
    ['End', '0,299'],
    ['PageDown', '10,299'],
    ['Control+End', '39,299'],
    ['Home', '39,0'],
    ['Control+Home', '0,0'],
  ] as const) {
    await large.keyboard.press(key)
    await expect.poll(() => focused(large), { message: key }).toBe(`slide-input ${at}`)
  }
})

test('after Escape a step goes to the first output, or back to the last', async () => {
  const page = await open(usual)
  for (const [key, at] of [
    [']', 'output:0,0,0,0'],
    ['[', 'output:0,0,4,6'],
    ['}', 'output:0,0,0,0'],
    ['{', 'output:0,0,4,6'],
    ['.', 'output:0,0,0,0&tap=0'],
    [',', 'output:0,0,4,6&tap=5'],
  ] as const) {
    await page.keyboard.press('Escape')
    await pinned(page, 'none')
    await page.keyboard.press(key)
    await pinned(page, at)
  }
})

test('Play on the last output starts again from the first', async () => {
  const page = await open('#v1&views=slide&at=output:0,0,4,6')
  // All places are recorded: on a busy machine the window is gone before it is looked at.
  await page.evaluate(() => {
    const places: string[] = []
    Object.assign(globalThis, { places })
    new MutationObserver(() => {
      const line = document.querySelector('[data-focus-text]')!.textContent!
      const [at = ''] = /\[[\d, ]+\]/.exec(line) ?? []
      if (places.at(-1) !== at) places.push(at)
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  await page.keyboard.press(' ')
  await page.waitForFunction(
    () => (globalThis as unknown as { places: readonly string[] }).places.length > 2,
  )
  await page.keyboard.press(' ')
  const places = await page.evaluate(
    () => (globalThis as unknown as { places: readonly string[] }).places,
  )
  expect(places.slice(0, 3)).toEqual(['[0, 0, 0, 0]', '[0, 0, 0, 1]', '[0, 0, 0, 2]'])
  const place = await shownText(page)
  await page.waitForTimeout(800)
  expect(await shownText(page)).toBe(place)
})

test('in a presentation the page keys step from a cell and from a slider too', async () => {
  const page = await open('#v1&present=on&views=slide')
  await page.locator('table[data-grid="slide-kernel"] td[tabindex="0"]').focus()
  await page.keyboard.press('PageDown')
  await pinned(page, 'output:0,0,1,4')
  await page.locator('.scrub').focus()
  await page.keyboard.press('PageDown')
  await pinned(page, 'output:0,0,1,5')
})

test('single keys work while a slider or a checkbox has the focus', async () => {
  const page = await open('#v1&views=slide')
  await page.locator('.scrub').focus()
  await page.keyboard.press(']')
  await pinned(page, 'output:0,0,1,4')
  await page.locator('.view-slide input[type="checkbox"]').focus()
  await page.keyboard.press(']')
  await pinned(page, 'output:0,0,1,5')
})

test('the first Tab reaches a link to the views; it stays hidden otherwise', async () => {
  const page = await open(usual)
  const skip = page.locator('.skip')
  const size = () => skip.evaluate((element) => element.getBoundingClientRect().width)
  expect(await size()).toBeLessThanOrEqual(2)
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe(await skip.textContent())
  expect(await size()).toBeGreaterThan(50)
  const before = page.url()
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true)
  expect(page.url()).toBe(before)
})

/** Records every moment at which nothing has the focus. */
const watchFocus = (page: Page): Promise<void> =>
  page.evaluate(() => {
    document.body.dataset.lost = ''
    const look = (): void => {
      const { activeElement: at } = document
      if (!at || at === document.body || at.matches(':disabled')) document.body.dataset.lost += '.'
      requestAnimationFrame(look)
    }
    look()
  })
const lost = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.body.dataset.lost)

test('typing numbers never loses the focus', async () => {
  const page = await open('#v1&views=slide,arithmetic,flip')
  await page.locator('table[data-grid="slide-kernel"] td').nth(1).focus()
  await watchFocus(page)
  for (const keys of [
    ['7', 'Enter'],
    ['F2', 'Escape'],
    ['F2', 'Enter'],
    ['-', '3', 'Enter'],
  ]) {
    for (const key of keys) await page.keyboard.press(key)
    expect(await focused(page)).toBe('slide-kernel 0,0')
  }
  await page.keyboard.press('ArrowRight')
  expect(await focused(page)).toBe('slide-kernel 0,1')
  expect(await lost(page)).toBe('')
})

test('changing the problem never loses the focus', async () => {
  const page = await open('#v1&views=slide,toeplitz,modes')
  await page.locator('.task > summary').click()
  await page.locator('#problem').focus()
  await watchFocus(page)
  await page.keyboard.press('Control+A')
  await page.keyboard.type('6x6 * 3x3')
  await page.keyboard.press('Enter')
  await page.waitForURL(/6x6/)
  expect(await focused(page)).toBe('problem')
  expect(await page.locator('#problem').inputValue()).toBe('1x1x6x6 * 1x1x3x3')
  await page.locator('[name="input-1"]').focus()
  await page.keyboard.press('ArrowUp')
  await page.waitForURL(/6x7/)
  await page.keyboard.press('ArrowUp')
  await page.waitForURL(/6x8/)
  expect(await focused(page)).toBe('input-1')
  await page.locator('[name="axes"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.waitForURL(/6x6x8/)
  expect(await focused(page)).toBe('axes')
  await page.keyboard.press('ArrowUp')
  await page.waitForURL(/1x6x8/)
  await page.locator('[data-grow="-1"]').focus()
  for (let times = 0; times < 3; times++) await page.keyboard.press('Enter')
  // The button is disabled now, because no smaller window fits. The other one has the focus.
  expect(await page.locator('[data-grow="-1"]').isDisabled()).toBe(true)
  expect(
    await page.locator('[data-grow="1"]').evaluate((it) => it === document.activeElement),
  ).toBe(true)
  await page.locator('[data-mode="full"] button').focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/p2/)
  expect(
    await page.evaluate(() => document.activeElement?.closest('[data-mode="full"]') !== null),
  ).toBe(true)
  expect((await lost(page))!.length).toBeLessThanOrEqual(2)
})

test('language, theme, unpinning, a closed view and the help never lose the focus', async () => {
  const page = await open('#v1&views=slide,flip')
  const language = page.locator('.settings [data-language]')
  await language.focus()
  await watchFocus(page)
  await page.keyboard.press('Enter')
  await page.waitForURL(/lang=zh/)
  expect(await language.evaluate((it) => it === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  const theme = page.locator('.settings [data-theme-now]')
  await theme.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/theme=light/)
  expect(await theme.evaluate((it) => it === document.activeElement)).toBe(true)
  const unpin = page.locator('.focus-line button')
  await unpin.focus()
  await page.keyboard.press('Enter')
  await pinned(page, 'none')
  expect(await unpin.evaluate((it) => it === document.activeElement)).toBe(true)
  const help = page.locator('.settings button[aria-haspopup]')
  await help.focus()
  await page.keyboard.press('Enter')
  await page.locator('dialog.help').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('dialog.help').waitFor({ state: 'hidden' })
  expect(await help.evaluate((it) => it === document.activeElement)).toBe(true)
  await page.locator('[data-turn]').focus()
  await page.keyboard.press('3')
  await page.locator('#title-flip').waitFor({ state: 'detached' })
  expect(await focused(page)).not.toBe('lost')
  expect((await lost(page))!.length).toBeLessThanOrEqual(2)
})

/** Closes a dialog and presses a key at once: the browser has no time for a frame between them. */
const closeAndPress = (page: Page, key: string): Promise<boolean> =>
  page.evaluate(async (key) => {
    document.querySelector<HTMLDialogElement>('dialog[open]')!.close()
    await new Promise((done) => setTimeout(done))
    const init = { key, bubbles: true, cancelable: true }
    return document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', init))
  }, key)

test('a key that comes as a dialog closes is not lost', async () => {
  for (const [link, keys, help] of [
    ['#v1', ['?', 'o'], 'dialog.stage-help'],
    [usual, ['?', 'e'], 'dialog.help'],
  ] as const) {
    const page = await open(link)
    for (const key of keys) {
      await page.keyboard.press(key)
      await page.locator('dialog[open]').waitFor()
      await closeAndPress(page, '?')
      await page.locator(help).waitFor()
      await closeAndPress(page, 'f')
      await page.waitForURL((url) => url.hash.includes('flip') === (key === '?'))
    }
    await giveBack(page)
  }
  const page = await open()
  await page.getByRole('button', { name: 'More' }).click()
  await page.locator('dialog.menu').waitFor()
  await closeAndPress(page, '?')
  await page.locator('dialog.stage-help').waitFor()
})

test('keys do nothing to the page behind a dialog', async () => {
  for (const link of ['#v1&story=list', `${usual}&story=list`]) {
    const page = await open(link)
    await page.locator('dialog.story-list').waitFor()
    await watchKeys(page)
    const before = page.url()
    for (const key of ['.', ']', 'f', 'p', 'o', '?', '3']) {
      await page.keyboard.press(key)
      expect(await isTaken(page), key).toBe(false)
    }
    expect(page.url()).toBe(before)
    await giveBack(page)
  }
})

test('a grid that becomes a canvas, and a table again, keeps the focus', async () => {
  const page = await open('#v1&case=23x23_*_3x2&views=slide,toeplitz&at=none')
  await page.locator('table[data-grid="slide-input"] [role="gridcell"]').nth(40).focus()
  for (const problem of ['40x40_*_3x2', '5x5_*_3x2']) {
    await page.evaluate((hash) => {
      location.hash = hash
    }, `#v1&case=${problem}&views=slide,toeplitz&at=none`)
    await expect.poll(() => focused(page)).toMatch(/^slide-input/)
  }
})
