/**
 * The first screen in a browser: its numbers against the library, Play, mouse, keyboard, touch,
 * links, and a layout in which nothing moves, overlaps or is cut.
 */

import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { conv2d, type NdArray } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { axeFaults } from './axe.ts'
import { giveBack, open, ready, server, watch } from './browser.ts'
import { openAs, phone, show } from './dock-pages.ts'
import { sweep } from './sweep.ts'

const harbour = [...readFileSync(new URL('../src/pictures/harbour.bin', import.meta.url))].map(
  Number,
)
const edges = [-1, 0, 1, -2, 0, 2, -1, 0, 1]

const nested = (values: readonly number[], width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  )

const result: NdArray = conv2d([[nested(harbour, 64)]], [[nested(edges, 3)]])
const resultAt = (x: number, y: number): number => result.data[y * 62 + x]!

const numberOf = (text: string): number => Number(text.replaceAll('−', '-').replace('≈', ''))

const numbersIn = async (page: Page, grid: string): Promise<number[]> =>
  page
    .locator(`.lens-grid.${grid} [data-tap]`)
    .evaluateAll((cells) =>
      cells.map((cell) => (cell as HTMLInputElement).value ?? cell.textContent),
    )
    .then((texts) => texts.map(numberOf))

const sumOf = async (page: Page): Promise<number> =>
  numberOf((await page.locator('[data-sum]').textContent())!)

const placeOf = (page: Page): [x: number, y: number] => {
  const [, y, x] = /at=output:0,0,(\d+),(\d+)/.exec(page.url()) ?? []
  return [Number(x), Number(y)]
}

/** The grey of a pixel of the drawn output, or undefined where nothing is drawn yet. */
const drawnAt = (page: Page, x: number, y: number): Promise<number | undefined> =>
  page.locator('.output-plate > canvas:first-child').evaluate(
    (canvas, [column, row]) => {
      const { width, height } = canvas as HTMLCanvasElement
      const cell = width / 64
      const copy = new OffscreenCanvas(width, height).getContext('2d')!
      copy.drawImage(canvas as HTMLCanvasElement, 0, 0)
      const at = (place: number): number => Math.round((place + 1.5) * cell)
      const [red, green, blue] = copy.getImageData(at(column!), at(row!), 1, 1).data
      return red === green && green === blue ? red : undefined
    },
    [x, y],
  )

test('nine pixels times nine weights are nine products, and their sum is the output', async () => {
  const page = await open()
  expect(await page.locator('h1').textContent()).toContain('multiply, add')
  const samples = [0, 1, 2].flatMap((row) =>
    harbour.slice((23 + row) * 64 + 19, (23 + row) * 64 + 22),
  )
  expect(await numbersIn(page, 'window')).toEqual(samples)
  expect(await numbersIn(page, 'weights')).toEqual(edges)
  expect(await numbersIn(page, 'products')).toEqual(samples.map((value, i) => value * edges[i]!))
  expect(await sumOf(page)).toBe(resultAt(19, 23))
  const sentence = (await page.locator('.sentence').textContent())!
  const [positive, negative, rest] = sentence.match(/\d+/g)!.map(Number)
  expect(positive! - negative!).toBe(rest)
  expect(sentence).toContain('edge')
  // What is drawn is what the frame has passed.
  expect(await drawnAt(page, 19, 23)).toBe(255)
  expect(await drawnAt(page, 30, 5)).toBeGreaterThan(100)
  expect(await drawnAt(page, 40, 30)).toBe(undefined)
})

/** Every sum, and every number of products that wait, until the window leaves its place. */
const watchFirstPlace = (page: Page): Promise<Record<'sums' | 'waiting', number[]>> =>
  page.evaluate(async () => {
    const [sums, waiting]: [number[], number[]] = [[], []]
    const text = (selector: string): string => document.querySelector(selector)!.textContent!
    const place = text('.count')
    await new Promise<void>((done) => {
      new MutationObserver((_, observer) => {
        sums.push(Number(text('[data-sum]').replace('−', '-')))
        waiting.push(document.querySelectorAll('.products .waiting').length)
        if (text('.count') === place) return
        observer.disconnect()
        done()
      }).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      })
    })
    return { sums, waiting }
  })

