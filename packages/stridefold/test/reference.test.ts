/**
 * Is the reference implementation right? The tests compare it with the example of article 1, with
 * results of SciPy 1.10 and PyTorch 1.13, and with the definition worked out by hand.
 * fixtures.test.ts compares it with a hundred more results.
 */

import { describe, expect, test } from 'vitest'
import type { Boundary } from '../src/geometry/boundary.ts'
import type { AxisParts, GeometryParts } from '../src/geometry/geometry.ts'
import { makeGeometry } from '../src/geometry/geometry.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { view } from '../src/ndarray/ndarray.ts'
import { referenceAt, referenceConv } from '../src/reference/definition.ts'

const array = (shape: readonly number[], values: readonly number[]): NdArray =>
  view(Float64Array.from(values), shape)
const counting = (shape: readonly number[]): NdArray =>
  array(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1),
  )
const conv = (parts: GeometryParts, x: NdArray, k: NdArray, bias?: NdArray | number): number[] =>
  Array.from(referenceConv(makeGeometry(parts), x, k, bias))

describe('article 1', () => {
  const g = makeGeometry({
    axes: [
      { input: 3, kernel: 2 },
      { input: 3, kernel: 2 },
    ],
  })
  const image = [3, 9, 0, 2, 8, 1, 1, 4, 8]
  const kernel = [8, 9, 4, 4]

  test('the worked example', () => {
    const y = referenceConv(g, array([1, 1, 3, 3], image), array([1, 1, 2, 2], kernel), 0.06)
    expect(Array.from(y)).toEqual([145.06, 108.06, 108.06, 121.06])
    expect(
      Array.from(
        referenceConv(
          g,
          array([1, 1, 3, 3], image),
          array([1, 1, 2, 2], kernel),
          array([1], [0.06]),
        ),
      ),
    ).toEqual(Array.from(y))
  })

  test('the same for strided views: transposed, reversed, every other element', () => {
    const spread = new Float64Array(40)
    for (const [i, value] of image.entries())
      spread[30 - ((i % 3) * 6 + Math.floor(i / 3) * 2)] = value
    const x = view(spread, [1, 1, 3, 3], { strides: [0, 0, -2, -6], offset: 30 })
    const k = view(Float64Array.from(kernel.toReversed()), [1, 1, 2, 2], {
      strides: [0, 0, -2, -1],
      offset: 3,
    })
    expect(Array.from(referenceConv(g, x, k))).toEqual([145, 108, 108, 121])
  })

  test('integer arrays are read without conversion', () => {
    const x = view(Uint8Array.from(image), [1, 1, 3, 3])
    expect(Array.from(referenceConv(g, x, view(Int16Array.from(kernel), [1, 1, 2, 2])))).toEqual([
      145, 108, 108, 121,
    ])
  })
})

describe('SciPy', () => {
  test('signal.convolve, full: the kernel is flipped', () => {
    const parts = { axes: [{ input: 4, kernel: 3, before: 2, after: 2 }], flip: true }
    expect(conv(parts, counting([1, 1, 4]), array([1, 1, 3], [1, 0, -2]))).toEqual([
      1, 2, 1, 0, -6, -8,
    ])
  })

  const kernel = array([1, 1, 3, 3], [1, 2, 0, 0, -1, 3, 4, 0, 1])

  test('signal.convolve2d, full', () => {
    const axes = [
      { input: 3, kernel: 3, before: 2, after: 2 },
      { input: 4, kernel: 3, before: 2, after: 2 },
    ]
    const expected = [
      [1, 4, 7, 10, 8, 0],
      [5, 15, 20, 25, 21, 12],
      [13, 31, 53, 63, 40, 28],
      [20, 15, 50, 57, 28, 44],
      [36, 40, 53, 58, 11, 12],
    ]
    expect(conv({ axes, flip: true }, counting([1, 1, 3, 4]), kernel)).toEqual(expected.flat())
  })

  test.each<[Boundary, number[]]>([
    ['reflect', [51, 51, 61, 63, 67, 67, 77, 79, 67, 67, 77, 79]],
    ['symmetric', [34, 39, 49, 55, 62, 67, 77, 83, 82, 87, 97, 103]],
    ['edge', [34, 39, 49, 55, 62, 67, 77, 83, 82, 87, 97, 103]],
    ['wrap', [73, 63, 73, 67, 77, 67, 77, 71, 57, 47, 57, 51]],
    [{ constant: 5 }, [46, 49, 56, 59, 50, 67, 77, 67, 61, 65, 70, 51]],
  ])('ndimage.correlate with border %j', (boundary, expected) => {
    const axes = [
      { input: 3, kernel: 3, before: 1, after: 1 },
      { input: 4, kernel: 3, before: 1, after: 1 },
    ]
    expect(conv({ axes, boundary }, counting([1, 1, 3, 4]), kernel)).toEqual(expected)
  })
})

