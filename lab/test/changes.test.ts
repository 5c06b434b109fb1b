/**
 * A page that changes from one problem to another has the same highlight in every view as a new
 * page at the same link. And pointing never moves a grid under the pointer.
 */

import type { Page } from 'playwright'
import { checkedFit, OptionError, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { randomFractions } from '../src/model/numbers.ts'
import { viewNames } from '../src/state/state.ts'
import { giveBack, open, workspace } from './browser.ts'
import { isWhole, sweep } from './sweep.ts'

/**
 * Every highlighted cell of the page with its grid, place and attributes; canvases by their pixels.
 */
const highlights = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const attributes = ['row', 'column', 'tap', 'count', 'note', 'self', 'active']
    const cells = [
      ...document.querySelectorAll<HTMLElement>('td[data-tap], td[aria-selected]'),
    ].map((cell) => {
      const grid = cell.closest('table')?.dataset.grid
      return (
        `${grid} ${attributes.map((name) => cell.dataset[name]).join(' ')} ` +
        `${cell.getAttribute('aria-selected')}`
      )
    })
    const pixels = [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-canvas]')].map(
      (canvas) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!
        copy.drawImage(canvas, 0, 0)
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height)
        return (
          `${canvas.dataset.canvas} ` +
          `${data.reduce((sum, value, i) => (value === 0 ? sum : (sum * 31 + value + i) % 1_000_003), 7)}`
        )
      },
    )
    const focus = document.querySelector('[data-focus-text]')?.textContent
    return [...cells, ...pixels, `focus: ${focus}`].sort()
  })

/** Views out of sight follow some frames later. */
const settle = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 12; frame++)
      await new Promise((done) => requestAnimationFrame(done))
  })

/** Links of small random problems, each with a focus in a random view, or without one. */
function randomLinks(count: number): readonly string[] {
  const next = randomFractions(31)
  const from = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const links: string[] = []
  while (links.length < count) {
    const [groups, channels, filters] = [from(1, 2), from(1, 2), from(1, 2)]
    const extents = (min: number, max: number): string => `${from(min, max)}x${from(min, max)}`
    const text =
      `1x${groups * channels}x${extents(3, 7)} * ` +
      `${groups * filters}x${channels}x${extents(1, 3)} ` +
      `s${from(1, 2)},${from(1, 2)} p${from(0, 1)} g${groups}${next() < 0.4 ? ' flip' : ''}`
    try {
      const g = checkedFit(parseCase(text))
      const output = [0, from(0, g.filters - 1), ...g.axes.map((axis) => from(0, axis.output - 1))]
      const input = [0, from(0, g.channels - 1), ...g.axes.map((axis) => from(0, axis.input - 1))]
      const kernel = [
        from(0, g.filters - 1),
        from(0, channels - 1),
        ...g.axes.map((axis) => from(0, axis.kernel - 1)),
      ]
      const focus = [`output:${output}`, `input:${input}`, `kernel:${kernel}`, 'none'][from(0, 3)]
      links.push(
        `#v1&case=${g.key.replaceAll(' ', '_')}&x=seed:${from(1, 9)}&at=${focus}&views=${viewNames.join()}`,
      )
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
    }
  }
  return links
}

const goTo = (page: Page, link: string): Promise<void> =>
  page.evaluate((hash) => {
    location.hash = hash
  }, link)

test('a page that changes the problem, and goes Back, equals a new page', async () => {
  const links = randomLinks(isWhole ? 9 : 4)
  const page = await open(links[0])
  const fresh = new Map<string, readonly string[]>()
  for (const link of links) {
    const other = await open(link)
    await settle(other)
    fresh.set(link, await highlights(other))
    await giveBack(other)
  }
  for (const link of links.slice(1)) {
    await goTo(page, link)
    await settle(page)
    expect(await highlights(page), `to ${link}`).toEqual(fresh.get(link))
  }
  for (const link of links.slice(0, -1).toReversed()) {
    await page.goBack()
    await settle(page)
    expect(await highlights(page), `back to ${link}`).toEqual(fresh.get(link))
  }
})