test('nothing but Play: window, products, sum, place, movement, and it stops', async () => {
  const page = await open()
  const first = watchFirstPlace(page)
  await page.click('#play')
  // The products appear one after the other, and the sum grows with them.
  const { sums, waiting } = await first
  expect(new Set(sums).size).toBeGreaterThan(3)
  expect(Math.max(...waiting)).toBeGreaterThan(Math.min(...waiting))
  await page.locator('#play', { hasText: 'Again' }).waitFor({ timeout: 40_000 })
  expect(await page.locator('.count').textContent()).toBe('2,542 of 2,542')
  expect(await sumOf(page)).toBe(resultAt(61, 40))
  expect(await drawnAt(page, 40, 30)).not.toBe(undefined)
  // Again starts with the first place.
  await page.click('#play')
  await expect.poll(() => page.locator('.count').textContent()).toMatch(/^\d{1,3} of/)
  // The picture follows the text in the next frame.
  await expect.poll(() => drawnAt(page, 40, 30)).toBe(undefined)
  await page.click('#play')
  await page.locator('#play', { hasText: 'Play' }).waitFor()
})

test('reduced motion: Play fills row by row', async () => {
  const page = await openAs({ reducedMotion: 'reduce' }, '#v1&case=3x3_*_2x2&at=output:0,0,0,0')
  await page.click('#play')
  await expect.poll(() => page.locator('.count').textContent()).toBe('4 of 4')
  expect(await page.locator('.products .waiting').count()).toBe(0)
})

test('mouse: dragging moves the frame and draws its way; the output can be clicked', async () => {
  const page = await open()
  const box = (await page.locator('.input-plate').boundingBox())!
  const at = (x: number, y: number): [number, number] => [
    box.x + (x + 1.5) * (box.width / 64),
    box.y + (y + 1.5) * (box.height / 43),
  ]
  await page.locator('.clear').click()
  expect(await page.locator('.output-plate').textContent()).toContain('Nothing yet')
  await page.mouse.move(...at(10, 10))
  await page.mouse.down()
  await page.mouse.move(...at(20, 15), { steps: 3 })
  await page.mouse.up()
  await page.waitForURL(/at=output:0,0,15,20/)
  expect(await sumOf(page)).toBe(resultAt(20, 15))
  expect(await drawnAt(page, 17, 13)).not.toBe(undefined)
  expect(await drawnAt(page, 50, 12)).toBe(undefined)
  expect(await page.locator('.hint').count()).toBe(0)
  const output = (await page.locator('.output-plate').boundingBox())!
  await page.mouse.click(
    output.x + (40 + 1.5) * (output.width / 64),
    output.y + (30 + 1.5) * (output.height / 43),
  )
  await page.waitForURL(/at=output:0,0,30,40/)
  expect(await sumOf(page)).toBe(resultAt(40, 30))
  await page.locator('.transport .scrub').fill('100')
  await page.waitForURL(/at=output:0,0,1,38/)
})

test('pointing at a number shows its product; a weight may be a fraction, not a word', async () => {
  const page = await open()
  await page.locator('.lens-grid.window [data-tap="5"]').hover()
  await expect.poll(() => page.locator('.wire-label').textContent()).toBe('243 × 2 = 486')
  expect(await page.locator('.lens-grid .cell.active').count()).toBe(3)
  await page.mouse.move(5, 5)
  const weight = page.locator('.lens-grid.weights input').first()
  await weight.fill('1/4')
  await page.waitForURL(/k=0.25,0,1/)
  expect((await numbersIn(page, 'products'))[0]).toBe(64 / 4)
  await weight.fill('-0,5')
  await page.waitForURL(/k=-0.5,0,1/)
  await weight.fill('many')
  expect(await weight.getAttribute('aria-invalid')).toBe('true')
  expect((await numbersIn(page, 'products'))[0]).toBe(-32)
  await page.locator('#play').focus()
  expect(await weight.inputValue()).toBe('−0.5')
  // No kernel with a name is chosen any more. A name brings its weights and its divisor.
  expect(await page.locator('.chip[aria-checked="true"]').count()).toBe(0)
  await page.locator('[data-kernel="blur"]').click()
  await page.waitForURL(/k=1,2,1,2,4,2,1,2,1&div=16/)
  const products = await numbersIn(page, 'products')
  expect(await sumOf(page)).toBe(products.reduce((sum, value) => sum + value, 0) / 16)
})

