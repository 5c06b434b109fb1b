/**
 * The built page in a browser, from the server of the command line. The highlight matches
 * `explain`, with mouse and keyboard. No policy is violated, the console stays empty, and axe finds
 * no problem. Run `npm run build` first, as `npm test` does.
 */

import { request } from 'node:http'
import type { Page } from 'playwright'
import { checkedFit, explain, type Focus, OptionError, parseCase } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { placeOf, randomFractions } from '../src/model/numbers.ts'
import { viewNames } from '../src/state/state.ts'
import { axeFaults } from './axe.ts'
import {
  blankPage,
  drawn,
  giveBack,
  highlighted,
  load,
  open,
  places,
  server,
  workspace,
} from './browser.ts'
import { sweep } from './sweep.ts'

/** The highlighted cells of all planes of an array, as places in row-major order. */
async function litPlaces(page: Page, tensor: string, shape: readonly number[]): Promise<number[]> {
  const [rows, columns] = [shape.length > 3 ? shape.at(-2)! : 1, shape.at(-1)!]
  const places = await page.locator(`[data-tensor="${tensor}"] td[data-tap]`).evaluateAll((cells) =>
    cells.flatMap((cell) => {
      const { tap, row, column } = (cell as HTMLElement).dataset
      const grid = cell.closest('table')?.dataset.grid ?? ''
      return tap === '-1'
        ? []
        : [[Number(/-(\d+)$/.exec(grid)?.[1] ?? 0), Number(row), Number(column)] as const]
    }),
  )
  return places
    .map(([plane, row, column]) => (plane * rows + row) * columns + column)
    .sort((a, b) => a - b)
}

const unique = (places: readonly number[]): number[] => [...new Set(places)].sort((a, b) => a - b)

/**
 * Problems of every rank with channels, groups, strides, dilations and borders, which follow from a
 * seed. Each has at max four planes.
 */
function randomProblems(count: number): (readonly [string, Focus])[] {
  const next = randomFractions(23)
  const from = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(list: readonly T[]): T => list[from(0, list.length - 1)]!
  const cases: (readonly [string, Focus])[] = []
  while (cases.length < count) {
    const rank = from(1, 3)
    const [groups, channelsPerGroup] = rank === 3 ? [1, 1] : [from(1, 2), from(1, 2)]
    const filters = groups * (rank === 3 ? 1 : from(1, 2))
    const list = (min: number, max: number): number[] =>
      Array.from({ length: rank }, () => from(min, max))
    const input = list(rank === 3 ? 2 : 3, rank === 3 ? 3 : 6)
    const problem = [
      `1x${groups * channelsPerGroup}x${input.join('x')} * ${filters}x${channelsPerGroup}x${list(1, 3).join('x')}`,
      `s${list(1, 2)} d${list(1, 2)} p${list(0, 1)} g${groups}`,
      pick(['', 'edge', 'reflect', 'wrap', 'constant=2']),
      pick(['', 'flip']),
    ]
      .filter(Boolean)
      .join(' ')
    try {
      const g = checkedFit(parseCase(problem))
      const output = [0, from(0, filters - 1), ...g.axes.map((axis) => from(0, axis.output - 1))]
      const sample = [0, from(0, g.channels - 1), ...g.axes.map((axis) => from(0, axis.input - 1))]
      cases.push([g.key, next() < 0.6 ? { output } : { input: sample }])
    } catch (error) {
      // The window does not fit, or the axis is too short for a reflection: draws another problem.
      if (!(error instanceof OptionError)) throw error
    }
  }
  return cases
}

test.each(sweep(randomProblems(10), 4))(
  'any problem, highlighted as in explain: %s %o',
  async (problem, focus) => {
    const [[view, index] = ['', []]] = Object.entries(focus)
    const page = await open(
      `#v1&case=${problem.replaceAll(' ', '_')}&views=slide&at=${view}:${index}`,
    )
    const g = parseCase(problem)
    const { taps } = explain(g, focus)
    const outputs = [1, g.filters, ...g.axes.map((axis) => axis.output)]
    const kernels = [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)]
    expect(await litPlaces(page, 'slide-output', outputs)).toEqual(
      unique(taps.map(({ output }) => placeOf(output, outputs))),
    )
    expect(await litPlaces(page, 'slide-kernel', kernels)).toEqual(
      unique(taps.map(({ kernel }) => placeOf(kernel, kernels))),
    )
    const before = g.axes.map((axis) => Math.max(0, axis.before))
    const padded = [
      1,
      g.channels,
      ...g.axes.map((axis, a) => before[a]! + axis.input + Math.max(0, axis.after)),
    ]
    const window = taps.map(({ output, kernel, position }) => {
      const channel =
        Math.floor(output[1]! / (g.filters / g.groups)) * (g.channels / g.groups) + kernel[1]!
      return placeOf([0, channel, ...position.map((at, a) => at + before[a]!)], padded)
    })
    expect(await litPlaces(page, 'slide-input', padded)).toEqual(unique(window))
  },
)

