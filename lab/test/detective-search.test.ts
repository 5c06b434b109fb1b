/**
 * The search of the detective, without a browser. Truth is a layer of plain loops
 * (`detective-loops.ts`), or what SciPy, NumPy and OpenCV returned (`fixtures/detective.json`).
 */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Pastes } from '../src/detective/arrangements.ts'
import { differenceOf } from '../src/detective/difference.ts'
import type { Finding } from '../src/detective/finding.ts'
import type { Pasted } from '../src/detective/readings.ts'
import { type Outcome, search } from '../src/detective/search.ts'
import {
  type Case,
  type Layer,
  mapped,
  outputOf,
  permuted,
  plane,
  planes,
  randomCase,
  wholeNumbers,
} from './detective-loops.ts'
import { sweep } from './sweep.ts'

function outcomeOf(pastes: Pastes): Outcome {
  const running = search(pastes)
  for (;;) {
    const { done, value } = running.next()
    if (done) return value
  }
}

function findingsOf(pastes: Pastes): readonly Finding[] {
  const outcome = outcomeOf(pastes)
  expect(outcome.kind).toBe('equal')
  const findings = outcome.kind === 'equal' ? outcome.findings : []
  // A call with the stride and the padding that are told gives the pasted output.
  for (const finding of findings.filter(({ ending }) => !('how' in ending.rule)))
    expect(differenceOf(finding).places, JSON.stringify(summary(finding))).toEqual([])
  return findings
}

/** The explanation with the fewest changes, which must be the only one with so few. */
function only(pastes: Pastes): Finding {
  const [first, second] = findingsOf(pastes)
  if (second)
    expect(second.changes, JSON.stringify(summary(second))).toBeGreaterThan(first!.changes)
  return first!
}

const summary = ({ orientation, boundary, windows, ending, arrangement, trap }: Finding) => ({
  orientation,
  boundary,
  padding: windows.padding,
  stride: windows.axes.map(({ stride }) => stride),
  dilation: windows.axes.map(({ dilation }) => dilation),
  sides: windows.axes.map(({ before, after }) => [before, after]),
  ending,
  letters: [arrangement.x, arrangement.k, arrangement.y].map(({ letters }) => letters).join(),
  orders: [arrangement.x, arrangement.k, arrangement.y].map(({ order }) => order).join(),
  sharing: arrangement.sharing,
  groups: arrangement.groups,
  trap,
})

const plain = { factor: 1, offsets: [0], rule: { kind: 'none' } } as const
const usual = { input: [7, 9], kernel: [3, 2] } as const satisfies Layer
const seeds = sweep([1, 2], 1)