test('keyboard: few stops, arrows move the frame and move in the grids, keys act', async () => {
  const page = await open()
  const stops: string[] = []
  for (let i = 0; i < 15; i++) {
    await page.keyboard.press('Tab')
    stops.push(
      await page.evaluate(() => {
        const { id, className, dataset } = document.activeElement as HTMLElement
        return id || (dataset.tap === undefined ? className : `tap ${dataset.tap}`)
      }),
    )
  }
  expect(stops[0]).toBe('skip')
  expect(stops[1]).toBe('frame')
  // One stop for each grid of the lens, one for all named kernels.
  expect(stops.filter((stop) => stop.startsWith('tap'))).toHaveLength(3)
  expect(stops.filter((stop) => stop === 'chip')).toHaveLength(1)
  expect(stops).toContain('play')
  await page.locator('#frame').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/at=output:0,0,23,20/)
  await page.keyboard.press('Shift+ArrowUp')
  await page.waitForURL(/at=output:0,0,18,20/)
  await page.keyboard.press('End')
  await page.waitForURL(/at=output:0,0,18,61/)
  await page.keyboard.press('Control+Home')
  await page.waitForURL(/at=output:0,0,0,0/)
  expect(await sumOf(page)).toBe(resultAt(0, 0))
  await page.keyboard.press('.')
  await page.waitForURL(/at=output:0,0,0,1/)
  await page.keyboard.press('}')
  await page.waitForURL(/at=output:0,0,1,1/)
  await page.locator('.lens-grid.weights input').first().focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.type('7')
  await page.waitForURL(/k=-1,0,1,-2,7,2,-1,0,1/)
  // Letters and digits in a field are typed, not commands.
  expect(await page.locator('.dock').count()).toBe(0)
  await page.locator('[data-kernel="blur"]').focus()
  await page.keyboard.press('ArrowRight')
  await expect
    .poll(() => page.locator('[data-kernel="sharpen"]').getAttribute('aria-checked'))
    .toBe('true')
  await page.keyboard.press('f')
  await page.waitForURL(/case=[^&]*flip/)
  await page.keyboard.press('?')
  await page.locator('dialog.stage-help').waitFor()
  expect(await axeFaults(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.locator('dialog.stage-help').waitFor({ state: 'detached' })
})

test('a turned kernel is shown as it multiplies, and typed as it is shown', async () => {
  const page = await open('#v1&case=3x3_*_2x2_flip&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&at=output:0,0,0,0')
  expect(await numbersIn(page, 'weights')).toEqual([4, 4, 9, 8])
  expect(await sumOf(page)).toBe(3 * 4 + 9 * 4 + 2 * 9 + 8 * 8)
  await page.locator('.lens-grid.weights input').first().fill('5')
  await page.waitForURL(/k=8,9,4,5/)
  expect(await numbersIn(page, 'weights')).toEqual([5, 4, 9, 8])
})

test("the article's example: 145.06, its own numbers can be typed, and back", async () => {
  const page = await open()
  await page.locator('.article .link').first().click()
  await expect.poll(() => sumOf(page)).toBe(145.06)
  expect(await page.locator('.sentence').textContent()).toContain('145')
  const results = [145.06, 108.06, 108.06, 121.06]
  for (const expected of results) {
    expect(await sumOf(page)).toBe(expected)
    await page.locator('.transport .ghost').nth(1).click()
  }
  await page.locator('#frame').focus()
  await page.keyboard.press('Control+Home')
  await page.locator('.lens-grid.window input').first().fill('4')
  await page.waitForURL(/x=4,9,0/)
  await expect.poll(() => sumOf(page)).toBe(153.06)
  await page.locator('.article .link').first().click()
  await expect.poll(() => sumOf(page)).toBe(resultAt(19, 23))
})

test('touch: a tap moves the frame, the output and opens a view in sight', async () => {
  const page = await openAs(phone)
  const box = (await page.locator('.input-plate').boundingBox())!
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2)
  await page.waitForURL(/at=output/)
  const [x, y] = placeOf(page)
  expect(await sumOf(page)).toBe(resultAt(x, y))
  const output = (await page.locator('.output-plate').boundingBox())!
  await page.touchscreen.tap(output.x + output.width / 4, output.y + output.height / 4)
  await page.waitForURL((url) => !url.hash.includes(`at=output:0,0,${y},${x}`))
  const play = (await page.locator('#play').boundingBox())!
  expect(play.height).toBeGreaterThanOrEqual(44)
  expect(play.y + play.height).toBeLessThanOrEqual(844)
  await page.locator('[data-dock="matrix"]').tap()
  await page.waitForURL(/dock=matrix/)
  await expect
    .poll(async () => {
      const dock = await page.locator('.dock').boundingBox()
      return dock !== null && dock.y >= 0 && dock.y < 600
    })
    .toBe(true)
})

