/**
 * Does `explain` return the taps of the definition? The reference is a brute-force loop over all
 * products. It shares only the border rules with `explain`.
 */

import { describe, expect, test } from 'vitest'
import { explain } from '../src/explain/explain.ts'
import type { Focus } from '../src/explain/focus.ts'
import type { Tap } from '../src/explain/taps.ts'
import { sourceIndex } from '../src/geometry/boundary.ts'
import { type ConvGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import { parseCase } from '../src/geometry/notation.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { referenceConv } from '../src/reference/definition.ts'
import { random, randomCase } from './random-geometry.ts'

interface Product {
  readonly output: readonly number[]
  readonly input: readonly number[] | undefined
  readonly kernel: readonly number[]
  readonly position: readonly number[]
}

function product(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>(
    (all, list) => all.flatMap((head) => list.map((x) => [...head, x])),
    [[]],
  )
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const place = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((sum, x, a) => sum * shape[a]! + x, 0)

/** All products of a geometry, in the order in which the definition sums them. */
function allProducts(g: ConvGeometry): Product[] {
  const [perGroup, channels] = [g.filters / g.groups, g.channels / g.groups]
  const outputs = product([
    upTo(g.batch),
    upTo(g.filters),
    ...g.axes.map((axis) => upTo(axis.output)),
  ])
  const taps = product([upTo(channels), ...g.axes.map((axis) => upTo(axis.kernel))])
  return outputs.flatMap((output) =>
    taps.flatMap(([c, ...t]): Product[] => {
      const numerators = g.axes.map(
        (axis, a) => output[a + 2]! * axis.stride + t[a]! * axis.dilation - axis.before,
      )
      if (numerators.some((n, a) => n % g.axes[a]!.inputDilation !== 0)) return []
      const position = numerators.map((n, a) => n / g.axes[a]!.inputDilation)
      const samples = position.map((p, a) => sourceIndex(p, g.axes[a]!.input, g.boundary[a]!))
      const channel = Math.floor(output[1]! / perGroup) * channels + c!
      const weights = g.flip ? t.map((step, a) => g.axes[a]!.kernel - 1 - step) : t
      const input = samples.some((sample) => sample < 0)
        ? undefined
        : [output[0]!, channel, ...samples]
      return [{ output, input, kernel: [output[1]!, c!, ...weights], position }]
    }),
  )
}

const plain = ({ output, input, kernel, position }: Tap | Product): Product => ({
  output: [...output],
  input: input && [...input],
  kernel: [...kernel],
  position: position.map((p) => p + 0),
})

const at = (x: NdArray, index: readonly number[]): number =>
  x.data[index.reduce((sum, i, a) => sum + i * x.strides[a]!, x.offset)]!

function smallCase(seed: number) {
  for (let s = seed; ; s += 1000) {
    const candidate = randomCase(s)
    const { geometry: g } = candidate
    const taps = g.axes.reduce((n, axis) => n * axis.kernel, g.channels / g.groups)
    const outputs = g.axes.reduce((n, axis) => n * axis.output, g.batch * g.filters)
    if (outputs > 0 && outputs * taps < 6000) return candidate
  }
}

describe('random geometries', () => {
  test.each(upTo(60))('seed %i: every focus gives the taps of the definition', (seed) => {
    const { geometry: g, input, kernel } = smallCase(seed)
    const next = random(seed)
    const all = allProducts(g)
    const key = (index: readonly number[] | undefined): string => String(index)
    const expectTaps = (focus: Focus, matches: (candidate: Product) => boolean): void => {
      const [expectedProducts, title] = [
        all.filter(matches).map(plain),
        `${g.key} ${JSON.stringify(focus)}`,
      ]
      const { taps, count } = explain(g, focus)
      expect(taps.map(plain), title).toEqual(expectedProducts)
      expect(count, title).toBe(expectedProducts.length)
      const first = explain(g, focus, { most: 3 })
      expect(first.taps.map(plain), title).toEqual(expectedProducts.slice(0, 3))
      expect(first.count, title).toBe(expectedProducts.length)
    }
    const somewhere = (shape: readonly number[]): number[] => shape.map((extent) => next(extent))
    const [kernels, outputs] = [
      g.axes.map((axis) => axis.kernel),
      g.axes.map((axis) => axis.output),
    ]
    const [inputShape, outputShape] = [
      [g.batch, g.channels, ...g.axes.map((axis) => axis.input)],
      [g.batch, g.filters, ...outputs],
    ]
    const output = somewhere(outputShape)
    expectTaps({ output }, (candidate) => key(candidate.output) === key(output))
    const sample = somewhere(inputShape)
    expectTaps({ input: sample }, (candidate) => key(candidate.input) === key(sample))
    const weight = somewhere([g.filters, g.channels / g.groups, ...kernels])
    expectTaps({ kernel: weight }, (candidate) => key(candidate.kernel) === key(weight))
    const bytes = g.dtype === 'float64' ? 8 : 4
    const byte = place(sample, inputShape) * bytes + next(bytes)
    expectTaps({ byte }, (candidate) => key(candidate.input) === key(sample))
    const toeplitz = [place(output, outputShape), place(sample, inputShape)]
    expectTaps(
      { toeplitz },
      (candidate) => key(candidate.output) === key(output) && key(candidate.input) === key(sample),
    )
    const channelOf = ({ output: [, f], kernel: [, c] }: Product): number =>
      Math.floor(f! / (g.filters / g.groups)) * (g.channels / g.groups) + c!
    const cell = [
      place([sample[1]!, ...weight.slice(2)], [g.channels, ...kernels]),
      place([output[0]!, ...output.slice(2)], [g.batch, ...outputs]),
    ]
    const inCell = (candidate: Product): boolean =>
      channelOf(candidate) === sample[1] &&
      key(candidate.kernel.slice(2)) === key(weight.slice(2)) &&
      candidate.output[0] === output[0] &&
      key(candidate.output.slice(2)) === key(output.slice(2))
    expectTaps({ im2col: cell }, inCell)
    for (const tap of explain(g, { im2col: cell }).taps) expect(tap.im2col).toEqual(cell)
    for (const tap of explain(g, { toeplitz }).taps) expect(tap.toeplitz).toEqual(toeplitz)

    const { taps } = explain(g, { output }, { input, kernel })
    const expected = referenceConv(g, input, kernel)[place(output, outputShape)]!
    expect(taps.at(-1)?.sum ?? 0).toBe(expected)
    for (const tap of taps) {
      expect(tap.weight).toBe(at(kernel, tap.kernel))
      if (!tap.input) continue
      expect(tap.value).toBe(at(input, tap.input))
      const element = tap.input.reduce((sum, i, a) => sum + i * input.strides[a]!, input.offset)
      expect([tap.byte, tap.line]).toEqual([element * bytes, Math.floor((element * bytes) / 64)])
    }
    const owner = taps.find((tap) => tap.byte !== undefined)
    if (owner)
      expect(explain(g, { byte: owner.byte! + 1 }, { input }).taps).toContainEqual(
        expect.objectContaining({ input: owner.input, output }),
      )
  })
})

describe('the example of article 1: 3×3 input, 2×2 weights', () => {
  const g = parseCase('3x3 * 2x2')
  const operands = {
    input: [
      [3, 9, 0],
      [2, 8, 1],
      [1, 4, 8],
    ],
    kernel: [
      [8, 9],
      [4, 4],
    ],
  }

  test('output 0,0 sums to 145', () => {
    const { focus, taps } = explain(g, { output: [0, 0] }, operands)
    expect(focus).toEqual({ output: [0, 0, 0, 0] })
    expect(taps.map((tap) => tap.product)).toEqual([24, 81, 8, 32])
    expect(taps.map((tap) => tap.sum)).toEqual([24, 105, 113, 145])
    expect(taps.map((tap) => tap.im2col)).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
    ])
    expect(taps.map((tap) => tap.toeplitz)).toEqual([
      [0, 0],
      [0, 1],
      [0, 3],
      [0, 4],
    ])
    expect(taps.map((tap) => tap.byte)).toEqual([0, 4, 12, 16])
  })

  test('a byte focus selects every element at its address, also along an axis of stride 0', () => {
    const data = Float32Array.of(5, 6)
    const read = (strides: number[], byte: number) =>
      explain(
        parseCase('2x3 * 1x1'),
        { byte },
        { input: { data, shape: [2, 3], strides, offset: 0 } },
      ).taps.map((tap) => tap.input)
    expect(read([1, 0], 4)).toEqual([
      [0, 0, 1, 0],
      [0, 0, 1, 1],
      [0, 0, 1, 2],
    ])
    expect(read([0, 0], 4)).toEqual([])
    expect(read([0, 0], 0)).toHaveLength(6)
  })

  test('the middle sample is read four times, once by every weight', () => {
    const { taps } = explain(g, { input: [1, 1] }, operands)
    expect(taps.map((tap) => tap.kernel.slice(2))).toEqual([
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ])
    expect(taps.map((tap) => tap.sum)).toEqual([145, 8 * 9 + 9 * 0 + 4 * 8, 8 * 2 + 9 * 8, 64])
  })
})