describe.each(seeds)('one plane, numbers %i', (seed) => {
  test.each<[string, Partial<Layer>, object]>([
    ['correlation', {}, { orientation: 'as-is', padding: 'valid' }],
    ['convolution', { flip: true }, { orientation: 'turned', padding: 'valid' }],
    [
      'same',
      { before: [1, 0], after: [1, 1] },
      {
        padding: 'same',
        sides: [
          [1, 1],
          [0, 1],
        ],
      },
    ],
    [
      'same, lower',
      { before: [1, 1], after: [1, 0] },
      {
        padding: 'same-lower',
        sides: [
          [1, 1],
          [1, 0],
        ],
      },
    ],
    ['full', { before: [2, 1] }, { padding: 'full' }],
    [
      'padding 2',
      { before: [2, 2] },
      {
        padding: 'equal',
        sides: [
          [2, 2],
          [2, 2],
        ],
      },
    ],
    [
      'uneven padding',
      { before: [2, 0], after: [0, 1] },
      {
        padding: 'sides',
        sides: [
          [2, 0],
          [0, 1],
        ],
      },
    ],
    ['stride 2', { stride: [2, 2] }, { stride: [2, 2], padding: 'valid' }],
    ['two strides', { stride: [1, 3] }, { stride: [1, 3], padding: 'valid' }],
    ['dilation 2', { dilation: [2, 2] }, { dilation: [2, 2] }],
    ['two dilations', { dilation: [2, 3] }, { dilation: [2, 3] }],
    [
      'stride and padding',
      { stride: [2, 2], before: [1, 1] },
      {
        stride: [2, 2],
        sides: [
          [1, 1],
          [1, expect.any(Number)],
        ],
      },
    ],
    ['edge', { before: [2, 2], border: 'edge' }, { boundary: 'edge' }],
    ['reflect', { before: [2, 1], border: 'reflect', flip: true }, { boundary: 'reflect' }],
    ['symmetric', { before: [2, 2], border: 'symmetric' }, { boundary: 'symmetric' }],
    ['wrap', { before: [1, 1], border: 'wrap' }, { boundary: 'wrap' }],
  ])('%s', (_, layer, expected) => {
    const found = summary(only(planes(randomCase(seed, { ...usual, ...layer }))))
    expect(found).toMatchObject({ trap: undefined, ending: plain, ...expected })
    const { flip = false, border = 'zero' } = layer
    expect(found).toMatchObject({ orientation: flip ? 'turned' : 'as-is', boundary: border })
  })

  test('a number around the input', () => {
    const value = 3
    const { x, k } = planes(randomCase(seed, usual))
    const [rows, columns] = usual.input
    const padded = Array.from({ length: (rows + 2) * (columns + 2) }, (_, i) => {
      const [row, column] = [Math.floor(i / (columns + 2)) - 1, (i % (columns + 2)) - 1]
      const isInside = row >= 0 && column >= 0 && row < rows && column < columns
      return isInside ? x.values[row * columns + column]! : value
    })
    const planes4 = [
      { shape: [1, 1, rows + 2, columns + 2], values: padded },
      { shape: [1, 1, 3, 2], values: k.values },
    ] as const
    const y = plane(outputOf(planes4[0], planes4[1], { ...usual, flip: true }))
    const found = only({ x, k, y })
    expect(found).toMatchObject({ orientation: 'turned', boundary: { constant: value } })
    expect(found.windows.padding).toBe('equal')
  })

  test('transposed and mirrored', () => {
    const { x, k, y } = planes(randomCase(seed, { ...usual, kernel: [3, 3] }))
    const swap = (each: Pasted): Pasted => permuted(each, [1, 0])
    const letters = (pastes: Pastes): string => summary(only(pastes)).letters
    expect(letters({ x: swap(x), k, y })).toBe('WH,HW,HW')
    expect(letters({ x, k: swap(k), y })).toBe('HW,WH,HW')
    expect(letters({ x, k, y: swap(y) })).toBe('HW,HW,WH')
    const rows = (each: Pasted, isAlong: (row: number, column: number) => [number, number]) => ({
      ...each,
      values: each.values.map((_, i) => {
        const [row, column] = isAlong(Math.floor(i / 3), i % 3)
        return each.values[row * 3 + column]!
      }),
    })
    expect(only({ x, k: rows(k, (r, c) => [2 - r, c]), y }).orientation).toBe('rows')
    expect(only({ x, k: rows(k, (r, c) => [r, 2 - c]), y }).orientation).toBe('columns')
  })

  test('a reshape where a transpose was needed', () => {
    const { x, k, y } = planes(randomCase(seed, usual))
    const swapped = permuted(y, [1, 0])
    expect(summary(only({ x, k, y: { ...swapped, shape: y.shape } }))).toMatchObject({
      letters: 'HW,HW,HW',
      orders: 'HW,HW,WH',
    })
    const turned = permuted(x, [1, 0])
    expect(summary(only({ x: { ...turned, shape: x.shape }, k, y }))).toMatchObject({
      orders: 'WH,HW,HW',
    })
  })

  test('divisors, offsets, rounding, and bytes', () => {
    const { x, k, y } = planes(randomCase(seed, { ...usual, flip: true }))
    const sum = k.values.reduce((total, weight) => total + weight, 0)
    const ending = (of: (value: number) => number): object => {
      const found = only({ x, k, y: mapped(y, of) })
      expect(found.orientation).toBe('turned')
      return found.ending
    }
    if (Math.abs(sum) > 1) {
      expect(ending((value) => Math.fround(value / sum))).toMatchObject({ factor: 1 / sum })
      expect(ending((value) => Math.trunc(value / sum))).toMatchObject({
        factor: 1 / sum,
        rule: { kind: 'whole', how: 'truncated' },
      })
    }
    expect(ending((value) => -value)).toMatchObject({ factor: -1 })
    expect(ending((value) => value + 0.06)).toMatchObject({ factor: 1, offsets: [0.06] })
    expect(ending((value) => 3 * value - 2)).toMatchObject({ factor: 3, offsets: [-2] })
    if (y.values.some((value) => value < 0))
      expect(ending((value) => Math.max(0, value))).toMatchObject({ rule: { kind: 'relu' } })
    if (y.values.some((value) => value < 0))
      expect(ending(Math.abs)).toMatchObject({ rule: { kind: 'magnitude' } })
    expect(ending((value) => Number((value / 9).toFixed(3)))).toMatchObject({
      rule: { kind: 'decimals', digits: 3 },
    })
    const bytes = mapped(x, (value) => value * 20)
    const edges = { shape: [3, 2], values: [-3, 2, 4, -4, 1, 1] }
    const planes4 = [bytes, edges].map(({ shape, values }) => ({ shape: [1, 1, ...shape], values }))
    const large = plane(outputOf(planes4[0]!, planes4[1]!, usual))
    const clipped = mapped(large, (value) => Math.min(255, Math.max(0, value)))
    expect(only({ x: bytes, k: edges, y: clipped }).ending.rule).toMatchObject({ kind: 'clipped' })
    const wrapped = mapped(large, (value) => ((value % 256) + 256) % 256)
    expect(only({ x: bytes, k: edges, y: wrapped }).ending.rule).toMatchObject({ kind: 'wrapped' })
  })
})