test('an example, then Escape: nothing stays highlighted', async () => {
  const page = await open(workspace)
  await page.locator('.task > summary').click()
  for (const name of [
    'everything',
    'signal',
    ...sweep(['article1', 'article2', 'layer', 'first'], 1),
  ]) {
    await page.locator('.examples select').selectOption(name)
    await settle(page)
    await page.keyboard.press('Escape')
    await settle(page)
    expect(
      (await highlights(page)).filter((line) => !/ 7$|^focus/.test(line)),
      name,
    ).toEqual([])
  }
})

/** The position of every grid, from the top of the page. */
const tops = (page: Page): Promise<Readonly<Record<string, number>>> =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('table[data-grid]')].map((grid) => [
        grid.dataset.grid,
        Math.round(grid.getBoundingClientRect().top + scrollY),
      ]),
    ),
  )

test.each(sweep([360, 1280], 1))(
  'pointing at a cell moves no grid, in a page %i pixels wide',
  async (width) => {
    const page = await open(`#v1&at=none&views=${viewNames.join()}`)
    await page.setViewportSize({ width, height: 900 })
    await settle(page)
    const before = await tops(page)
    const names = Object.keys(before)
    expect(names.length).toBeGreaterThan(8)
    for (const name of names) {
      const cells = page.locator(`table.grid[data-grid="${name}"] td[role="gridcell"]`)
      const count = await cells.count()
      for (const place of count === 0 ? [] : sweep([count - 1, count >> 1], 1)) {
        await cells.nth(place).hover({ force: true })
        await settle(page)
        expect(await tops(page), `over cell ${place} of ${name}`).toEqual(before)
      }
    }
  },
)

const cell = (page: Page, grid: string, place: number) =>
  page.locator(`table[data-grid="${grid}"] td[role="gridcell"]`).nth(place)

test('typing a number over a cell keeps every character of it', async () => {
  const page = await open('#v1&views=slide,arithmetic')
  const weight = cell(page, 'slide-kernel', 1)
  for (const [typed, shown] of [
    ['7', '7'],
    ['42', '42'],
    ['-5', '−5'],
    ['−2,5', '−2.5'],
    ['.5', '0.5'],
    ['1e3', '1000'],
    ['145.06', '145.06'],
  ] as const) {
    await weight.focus()
    for (const key of typed) await page.keyboard.press(key === '−' ? '-' : key)
    await page.keyboard.press('Enter')
    await expect.poll(() => weight.textContent()).toBe(shown)
  }
  await weight.focus()
  await page.keyboard.press('F2')
  expect(await weight.locator('input').inputValue()).toBe('145.06')
  await page.keyboard.press('Escape')
  expect(await weight.textContent()).toBe('145.06')
})

test('text that is not a number changes nothing and shows a message', async () => {
  const page = await open('#v1&views=slide,arithmetic')
  const weight = cell(page, 'slide-kernel', 1)
  const before = await weight.textContent()
  for (const typed of ['4x', '1-2', '--', '5 6']) {
    await weight.focus()
    for (const key of typed) await page.keyboard.press(key)
    await page.keyboard.press('Enter')
    expect(await weight.locator('[role="alert"]').textContent()).toContain(typed)
    expect(await weight.locator('input').inputValue()).toBe(typed)
    await page.keyboard.press('Escape')
    expect(await weight.textContent()).toBe(before)
  }
  await weight.focus()
  await page.keyboard.type('4x')
  await page.locator('.task > summary').focus()
  expect(await weight.textContent()).toBe(before)
  expect(await page.locator('[role="alert"]').textContent()).toContain('4x')
})

test('the focus line has exact numbers; cells mark rounded ones with "≈"', async () => {
  const numbers =
    'case=1x1x2x2_*_1x1x2x2&x=145,123456.789,0,1&k=1,0,0,0&bias=0.06&at=output:0,0,0,0&views=slide,arithmetic'
  const page = await open(`#v1&${numbers}`)
  expect(await cell(page, 'slide-output', 0).textContent()).toBe('145.06')
  expect(await cell(page, 'slide-input', 1).textContent()).toBe('≈123457')
  expect(await cell(page, 'slide-input', 1).getAttribute('aria-label')).toContain('123456.79')
  expect(await page.locator('[data-focus-text]').textContent()).toContain(
    '145 + bias 0.06 = 145.06',
  )
})