test('links: old ones, a problem that needs the workspace, Back', async () => {
  const page = await open('#v1&at=output:0,0,2,4')
  expect(await page.locator('.stage').count()).toBe(1)
  // The default example of old links: 7·1 − 2·4 + 0·9 …, from the definition.
  expect(await numbersIn(page, 'weights')).toEqual([1, -2, 0, 3, 2, -1])
  await page.goto(`${server.address}#v1&case=2x4x6x5_*_6x2x3x2_g2`)
  await page.locator('[data-grid="slide-input"], [data-canvas]').first().waitFor()
  expect(await page.locator('.stage').count()).toBe(0)
  await page.goto(`${server.address}#v1&views=slide`)
  const grid = page.locator('[role="grid"]').first()
  await grid.waitFor()
  expect(await grid.getAttribute('aria-label')).toContain('Input')
  const cell = page.locator('[role="gridcell"][aria-selected="true"]').first()
  expect(await cell.getAttribute('aria-label')).toMatch(/\d/)
  await page.goBack()
  await page.goBack()
  await page.locator('.stage').waitFor()
})

test('without a link: a change writes one, Back removes it, and a link is read', async () => {
  const page = await open()
  await page.locator('[data-kernel="blur"]').click()
  await page.waitForURL(/#v1&.*k=1,2,1/)
  await page.goBack()
  await page.waitForURL((url) => url.hash === '')
  await expect.poll(() => numbersIn(page, 'weights')).toEqual(edges)
  expect(await sumOf(page)).toBe(resultAt(19, 23))
  const other = await open()
  await other.evaluate(() => {
    location.hash = '#v1&case=3x3_*_2x2&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&at=output:0,0,0,0'
  })
  await expect.poll(() => numbersIn(other, 'weights')).toEqual([8, 9, 4, 4])
  await giveBack(page)
})

test('language and theme change in place, and the link keeps them', async () => {
  const page = await open()
  await page.locator('.bar button').first().click()
  await expect.poll(() => page.locator('h1').textContent()).toContain('卷积')
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans')
  expect(await sumOf(page)).toBe(resultAt(19, 23))
  await page.locator('.bar button').nth(1).click()
  await page.waitForURL(/lang=zh&theme=dark/)
  const dark = await page.locator('.column').evaluate((column) => getComputedStyle(column).color)
  await page.reload()
  await page.locator('#play').waitFor()
  expect(await page.locator('.column').evaluate((column) => getComputedStyle(column).color)).toBe(
    dark,
  )
})

const sizes = sweep(
  [
    [1280, 800],
    [360, 740],
    [1024, 700],
    [1600, 1000],
    [390, 844],
  ] as const,
  2,
)
const problems = [
  '',
  '#v1&case=43x64_*_5x5_p2&x=picture:harbour&k=1,4,6,4,1,4,16,24,16,4,6,24,36,24,6,4,16,24,16,4,1,4,6,4,1&div=256',
  '#v1&case=3x3_*_2x2&x=3,9,0,2,8,1,1,4,8&k=8,9,4,4&bias=0.06',
  '#v1&case=24_*_5&lang=zh',
]

test.each(sizes)('at %i×%i nothing overlaps, is cut or scrolls sideways', async (width, height) => {
  const page = await openAs({ viewport: { width, height } })
  for (const fragment of problems) {
    await show(page, fragment)
    await ready(page)
    expect(await page.locator('#play').isVisible()).toBe(true)
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    ).toBeLessThanOrEqual(0)
    expect(await overlaps(page), fragment).toEqual([])
  }
})

/** Pairs of parts that overlap, and texts that are wider than their cell. */
const overlaps = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const parts = '.bar, h1, .lens, .sum, .sentence, .chip-row, .size, #play, .lead, .article'
    const boxes = [...document.querySelectorAll(parts)]
      .map((part) => ({ name: part.className || part.id, box: part.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && box.height > 1)
    const pairs = boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .filter(
          ({ box }) =>
            Math.min(a.box.right, box.right) - Math.max(a.box.left, box.left) > 1 &&
            Math.min(a.box.bottom, box.bottom) - Math.max(a.box.top, box.top) > 1,
        )
        // On a phone the controls at the foot lie over the page, which scrolls below them.
        .filter(({ name }) => !(innerWidth < 760 && (name === 'primary' || a.name === 'primary')))
        .map(({ name }) => `${a.name} over ${name}`),
    )
    const cut = [...document.querySelectorAll('.lens-grid input, .lens-grid .cell > span')]
      .filter((cell) => cell.scrollWidth > cell.parentElement!.clientWidth + 1)
      .map((cell) => `cut: ${(cell as HTMLInputElement).value ?? cell.textContent}`)
    return [...pairs, ...cut]
  })