describe.each(seeds)('channels and filters, numbers %i', (seed) => {
  const layer: Layer = { channels: 3, filters: 4, input: [6, 5], kernel: [3, 2], before: [1, 0] }
  const item = ({ shape, values }: Pasted): Pasted => ({ shape: shape.slice(1), values })
  const { x, k, y } = randomCase(seed, layer)
  const last = (each: Pasted): Pasted => permuted(each, [0, 2, 3, 1])

  test('layouts of channels and weights', () => {
    const letters = (pastes: Pastes): string => summary(only(pastes)).letters
    expect(letters({ x, k, y })).toBe('NCHW,OCHW,NOHW')
    expect(letters({ x: item(x), k, y: item(y) })).toBe('CHW,OCHW,OHW')
    const hwio = permuted(k, [2, 3, 1, 0])
    expect(letters({ x: last(x), k: hwio, y: last(y) })).toBe('NHWC,HWCO,NHWO')
    expect(only({ x: last(x), k: hwio, y: last(y) }).arrangement.changes).toBe(1)
    expect(letters({ x: last(x), k, y })).toBe('NHWC,OCHW,NOHW')
    expect(letters({ x, k: hwio, y })).toBe('NCHW,HWCO,NOHW')
    expect(letters({ x, k: permuted(k, [1, 0, 2, 3]), y })).toBe('NCHW,COHW,NOHW')
    expect(letters({ x, k: permuted(k, [0, 2, 3, 1]), y })).toBe('NCHW,OHWC,NOHW')
  })

  test('groups, depthwise weights, and one plane of weights for all channels', () => {
    const grouped = randomCase(seed, { ...layer, channels: 4, filters: 6, groups: 2 })
    expect(only(grouped).arrangement.groups).toBe(2)
    const depthwise = randomCase(seed, { ...layer, filters: 6, groups: 3 })
    // O 1 H W, channel by channel, as H W C M.
    const split = { shape: [3, 2, 3, 2], values: depthwise.k.values }
    const hwcm = permuted(split, [2, 3, 0, 1])
    const found = only({ x: last(depthwise.x), k: hwcm, y: last(depthwise.y) })
    expect(summary(found)).toMatchObject({ letters: 'NHWC,HWCM,NHWO', groups: 3 })
    const one = randomCase(seed, { input: [6, 5], kernel: [3, 2] })
    const all = x.values.length / 3
    const each = [0, 1, 2].map((c) =>
      outputOf(
        { shape: [1, 1, 6, 5], values: x.values.slice(c * all, (c + 1) * all) },
        one.k,
        usual,
      ),
    )
    const shape = each[0]!.shape.slice(2)
    const joined = { shape: [3, ...shape], values: each.flatMap(({ values }) => values) }
    expect(only({ x: item(x), k: plane(one.k), y: joined }).arrangement.sharing).toBe('each')
    const summed = each[0]!.values.map((_, i) => each.reduce((sum, o) => sum + o.values[i]!, 0))
    expect(
      only({ x: item(x), k: plane(one.k), y: { shape, values: summed } }).arrangement.sharing,
    ).toBe('sum')
  })

  test('a bias for each filter', () => {
    const bias = [0.5, -2, 0, 7]
    const area = y.values.length / 4
    const biased = { ...y, values: y.values.map((v, i) => v + bias[Math.floor(i / area)]!) }
    expect(only({ x, k, y: biased }).ending).toMatchObject({ factor: 1, offsets: bias })
  })

  test('filters that were reshaped from last to first', () => {
    const reshaped = { shape: y.shape, values: last(y).values }
    expect(summary(only({ x, k, y: reshaped }))).toMatchObject({ orders: 'NCHW,OCHW,NHWO' })
  })
})