/** Problems and outputs that follow from a seed, small enough for HTML tables. */
function randomCases(count: number): (readonly [string, Focus])[] {
  const next = randomFractions(7)
  const from = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return Array.from({ length: count }, () => {
    const [rows, columns, high, wide] = [from(3, 4), from(3, 4), from(1, 3), from(1, 3)]
    const problem =
      `1x1x${rows}x${columns} * 1x1x${high}x${wide} s${from(1, 2)},${from(1, 2)} ` +
      `p${from(0, 1)}${next() < 0.5 ? ' flip' : ''}`
    const { axes } = parseCase(problem)
    return [problem, { output: [0, 0, ...axes.map(({ output }) => from(0, output - 1))] }] as const
  })
}

describe('every view highlights the products of explain', () => {
  const cases: readonly (readonly [string, Focus])[] = [
    ['1x1x4x5 * 1x1x3x2 p1', { output: [0, 0, 1, 2] }],
    ['1x1x4x5 * 1x1x2x3 s2,1 flip', { input: [0, 0, 2, 3] }],
    ['1x1x5x4 * 1x1x2x2 d2 p1 reflect', { kernel: [0, 0, 1, 0] }],
    ['1x1x3x4 * 1x1x2x2', { toeplitz: [4, 5] }],
    ['1x1x3x4 * 1x1x2x2', { toeplitz: [0, 11] }],
    ['1x1x3x3 * 1x1x2x2 i2 p1', { im2col: [1, 3] }],
    ['1x1x4x5 * 1x1x3x2', { byte: 28 }],
    ...sweep(randomCases(4), 2),
  ]
  test.each(cases)('%s %o', async (problem, focus) => {
    const [[view, index] = ['', []]] = Object.entries(focus)
    const page = await open(
      `#v1&case=${problem.replaceAll(' ', '_')}&views=slide,im2col,toeplitz,memory&at=${view}:${index}`,
    )
    const { taps } = explain(parseCase(problem), focus)
    await page.locator('[data-focus-text]').waitFor()
    expect(await highlighted(page, 'slide-output')).toEqual(
      places(taps.map(({ output }) => output.slice(2))),
    )
    expect(await highlighted(page, 'slide-kernel')).toEqual(
      places(taps.map(({ kernel }) => kernel.slice(2))),
    )
    if ((await page.locator('table.grid[data-grid="im2col"]').count()) > 0)
      expect(await highlighted(page, 'im2col')).toEqual(places(taps.map((tap) => tap.im2col)))
    expect(await highlighted(page, 'toeplitz')).toEqual(
      places(taps.flatMap((tap) => (tap.toeplitz ? [tap.toeplitz] : []))),
    )
    const elements = taps.flatMap(({ byte }) =>
      byte === undefined ? [] : [[Math.floor(byte / 64), (byte % 64) / 4]],
    )
    expect(await highlighted(page, 'memory')).toEqual(places(elements))
  })
})

test('mouse: pointing previews, a click pins, Escape releases, Back restores', async () => {
  const page = await open(workspace)
  const cell = page.locator('table[data-grid="slide-output"] td[data-row="2"][data-column="4"]')
  await cell.hover()
  expect(await page.locator('[data-focus-text]').textContent()).toContain('[0, 0, 2, 4]')
  expect(page.url()).not.toContain('at=')
  await cell.click()
  await page.waitForURL(/at=output:0,0,2,4/)
  await page.mouse.move(0, 0)
  await page.keyboard.press('Escape')
  await page.waitForURL(/at=none/)
  expect(await page.locator('[data-focus-text]').textContent()).not.toContain('[0, 0, 2, 4]')
  await page.locator('[data-theme-now="system"]').click()
  await page.locator('[data-theme-now="light"]').click()
  await page.waitForURL(/theme=dark/)
  await page.goBack()
  await page.waitForURL((url) => !url.hash.includes('theme=dark'))
  expect(await page.locator('html').getAttribute('data-theme')).not.toBe('dark')
  await page.goBack()
  await expect.poll(() => page.locator('[data-focus-text]').textContent()).toContain('[0, 0, 1, 3]')
})