test('a sample of a long signal is found without a search through all its outputs', () => {
  const g = parseCase('1000000 * 4001 same reflect')
  // A search through all pairs of output and weight, 4 · 10⁹, would not end in the time of a test.
  const { count, taps } = explain(g, { input: [500_000] }, { most: 2 })
  expect(count).toBe(4001)
  expect(taps.map(({ output, kernel }) => [output[2], kernel[2]])).toEqual([
    [498_000, 4000],
    [498_001, 3999],
  ])
  expect(explain(g, { input: [10] }, { most: 1 }).count).toBe(2011 + 1991)
  expect(explain(g, { toeplitz: [10, 20] }).count).toBe(2)
})

describe('a focus without taps gives the reason', () => {
  test.each<[string, Focus, RegExp]>([
    [
      '3x3 * 2x2',
      { toeplitz: [0, 8] },
      /window of output \[0, 0, 0, 0\] does not hold this sample/,
    ],
    ['2x1x3 * 1x1x2', { toeplitz: [0, 3] }, /different batch items/],
    ['1x2x3 * 2x1x2 g2', { toeplitz: [0, 3] }, /different groups/],
    ['5 * 1 s2', { input: [1] }, /No window reads/],
    ['5 * 1 s2', { byte: 7 }, /no window reads/],
    ['5 * 1 s2', { byte: 20 }, /no element/],
    ['3 * 2 i2', { im2col: [1, 0] }, /between two samples/],
  ])('%s %o', (text, focus, reason) => {
    const explanation = explain(parseCase(text), focus)
    expect(explanation.taps).toEqual([])
    expect(explanation.reason).toMatch(reason)
  })

  test('taps on a border have a sample if it repeats one, but not if it is constant', () => {
    const [zero] = explain(parseCase('3 * 3 same'), { output: [0] }, { input: [1, 2, 3] }).taps
    expect(zero).toMatchObject({
      input: undefined,
      toeplitz: undefined,
      byte: undefined,
      padded: true,
      position: [-1],
      value: 0,
    })
    const [edge] = explain(
      parseCase('3 * 3 same reflect'),
      { output: [0] },
      { input: [1, 2, 3] },
    ).taps
    expect(edge).toMatchObject({
      input: [0, 0, 1],
      toeplitz: [0, 1],
      byte: 4,
      padded: true,
      position: [-1],
      value: 2,
    })
    const g = makeGeometry({
      axes: [{ input: 3, kernel: 3, before: 1, after: 1 }],
      boundary: { constant: 7 },
    })
    expect(explain(g, { output: [0] }, { input: [1, 2, 3] }).taps[0]).toMatchObject({
      input: undefined,
      value: 7,
    })
  })
})