test('a signal', () => {
  const { x, k, y } = randomCase(5, {
    input: [1, 12],
    kernel: [1, 4],
    flip: true,
    before: [0, 2],
    after: [0, 1],
  })
  const row = ({ values }: Pasted): Pasted => ({ shape: [values.length], values })
  expect(summary(only({ x: row(x), k: row(k), y: row(y) }))).toMatchObject({
    orientation: 'turned',
    padding: 'same-lower',
    letters: 'W,W,W',
  })
})

describe('the slips of im2col', () => {
  /** The windows of a plane, one after the other, each row by row. */
  function windows({ shape, values }: Pasted, rows: number, columns: number): number[] {
    const [H, W] = shape as [number, number]
    const all: number[] = []
    for (let y = 0; y + rows <= H; y++)
      for (let z = 0; z + columns <= W; z++)
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++) all.push(values[(y + i) * W + z + j]!)
    return all
  }

  test.each([
    // As many windows as weights; with equal shapes the matrix would be symmetric.
    ['rows', [4, 4], [2, 3], [3, 2]],
    ['reshaped', [5, 4], [2, 3], [4, 2]],
  ] as const)('%s', (trap, input, kernel, shape) => {
    const { x, k } = planes(randomCase(4, { input: [...input], kernel: [...kernel] }))
    const count = shape[0] * shape[1]
    const list = windows(x, kernel[0], kernel[1])
    const values = Array.from({ length: count }, (_, c) =>
      k.values.reduce((sum, weight, r) => sum + weight * list[r * count + c]!, 0),
    )
    expect(only({ x, k, y: { shape: [...shape], values } }).trap).toBe(trap)
  })
})