test('flip: both results match explain; a flipped weight selects the weight', async () => {
  const problem = '1x1x4x5 * 1x1x3x2 s2,1 p1'
  const page = await open(`#v1&case=${problem.replaceAll(' ', '_')}&views=flip&at=input:0,0,1,2`)
  const outputs = (text: string): number[] =>
    places(
      explain(parseCase(text), { input: [0, 0, 1, 2] }).taps.map(({ output }) => output.slice(2)),
    )
  expect(await highlighted(page, 'flip-correlation')).toEqual(outputs(problem))
  expect(await highlighted(page, 'flip-convolution')).toEqual(outputs(`${problem} flip`))
  const weights = new Map(
    explain(parseCase(problem), { input: [0, 0, 1, 2] }).taps.map(({ kernel, tap }) => [
      kernel.join(),
      tap,
    ]),
  )
  const shared = explain(parseCase(`${problem} flip`), { input: [0, 0, 1, 2] }).taps.filter(
    ({ kernel }) => weights.has(kernel.join()),
  )
  expect(shared).not.toEqual([])
  for (const { output, kernel } of shared) {
    const cell = page.locator(
      `table[data-grid="flip-convolution"] td[data-row="${output[2]}"][data-column="${output[3]}"]`,
    )
    expect(await cell.getAttribute('data-tap')).toBe(String(weights.get(kernel.join())))
  }
  await page.locator('table[data-grid="flip-turned"] td[data-row="0"][data-column="0"]').click()
  await page.waitForURL(/at=kernel:0,0,2,1/)
  await page.locator('[data-turn]').focus()
  await page.keyboard.press('Home')
  await page.waitForURL(/turn=0/)
  expect(await page.locator('[data-symmetry]').getAttribute('data-symmetry')).toBe('none')
  await page.goto(`${server.address}#v1&case=4x5_*_3x1&k=1,2,1&views=flip`)
  await page.locator('[data-symmetry="same"]').waitFor()
  const shown = await page
    .locator('table[data-grid="flip-difference"] td[data-row]')
    .allTextContents()
  expect(shown.map(Number)).toEqual(Array.from({ length: 10 }, () => 0))
})

test('keyboard: arrows move, Enter pins, a digit edits', async () => {
  const page = await open(workspace)
  await page.locator('table[data-grid="slide-kernel"] td[tabindex="0"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=kernel:0,0,1,1/)
  await page.keyboard.press('F2')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('7')
  await page.keyboard.press('Enter')
  await page.waitForURL(/k=1,-2,0,7,2,-1/)
})

const links = [
  '',
  '#v1&case=64x64_*_3x3_p1&at=output:5,5',
  '#v1&theme=dark&lang=zh',
  '#v1&views=flip',
  workspace,
]

test.each(sweep(links, 2))('axe finds nothing in %s', async (fragment) => {
  const page = await blankPage()
  await page.goto(`${server.address}${fragment}`)
  await page.locator('h1').waitFor()
  expect(await axeFaults(page)).toEqual([])
})

test.each(sweep(['zh', 'en'], 1))(
  'every view on a phone in %s: no horizontal scrolling, large targets, axe',
  async (language) => {
    const page = await blankPage({ viewport: { width: 360, height: 740 } })
    const pairs = Array.from({ length: viewNames.length / 2 }, (_, i) =>
      viewNames.slice(2 * i, 2 * i + 2),
    )
    for (const fragment of [
      ...pairs.map((views) => `views=${views}`),
      'case=1x1x48_*_1x1x8_causal_flip&views=smoothing',
    ]) {
      await load(page, `#v1&lang=${language}&${fragment}`)
      await page.locator('h1').waitFor()
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
      expect(await axeFaults(page, { targets: true })).toEqual([])
    }
  },
  180_000,
)

test('an invalid link, no WebAssembly SIMD, arrays too large for HTML cells', async () => {
  const broken = await open('#nonsense')
  expect(await broken.locator('.notice').textContent()).toContain('v1')
  await giveBack(broken)
  const plain = await open(workspace, (page) =>
    page.addInitScript(() => {
      WebAssembly.validate = () => false
    }),
  )
  expect(await plain.locator('[data-focus-text]').textContent()).toContain('sum')
  await giveBack(plain)
  const large = await open('#v1&case=300x400_*_5x3_p2,1&at=output:200,300&views=slide')
  expect((await drawn(large, 'slide-output')).highlighted).toEqual([[200, 300]])
})

test('the server answers to its own host, with its own files only', async () => {
  const statusOf = (path: string, host?: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(server.address)
      request(
        { port, path, host: '127.0.0.1', ...(host && { headers: { host } }) },
        ({ statusCode }) => resolve(statusCode),
      )
        .on('error', reject)
        .end()
    })
  expect(await statusOf('/')).toBe(200)
  expect(await statusOf('/', 'evil.example')).toBe(403)
  expect(await statusOf('/../package.json')).toBe(404)
  expect(await statusOf('/%2e%2e/package.json')).toBe(404)
})