describe('PyTorch', () => {
  const w = array([4, 2, 2], [1, 2, 3, -1, 0, 1, 2, 2, -1, 0, 1, 1, 2, 0, 0, 3])

  test('conv1d with groups, dilation, padding and bias', () => {
    const parts = {
      batch: 2,
      groups: 2,
      channels: 4,
      filters: 4,
      axes: [{ input: 3, kernel: 2, dilation: 2, before: 1, after: 1 }],
    }
    const expected = [
      [-0.5, 13.5, 17.5, 12, 23, 10, 10, 14, 2, 35, 52, 18],
      [11.5, 73.5, 65.5, 48, 83, 34, 22, 26, 2, 71, 112, 42],
    ]
    expect(conv(parts, counting([2, 4, 3]), w, array([4], [0.5, 0, -1, 2]))).toEqual(
      expected.flat(),
    )
  })

  test('conv1d with groups, stride and padding', () => {
    const parts = {
      batch: 2,
      groups: 2,
      channels: 4,
      filters: 4,
      axes: [{ input: 3, kernel: 2, stride: 2, before: 1, after: 1 }],
    }
    const expected = [
      [-2, 17, 9, 25, 10, 15, 30, 52],
      [10, 77, 45, 85, 22, 27, 66, 112],
    ]
    expect(conv(parts, counting([2, 4, 3]), w)).toEqual(expected.flat())
  })

  test('conv_transpose1d is a dilated input and a flipped kernel', () => {
    const k = array([1, 1, 3], [1, 10, 100])
    const strideTwo = {
      axes: [{ input: 3, kernel: 3, inputDilation: 2, before: 2, after: 2 }],
      flip: true,
    }
    expect(conv(strideTwo, counting([1, 1, 3]), k)).toEqual([1, 10, 102, 20, 203, 30, 300])
    const strideThree = {
      axes: [{ input: 3, kernel: 3, inputDilation: 3, before: 1, after: 1 }],
      flip: true,
    }
    expect(conv(strideThree, counting([1, 1, 3]), k)).toEqual([10, 100, 2, 20, 200, 3, 30])
  })
})