describe('what the numbers cannot tell', () => {
  test('a symmetric kernel fits as it is and turned', () => {
    const { x } = planes(randomCase(6, usual))
    const k = { shape: [3, 3], values: [1, 2, 1, 2, 4, 2, 1, 2, 1] }
    const y = plane(outputOf({ ...x, shape: [1, 1, 7, 9] }, { ...k, shape: [1, 1, 3, 3] }, usual))
    const found = findingsOf({ x, k, y })
    expect(found[0]).toMatchObject({ orientation: 'as-is', changes: 0 })
    expect(found.map(({ orientation }) => orientation)).toContain('turned')
  })

  test('one output fits many explanations, and all are listed', () => {
    const x = { shape: [2, 2], values: [1, 1, 1, 1] }
    const k = { shape: [2, 2], values: [1, 2, 3, 4] }
    expect(findingsOf({ x, k, y: { shape: [1, 1], values: [10] } }).length).toBeGreaterThan(1)
  })

  test('random numbers are never explained', () => {
    const next = wholeNumbers(8)
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { x, k, y } = planes(randomCase(seed, usual))
      const noise = mapped(y, () => next(-40, 60))
      expect(outcomeOf({ x, k, y: noise }).kind).toBe('nearest')
      expect(outcomeOf({ x, k, y: mapped(noise, Math.abs) }).kind).toBe('nearest')
    }
  })
})

describe('what is nearest', () => {
  test.each(seeds)('one wrong number, numbers %i', (seed) => {
    const { x, k, y } = planes(randomCase(seed, { ...usual, flip: true, before: [1, 1] }))
    const wrong = { ...y, values: y.values.map((v, i) => (i === 13 ? v + 5 : v)) }
    const outcome = outcomeOf({ x, k, y: wrong })
    expect(outcome.kind).toBe('nearest')
    if (outcome.kind === 'nearest')
      expect(outcome.finding).toMatchObject({ orientation: 'turned', boundary: 'zero' })
  })

  test('shapes that fit nothing', () => {
    const plane = (rows: number, columns: number): Pasted => ({
      shape: [rows, columns],
      values: Array.from({ length: rows * columns }, (_, i) => i),
    })
    expect(outcomeOf({ x: plane(3, 3), k: plane(2, 2), y: plane(9, 40) }).kind).toBe('shapes')
    const volume = { ...plane(2, 4), shape: [2, 2, 2, 1, 1] }
    expect(outcomeOf({ x: volume, k: plane(2, 2), y: plane(2, 2) }).kind).toBe('shapes')
  })
})

/** What the calls of other libraries compute, by docs/even-kernels.md. */
const fixtures: readonly ({ readonly call: string } & Case)[] = JSON.parse(
  readFileSync(new URL('fixtures/detective.json', import.meta.url), 'utf8'),
)

const borders: Readonly<Record<string, string>> = {
  constant: 'zero',
  nearest: 'edge',
  mirror: 'reflect',
  reflect: 'symmetric',
  wrap: 'wrap',
  replicate: 'edge',
  reflect_101: 'reflect',
}

test.each(fixtures.map((each) => [each.call, each.k.shape.join('×'), each] as const))(
  '%s, kernel %s',
  (call, _, pastes) => {
    const [found, ...others] = findingsOf(pastes).filter(
      ({ changes }, _, all) => changes === all[0]!.changes,
    )
    // With one sample of padding, edge and symmetric are equal.
    expect(others.every(({ boundary }) => boundary === 'symmetric')).toBe(true)
    const [name = '', word = ''] = call.split(' ')
    expect(found!.orientation).toBe(name.includes('convolve') ? 'turned' : 'as-is')
    if (word === 'uint8')
      expect(found!.ending.rule.kind).toBe(name === 'cv2.filter2D' ? 'clipped' : 'wrapped')
    else expect(found!.ending).toEqual(plain)
    const isEven = pastes.k.shape.some((extent) => extent % 2 === 0)
    const isUpper = name === 'signal.correlate2d' || name === 'ndimage.convolve' || !isEven
    const same = isUpper ? 'same' : 'same-lower'
    const isBorder = name.startsWith('ndimage') || name.startsWith('cv2')
    const border = name === 'cv2.filter2D' && word === 'reflect' ? 'symmetric' : borders[word]
    expect(found!.windows.padding).toBe(isBorder || word === 'same' ? same : word)
    const all = [found!, ...others].map(({ boundary }) => boundary)
    expect(all).toContain(isBorder ? (border ?? 'zero') : 'zero')
  },
)