test.each<[unknown, RegExp]>([
  [
    { output: [9, 9] },
    /output \[9, 9\] is no index of output, whose shape is \[1, 1, 2, 2\]\. Give 2 to 4/,
  ],
  [{ output: [0] }, /no index/],
  [{ im2col: [0] }, /Give 2 whole numbers/],
  [{ byte: -1 }, /no address/],
  [{ pixel: [0, 0] }, /one of \{ output \}/],
  [{}, /one of \{ output \}/],
  [{ output: [0, 0], byte: 1 }, /one of \{ output \}/],
])('%o is rejected', (focus, message) => {
  expect(() => explain(parseCase('3x3 * 2x2'), focus as Focus)).toThrow(message)
})

test('an operand of another shape is rejected', () => {
  expect(() => explain(parseCase('3x3 * 2x2'), { output: [0, 0] }, { kernel: [1, 2] })).toThrow(
    /kernel has shape \[2\].*needs \[1, 1, 2, 2\]/,
  )
})

test('one output of a long signal needs memory only for its own taps', () => {
  // A table of every output and weight would have 10⁹ entries.
  const { taps } = explain(parseCase('1000000 * 1025 same'), { output: [0, 0, 500_000] })
  expect([taps.length, taps[0]!.position[0], taps.at(-1)!.position[0]]).toEqual([
    1025, 499_488, 500_512,
  ])
})
