/**
 * Views of the memory in a browser. Touched elements and bounds match a count over every index. A
 * view that leaves the memory shows the library's message. −99 changes every cell at its address,
 * and the input. Mouse, keyboard and axe.
 */

import { asStrided, explain, type Focus, im2col, ndarray, parseCase } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { randomFractions } from '../src/model/numbers.ts'
import { valuesOf } from '../src/model/values-of.ts'
import { inputRange } from '../src/model/view-model.ts'
import { axeFaults } from './axe.ts'
import { giveBack, highlighted, open, places } from './browser.ts'
import { sweep } from './sweep.ts'

interface Spec {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

const sampleCount = 24

function randomSpecs(count: number): Spec[] {
  const next = randomFractions(11)
  const from = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return Array.from({ length: count }, () => {
    const rank = from(1, 4)
    return {
      shape: Array.from({ length: rank }, () => from(1, 4)),
      strides: Array.from({ length: rank }, () => from(-6, 7)),
      offset: from(-3, sampleCount + 2),
    }
  })
}

const every = ({ shape, strides, offset }: Spec): number[] =>
  shape.reduce<number[]>(
    (all, extent, axis) =>
      all.flatMap((at) => Array.from({ length: extent }, (_, i) => at + i * strides[axis]!)),
    [offset],
  )

test.each(sweep(randomSpecs(8), 4))('$shape $strides $offset', async (spec) => {
  const page = await open(
    `#v1&case=4x6_*_2x3&views=memory&view=${spec.shape.join('x')}/${spec.strides.join('x')}/${spec.offset}&at=byte:20`,
  )
  const addresses = every(spec)
  const inside = addresses.filter((address) => address >= 0 && address < sampleCount)
  const counts = Array.from(
    { length: sampleCount },
    (_, element) => inside.filter((address) => address === element).length,
  )
  const of = (test: (count: number) => boolean): number => counts.filter(test).length
  expect(await page.locator('[data-touches]').getAttribute('data-touches')).toBe(
    `${of((n) => n === 1)},${of((n) => n > 1)},${of((n) => n === 0)}`,
  )
  expect(await page.locator('[data-least]').getAttribute('data-least')).toBe(
    String(Math.min(...addresses)),
  )
  expect(await page.locator('[data-greatest]').getAttribute('data-greatest')).toBe(
    String(Math.max(...addresses)),
  )
  const isInside = inside.length === addresses.length
  expect(await page.locator('[data-proof]').getAttribute('data-proof')).toBe(
    isInside ? 'inside' : 'outside',
  )
  if (!isInside) {
    expect(() => asStrided(new Float32Array(sampleCount), spec)).toThrow()
    expect(await page.locator('.ghosts li').count()).toBe(
      Math.min(25, new Set(addresses).size - new Set(inside).size),
    )
  }
  const cells = await page
    .locator('[data-tensor="view"] td[data-row]')
    .evaluateAll((all) => all.map((cell) => (cell as HTMLElement).dataset.self))
  expect(cells.filter((self) => self === 'true').length).toBe(
    Math.min(cells.length, addresses.filter((address) => address === 5).length),
  )
})

/** Problems with a view of their input, and a focus on an output, a sample or a byte. */
function randomProblems(count: number): { problem: string; focus: Focus; spec: Spec }[] {
  const next = randomFractions(23)
  const from = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return Array.from({ length: count }, (_, i) => {
    const [rows, columns, high, wide] = [from(3, 5), from(3, 6), from(1, 3), from(1, 3)]
    const problem =
      `1x1x${rows}x${columns} * 1x1x${high}x${wide} s${from(1, 2)},${from(1, 2)} ` +
      `p${from(0, 1)}${next() < 0.5 ? ' flip' : ''}`
    const { axes } = parseCase(problem)
    const [row, column] = [from(0, rows - 1), from(0, columns - 1)]
    const focuses: readonly Focus[] = [
      { output: [0, 0, ...axes.map(({ output }) => from(0, output - 1))] },
      { input: [0, 0, row, column] },
      { byte: (row * columns + column) * 4 + from(0, 3) },
    ]
    const spec = {
      shape: [from(2, 4), from(2, 6)],
      strides: [from(-3, columns), from(-2, 2)],
      offset: from(0, rows * columns - 1),
    }
    return { problem, focus: focuses[i % 3]!, spec }
  })
}

test.each(sweep(randomProblems(6), 3))(
  '$problem $focus $spec: counts of the memory, highlight of the view',
  async ({ problem, focus, spec }) => {
    const [[name, index] = ['', []]] = Object.entries(focus)
    const { shape, strides, offset } = spec
    const page = await open(
      `#v1&case=${problem.replaceAll(' ', '_')}&views=memory&view=${shape.join('x')}/${strides.join('x')}/${offset}&at=${name}:${index}`,
    )
    const g = parseCase(problem)
    const samples = g.axes.reduce((n, axis) => n * axis.input, 1)
    const addresses = every(spec)
    const labels = await page
      .locator('table[data-grid="memory"] td[data-row]')
      .evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label') ?? ''))
    for (const [element, text] of labels.slice(0, samples).entries()) {
      const count = addresses.filter((address) => address === element).length
      expect(text).toContain(
        count === 0
          ? 'not in the view'
          : count === 1
            ? 'once in the view'
            : `${count} times in the view`,
      )
    }
    const read = new Set(
      explain(g, focus).taps.flatMap(({ byte }) => (byte === undefined ? [] : [byte / 4])),
    )
    const expected = addresses.flatMap((address, cell) =>
      read.has(address) ? [[Math.floor(cell / shape[1]!), cell % shape[1]!]] : [],
    )
    expect(await highlighted(page, 'view')).toEqual(places(expected))
    const texts = await page.locator('table[data-grid="view"] td[data-row]').allTextContents()
    expect(texts.map((text) => text === '')).toEqual(
      addresses.map((address) => address < 0 || address >= samples),
    )
  },
)

test.each([
  '1x2x5x6 * 3x2x2x3',
  '2x1x6x7 * 1x1x3x2 s2,1 d1,2',
  '1x1x5x4 * 1x1x2x3 flip',
  '1x1x9 * 1x1x3 s2',
])('%s: the window matrix as strides holds the numbers of im2col', async (problem) => {
  const page = await open(`#v1&case=${problem.replaceAll(' ', '_')}&views=memory`)
  await page.locator('[name="preset"]').selectOption('im2col')
  await page.waitForURL(/view=/)
  const [shape = [], strides = [], [offset = 0] = []] = decodeURIComponent(
    /view=([^&]*)/.exec(page.url())?.[1] ?? '',
  )
    .split('/')
    .map((list) => list.split('x').map(Number))
  const g = parseCase(problem)
  const extents = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
  const values = valuesOf({ seed: 1 }, extents, inputRange)
  const options = {
    stride: g.axes.map((axis) => axis.stride),
    dilation: g.axes.map((axis) => axis.dilation),
  }
  const call = `conv${g.axes.length as 1 | 2}d` as const
  const kernel = [g.filters, g.channels, ...g.axes.map((axis) => axis.kernel)]
  const matrix = im2col(ndarray(Float32Array.from(values), extents), kernel, { call, ...options })
  const viewed = every({ shape, strides, offset }).map((address) => values[address]!)
  // A flipped kernel visits its taps in reverse order, so the rows of a channel are reversed.
  const [taps, columns] = [kernel.slice(2).reduce((n, extent) => n * extent, 1), matrix.shape[1]!]
  const rowOf = (row: number): number =>
    g.flip ? row - (row % taps) + taps - 1 - (row % taps) : row
  expect(viewed).toEqual(
    viewed.map((_, i) => matrix.data[rowOf(Math.floor(i / columns)) * columns + (i % columns)]),
  )
  expect(await page.locator('[name="preset"]').inputValue()).toBe('im2col')
})

test('a border is not in memory: the window matrix is disabled, with the reason', async () => {
  const page = await open('#v1&case=4x6_*_2x3_p1&views=memory')
  const option = page.locator('[name="preset"] option[value="im2col"]')
  expect(await option.evaluate((element) => (element as HTMLOptionElement).disabled)).toBe(true)
  expect(await option.textContent()).toContain('padding')
})

test('strides far outside the memory are counted exactly and rejected', async () => {
  const page = await open('#v1&case=4x6_*_2x3&views=memory&view=3/2147483648/0')
  expect(await page.locator('[data-greatest]').getAttribute('data-greatest')).toBe(String(2 ** 32))
  expect(await page.locator('[data-touches]').getAttribute('data-touches')).toBe('1,0,23')
  await page.locator('[data-proof="outside"] .fault').waitFor()
  expect(await page.locator('[data-write]').isDisabled()).toBe(true)
})

test('presets, units, a rejected view, the keyboard, axe', async () => {
  const page = await open('#v1&case=4x6_*_2x3&views=memory')
  const field = (name: string) => page.locator(`[data-strides-editor] [name="${name}"]`)
  await field('preset').selectOption('windows')
  await page.waitForURL(/view=3x4x2x3\/6x1x6x1\/0/)
  await field('unit').selectOption('bytes')
  await page.waitForURL(/unit=bytes/)
  expect(await field('strides').inputValue()).toBe('24, 4, 24, 4')
  await field('strides').fill('24, 4, 24, 3')
  await field('strides').press('Enter')
  expect(await page.locator('[data-strides-editor] .fault').textContent()).toContain('4')
  expect(await field('strides').inputValue()).toBe('24, 4, 24, 3')
  await field('strides').fill('(24, 4, 24, 8)')
  await field('strides').press('Enter')
  await page.waitForURL(/view=3x4x2x3\/6x1x6x2\/0/)
  expect(await page.locator('[data-proof]').getAttribute('data-proof')).toBe('outside')
  expect(await field('strides').inputValue()).toBe('24, 4, 24, 8')
  expect(await field('strides').evaluate((element) => element === document.activeElement)).toBe(
    true,
  )
  expect(await page.locator('[data-strides-editor] .fault').textContent()).toBe('')
  await field('preset').selectOption('lies')
  await page.waitForURL((url) => !url.hash.includes('view='))
  await page.locator('table[data-grid="memory"] td[tabindex="0"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.waitForURL(/at=byte:4/)
  const { taps } = explain(parseCase('4x6 * 2x3'), { byte: 4 })
  expect(await page.locator('[data-reads]').getAttribute('data-reads')).toBe(String(taps.length))
  expect(await axeFaults(page)).toEqual([])
})

test('article 1 by keyboard: the cell in the link, −99 in all views, a copy, undo', async () => {
  const page = await open('#v1&case=3x3_*_2x2&x=1,2,3,4,5,6,7,8,9&views=slide,memory')
  await page.locator('[name="preset"]').selectOption('overlap')
  await page.waitForURL(/view=5x4\/1x1\/0/)
  await page.locator('table[data-grid="view"] td[tabindex="0"]').focus()
  for (const key of ['ArrowDown', 'End', 'Enter']) await page.keyboard.press(key)
  await page.waitForURL(/at=byte:16.*cell=1,3/)
  expect(await page.locator('[data-index]').getAttribute('data-index')).toBe('1,3')
  expect(await page.locator('[data-index]').textContent()).toContain('[1, 3] → 0 + 1·1 + 3·1 = 4')
  await page.locator('[data-write]').focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/x=1,2,3,4,-99,6,7,8,9.*wrote=4:5/)
  const numbers = (grid: string): Promise<string[]> =>
    page.locator(`table[data-grid="${grid}"] td[data-row]`).allTextContents()
  const rows = [1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5, 6, 7, 8]
  // The output of NumPy in the article.
  expect(await numbers('view')).toEqual(rows.map((value) => (value === 5 ? '−99' : String(value))))
  expect(await numbers('copy')).toEqual(
    rows.map((value, cell) => (cell === 7 ? '−99' : String(value))),
  )
  expect(await numbers('slide-input')).toEqual(['1', '2', '3', '4', '−99', '6', '7', '8', '9'])
  expect(await page.locator('[data-written]').getAttribute('data-written')).toBe('4')
  const again = await open(new URL(page.url()).hash)
  expect(await again.locator('table[data-grid="copy"] td[data-kind="written"]').count()).toBe(1)
  expect(await again.locator('table[data-grid="view"] td[data-kind="written"]').count()).toBe(4)
  expect(await axeFaults(again)).toEqual([])
  await giveBack(again)
  await page.locator('[data-undo]').click()
  await page.waitForURL((url) => !url.hash.includes('-99') && !url.hash.includes('wrote'))
  expect(await numbers('slide-input')).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
  expect(await page.locator('table[data-grid="copy"]').count()).toBe(0)
})

test('−99 through a window view: all cells at its address change; Back restores', async () => {
  const page = await open(
    '#v1&case=4x6_*_2x3&views=slide,memory&view=3x4x2x3/6x1x6x1/0&at=input:1,2',
  )
  const addresses = every({ shape: [3, 4, 2, 3], strides: [6, 1, 6, 1], offset: 0 })
  const cells = addresses.filter((address) => address === 8).length
  await page.locator('[data-write]').click()
  await page.waitForURL(/x=.*-99/)
  expect(await page.locator('[data-written]').getAttribute('data-written')).toBe(String(cells))
  expect(
    await page
      .locator('table[data-grid="slide-input"] td[data-row="1"][data-column="2"]')
      .textContent(),
  ).toBe('−99')
  expect(await highlighted(page, 'slide-input')).toEqual(places([[1, 2]]))
  await page.goBack()
  await page.waitForURL((url) => !url.hash.includes('-99'))
  expect(
    await page
      .locator('table[data-grid="slide-input"] td[data-row="1"][data-column="2"]')
      .textContent(),
  ).not.toBe('−99')
})

test('a view that is not valid is reset, with a message', async () => {
  const page = await open('#v1&views=memory&view=3x/1/2')
  expect(await page.locator('.notice').textContent()).toContain('view')
})

test('a clicked cell on a far plane stays visible; another view is highlighted', async () => {
  const page = await open('#v1&case=4x6_*_2x3&views=memory&view=3x4x2x3/6x1x6x1/0')
  await page.locator('[data-tensor="view"] .planes-turn button').nth(1).click()
  await page.locator('table[data-grid="view-5"] td[data-row="0"][data-column="1"]').click()
  await page.waitForURL(/at=byte:32.*cell=1,1,0,1/)
  await page.mouse.move(0, 0)
  expect(await page.locator('[data-index]').getAttribute('data-index')).toBe('1,1,0,1')
  expect(await page.locator('table[data-grid="view-5"]').count()).toBe(1)
  await page.locator('[name="preset"]').selectOption('overlap')
  await page.waitForURL(/view=5x4/)
  expect(await highlighted(page, 'view')).toEqual([])
  await page.locator('[name="preset"]').selectOption('transposed')
  await page.waitForURL(/view=6x4/)
  expect(await highlighted(page, 'view')).toEqual(places([[2, 1]]))
})

test.each(['&theme=dark&lang=zh', '&unit=bytes'])(
  'a rejected view in%s: the message is in the language of the page; axe',
  async (more) => {
    const page = await open(`#v1&case=4x6_*_2x3&views=memory&view=5x4/-3x8/6&at=byte:33${more}`)
    const sentence = await page.locator('[data-proof] .fault').textContent()
    expect(sentence).toContain(
      more.includes('zh') ? '下标 [0, 3] 对应元素 30' : 'index [0, 3] would be element 30',
    )
    expect(await page.locator('[data-greatest]').textContent()).toContain(
      more.includes('bytes') ? '24 + 3·32 = 120 > 92' : '6 + 3·8 = 30 > 23',
    )
    expect(await page.locator('[data-reads]').textContent()).toContain(
      more.includes('zh') ? '字节 33' : 'Byte 33 is its byte 1',
    )
    expect(await axeFaults(page)).toEqual([])
  },
)