describe('the definition by hand', () => {
  test('padding that crops, and an output that reads no sample', () => {
    const k = array([1, 1, 2], [1, 10])
    expect(
      conv({ axes: [{ input: 5, kernel: 2, before: -1, after: -1 }] }, counting([1, 1, 5]), k),
    ).toEqual([32, 43])
    expect(
      conv({ axes: [{ input: 1, kernel: 2, before: 3, after: 3 }] }, counting([1, 1, 1]), k),
    ).toEqual([0, 0, 10, 1, 0, 0])
  })

  test('a border extends a dilated input and its zeros: samples at −4, −2, 0, 2, 4', () => {
    // 'wrap' of 1 2 with inserted zeros:  … 1 0 2 0 [1 0 2] 0 1 0 2 …
    const axes = [{ input: 2, kernel: 2, inputDilation: 2, before: 4, after: 3 }]
    expect(
      conv({ axes, boundary: 'wrap' }, counting([1, 1, 2]), array([1, 1, 2], [1, 10])),
    ).toEqual([1, 20, 2, 10, 1, 20, 2, 10, 1])
  })

  test('outside on two axes: the constant of the first axis counts', () => {
    const axes = [1, 2].map((): AxisParts => ({ input: 1, kernel: 1, before: 1, after: 1 }))
    const padded = conv(
      { axes, boundary: [{ constant: 3 }, { constant: 5 }] },
      array([1, 1, 1, 1], [7]),
      array([1, 1, 1, 1], [1]),
    )
    expect(padded).toEqual([3, 3, 3, 5, 7, 5, 3, 3, 3])
    const wrapped = conv(
      { axes, boundary: ['wrap', { constant: 5 }] },
      array([1, 1, 1, 1], [7]),
      array([1, 1, 1, 1], [1]),
    )
    expect(wrapped).toEqual([5, 7, 5, 5, 7, 5, 5, 7, 5])
  })

  test('NaN and infinity spread through products; a zero border times infinity is NaN', () => {
    const parts = { axes: [{ input: 3, kernel: 2, before: 1, after: 0 }] }
    expect(conv(parts, array([1, 1, 3], [1, NaN, 2]), array([1, 1, 2], [1, 1]))).toEqual([
      1,
      NaN,
      NaN,
    ])
    expect(conv(parts, counting([1, 1, 3]), array([1, 1, 2], [Infinity, 1]))).toEqual([
      NaN,
      Infinity,
      Infinity,
    ])
    const dilated = { axes: [{ input: 2, kernel: 2, inputDilation: 2 }] }
    expect(conv(dilated, counting([1, 1, 2]), array([1, 1, 2], [1, Infinity]))).toEqual([
      1,
      Infinity,
    ])
  })

  test('an empty batch gives no output, an empty sum gives the bias', () => {
    const axes = [{ input: 3, kernel: 2 }]
    expect(conv({ batch: 0, axes }, array([0, 1, 3], []), array([1, 1, 2], [1, 1]))).toEqual([])
    expect(
      conv(
        { channels: 0, filters: 2, axes },
        array([1, 0, 3], []),
        array([2, 0, 2], []),
        array([2], [4, 5]),
      ),
    ).toEqual([4, 4, 5, 5])
    const empty = {
      axes: [{ input: 0, kernel: 2, before: 1, after: 2 }],
      boundary: 'edge',
    } as const
    expect(conv(empty, array([1, 1, 0], []), array([1, 1, 2], [1, 1]))).toEqual([0, 0])
  })
})

test('referenceAt returns the same bits as referenceConv', () => {
  const axes: AxisParts[] = [
    { input: 5, kernel: 3, stride: 2, dilation: 2, before: 3, after: 2 },
    { input: 4, kernel: 2, inputDilation: 3, before: 1, after: 4 },
    { input: 3, kernel: 3, before: 2, after: 0 },
  ]
  const g = makeGeometry({
    batch: 2,
    groups: 2,
    channels: 4,
    filters: 6,
    axes,
    boundary: ['reflect', { constant: 0.3 }, 'wrap'],
    flip: true,
  })
  const random = (shape: number[]): NdArray =>
    array(shape, counting(shape).data.map((value) => Math.sin(value)) as unknown as number[])
  const [x, k, bias] = [random([2, 4, 5, 4, 3]), random([6, 2, 3, 2, 3]), random([6])]
  const all = referenceConv(g, x, k, bias)
  const shape = [2, 6, ...g.axes.map((axis) => axis.output)]
  expect(all.length).toBe(shape.reduce((a, b) => a * b))
  const index = (o: number): number[] =>
    shape.map(
      (extent, axis) => Math.floor(o / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % extent,
    )
  expect(Array.from(all, (_, o) => referenceAt(g, x, k, index(o), bias))).toEqual(Array.from(all))
})