test('no part moves while the window moves', async () => {
  const page = await open()
  const tops = (): Promise<string> =>
    page.evaluate(() =>
      [...document.querySelectorAll('.lens-grid, .chips, .transport, .foot, .sum, .sentence')]
        .map((part) => {
          const { top, left } = part.getBoundingClientRect()
          return `${part.className} ${Math.round(left)} ${Math.round(top)}`
        })
        .join(', '),
    )
  for (const name of ['edges-x', 'edges-y', 'emboss', 'blur', 'sharpen']) {
    await page.locator(`[data-kernel="${name}"]`).click()
    await page.waitForTimeout(50)
    const before = await tops()
    for (let i = 0; i < 10; i++) {
      await page.locator('.transport .scrub').fill(String(i * 271))
      expect(await tops(), `${name} ${i}`).toBe(before)
    }
  }
})

test.each([
  ['light', 'en'],
  ['dark', 'zh'],
])('axe finds nothing: %s, %s', async (theme, language) => {
  for (const view of [{ viewport: { width: 1280, height: 800 } }, phone]) {
    const page = await openAs(view, `#v1&theme=${theme}&lang=${language}&${problems[1]!.slice(4)}`)
    expect(await axeFaults(page, { targets: true })).toEqual([])
    await giveBack(page)
  }
})

test('screen readers: one message after the window has come to rest', async () => {
  const page = await open()
  await page.evaluate(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    new MutationObserver(() => {
      const text = document.querySelector('.stage-page > [aria-live]')?.textContent
      if (text && text !== heard.at(-1)) heard.push(text)
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
  // In one task: between the presses of a busy machine, the window would come to rest.
  await page.locator('#frame').evaluate((frame) => {
    for (let i = 0; i < 5; i++)
      frame.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
  })
  await page.waitForFunction(() => (window as unknown as { heard: string[] }).heard.length > 0)
  await page.waitForTimeout(600)
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard)
  expect(heard).toHaveLength(1)
  expect(heard[0]).toContain('row 24, column 25')
})

test('a presentation: digits of 48 px, no controls, a window for the speaker', async () => {
  const page = await openAs({ viewport: { width: 1920, height: 1080 } })
  await page.keyboard.press('p')
  await page.waitForURL(/present=on/)
  await page.locator('.presenting').waitFor()
  const size = await page
    .locator('.lens-grid.window .cell')
    .first()
    .evaluate((cell) => Number.parseFloat(getComputedStyle(cell).fontSize))
  expect(size).toBeGreaterThanOrEqual(48)
  for (const part of ['.bar', '.chips', '.transport', '.foot'])
    expect(await page.locator(part).isVisible()).toBe(false)
  // The presentation is loaded when it starts, so the first move may come too early.
  await expect
    .poll(async () => {
      await page.mouse.move(400, 300)
      await page.mouse.move(410, 300)
      return page.locator('.laser').isVisible()
    })
    .toBe(true)
  await page.keyboard.press('PageDown')
  await page.waitForURL(/at=output:0,0,0,0/)
  await page.keyboard.press('PageDown')
  const largest = Math.max(...Array.from(result.data))
  await expect.poll(() => sumOf(page)).toBe(largest)
  const opened = page.waitForEvent('popup')
  await page.keyboard.press('s')
  const speaker = await opened
  watch(speaker)
  await expect.poll(() => speaker.locator('.now').textContent()).toContain(String(largest))
  // A window that opens ends full screen. The next key returns to it.
  await page.keyboard.press('PageUp')
  await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true)
  await page.keyboard.press('PageDown')
  await speaker.locator('.buttons button').nth(2).click()
  await expect.poll(() => sumOf(page)).toBe(Math.min(...Array.from(result.data)))
  await page.keyboard.press('Escape')
  await page.waitForURL((url) => !url.hash.includes('present=on'))
  await expect.poll(() => speaker.locator('main').textContent()).toContain('ended')
})
