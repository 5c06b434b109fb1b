/**
 * Are the matrices of windows and kernels right? The tests compare them with matrices made by hand
 * and by PyTorch. They also multiply them: the product must equal the convolution.
 */

import { describe, expect, test } from 'vitest'
import { explain } from '../src/explain/explain.ts'
import { validateCallOptions } from '../src/geometry/check-options.ts'
import type { Call } from '../src/geometry/shapes.ts'
import { outputShape } from '../src/geometry/shapes.ts'
import type { WindowMatrixOptions } from '../src/matrices/options.ts'
import { toeplitz } from '../src/matrices/toeplitz.ts'
import { col2im, im2col } from '../src/matrices/windows.ts'
import { toNested } from '../src/ndarray/interop.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { contiguous } from '../src/ndarray/views.ts'
import { inputInOrder } from '../src/problem/axis-orders.ts'
import { isSignal, questionOf } from '../src/problem/question.ts'
import { computeLayer, computeSignal } from '../src/runtime/call.ts'
import { now } from '../src/runtime/eventual.ts'
import { random } from './random-geometry.ts'

/** The result of any call. */
const computed = (call: Call, ...given: [x: unknown, k: unknown, options: object]): NdArray =>
  now<NdArray>(isSignal(call) ? computeSignal(call, ...given) : computeLayer(call, ...given))

const article = [
  [3, 9, 0],
  [2, 8, 1],
  [1, 4, 8],
]

const counting = (shape: readonly number[]): NdArray =>
  view(
    Float32Array.from({ length: elementCount(shape) }, (_, i) => i),
    shape,
  )

function integers(shape: readonly number[], seed: number): NdArray {
  const next = random(seed)
  return view(
    Float32Array.from({ length: elementCount(shape) }, () => next(9) - 4),
    shape,
  )
}

interface Case {
  readonly call: Call
  readonly input: readonly number[]
  readonly kernel: readonly number[]
  readonly options: WindowMatrixOptions
}

const cases: readonly Case[] = [
  { call: 'correlate', input: [7], kernel: [3], options: { stride: 2, boundary: 'wrap' } },
  {
    call: 'convolve',
    input: [5, 6],
    kernel: [3, 2],
    options: { mode: ['full', 'same-lower'], boundary: ['edge', 'reflect'] },
  },
  {
    call: 'convolve',
    input: [5, 6],
    kernel: [3, 2],
    options: { padding: [[-1, 2], 3], dilation: [1, 2] },
  },
  {
    call: 'correlate',
    input: [4, 5, 3],
    kernel: [3, 3],
    options: { channelAxis: -1, boundary: 'symmetric' },
  },
  {
    call: 'convolve',
    input: [4, 3, 5],
    kernel: [2, 3, 3],
    options: { channelAxis: 1, boundary: 'wrap', stride: [1, 2] },
  },
  {
    call: 'correlate',
    input: [5, 5, 3],
    kernel: [3, 3, 3],
    options: { mode: ['same', 'same', 'valid'] },
  },
  { call: 'correlate', input: [2, 3, 2, 3], kernel: [2, 1, 2, 2], options: {} },
  { call: 'correlate', input: [4, 4], kernel: [9, 1], options: { boundary: 'reflect' } },
  {
    call: 'conv1d',
    input: [2, 4, 9],
    kernel: [6, 2, 3],
    options: { groups: 2, stride: 2, padding: 'causal' },
  },
  {
    call: 'conv2d',
    input: [2, 2, 5, 4],
    kernel: [3, 2, 3, 2],
    options: { padding: 'same', dilation: [1, 2], boundary: 'edge' },
  },
  {
    call: 'conv2d',
    input: [2, 5, 4, 2],
    kernel: [3, 2, 2, 3],
    options: { layout: 'channels-last', weightLayout: 'HWIO', padding: 1 },
  },
  {
    call: 'conv3d',
    input: [1, 2, 3, 4, 3],
    kernel: [2, 2, 2, 2, 2],
    options: { stride: [1, 2, 1], padding: [[0, 1], 1, -0] },
  },
  {
    call: 'convTranspose1d',
    input: [2, 4, 5],
    kernel: [4, 3, 3],
    options: { groups: 2, stride: 2, padding: 1, outputPadding: 1 },
  },
  {
    call: 'convTranspose2d',
    input: [1, 2, 3, 4],
    kernel: [2, 3, 3, 2],
    options: { stride: [2, 3], layout: 'channels-first' },
  },
  {
    call: 'convTranspose2d',
    input: [1, 3, 4, 2],
    kernel: [2, 3, 3, 2],
    options: { stride: 2, layout: 'channels-last', weightLayout: 'IOHW' },
  },
  {
    call: 'convTranspose1d',
    input: [1, 1, 5],
    kernel: [1, 1, 3],
    options: { padding: 1, boundary: 'edge' },
  },
]

const named = cases.map(
  (entry) =>
    [
      `${entry.call} ${entry.input} * ${entry.kernel} ${JSON.stringify(entry.options)}`,
      entry,
    ] as const,
)
const windows = named.filter(
  ([, { call, options }]) => !(call === 'convTranspose1d' && options.boundary === 'edge'),
)

const numbers = (x: NdArray): number[] => Array.from(contiguous(x).data)

function dot(a: NdArray, b: NdArray): number {
  const other = numbers(b)
  return numbers(a).reduce((sum, value, i) => sum + value * other[i]!, 0)
}

describe('im2col', () => {
  test('the matrix of article 1', () => {
    expect(toNested(im2col(article, [2, 2], { mode: 'valid' }))).toEqual([
      [3, 9, 2, 8],
      [9, 0, 8, 1],
      [2, 8, 1, 4],
      [8, 1, 4, 8],
    ])
  })

  test('equals F.unfold(arange(16).view(1,2,2,4), (2,3), padding=(0,1)) of PyTorch', () => {
    expect(toNested(im2col(counting([1, 2, 2, 4]), [2, 3], { padding: [0, 1] }))).toEqual([
      [0, 0, 1, 2],
      [0, 1, 2, 3],
      [1, 2, 3, 0],
      [0, 4, 5, 6],
      [4, 5, 6, 7],
      [5, 6, 7, 0],
      [0, 8, 9, 10],
      [8, 9, 10, 11],
      [9, 10, 11, 0],
      [0, 12, 13, 14],
      [12, 13, 14, 15],
      [13, 14, 15, 0],
    ])
  })

  test('a constant border puts its constant in the cells, a repeating border samples', () => {
    expect(toNested(im2col([1, 2], [3], { boundary: { constant: 9 } }))).toEqual([
      [9, 1],
      [1, 2],
      [2, 9],
    ])
    expect(toNested(im2col([1, 2, 3], [3], { boundary: 'reflect' }))).toEqual([
      [2, 1, 2],
      [1, 2, 3],
      [2, 3, 2],
    ])
    expect(toNested(im2col([1, 2], [3], { call: 'convolve' }))).toEqual([
      [2, 0],
      [1, 2],
      [0, 1],
    ])
  })

  test(
    'dtypes: bytes give float32, plain numbers stay exact in float64, integers saturate if ' +
      'dtype is an integer type',
    () => {
      expect(im2col(Uint8Array.of(1, 2), [1]).dtype).toBe('float32')
      expect(toNested(im2col([0.1], [1], { dtype: 'float64' }))).toEqual([[0.1]])
      expect(toNested(im2col([300.5, -1], [1], { dtype: 'uint8' }))).toEqual([[255, 0]])
    },
  )

  test.each(windows)(
    '%s: every cell holds the sample of its tap',
    (_, { call, input, kernel, options }) => {
      const x = integers(input, 1)
      const checked = validateCallOptions(call, options)
      const { geometry, orders } = questionOf(call, input, kernel, checked, 'float32')
      const matrix = im2col(x, kernel, { call, ...options })
      const expected = new Array<number>(elementCount(matrix.shape)).fill(0)
      for (let column = 0; column < matrix.shape[1]!; column++) {
        for (let row = 0; row < matrix.shape[0]!; row++) {
          const [tap] = explain(
            geometry,
            { im2col: [row, column] },
            { input: inputInOrder(x, orders) },
          ).taps
          expected[row * matrix.shape[1]! + column] = tap?.value ?? 0
        }
      }
      expect(numbers(matrix)).toEqual(expected)
    },
  )

  const plain = windows.filter(
    ([, { call, options }]) =>
      !call.startsWith('convT') &&
      Object.keys(options).every((name) => !['groups', 'layout', 'channelAxis'].includes(name)),
  )

  test.each(plain)(
    '%s: kernel times matrix equals the result',
    (_, { call, input, kernel, options }) => {
      const [x, k] = [integers(input, 1), integers(kernel, 2)]
      const matrix = im2col(x, kernel, { call, ...options })
      const [rows, columns] = matrix.shape as [number, number]
      const isLayer = call !== 'convolve' && call !== 'correlate'
      const [batch, filters] = isLayer ? [input[0]!, kernel[0]!] : [1, 1]
      const outputs = columns / batch
      const product = Array.from({ length: batch * filters * outputs }, (__, i) => {
        const [n, f, q] = [
          Math.floor(i / outputs / filters),
          Math.floor(i / outputs) % filters,
          i % outputs,
        ]
        let sum = 0
        for (let r = 0; r < rows; r++)
          sum += k.data[f * rows + r]! * matrix.data[r * columns + n * outputs + q]!
        return sum
      })
      expect(product).toEqual(numbers(computed(call, x, k, options)))
    },
  )
})

describe('col2im', () => {
  test('counts how often each sample is read', () => {
    const ones = view(new Float32Array(16).fill(1), [4, 4])
    expect(toNested(col2im(ones, [3, 3], [2, 2], { mode: 'valid' }))).toEqual([
      [1, 2, 1],
      [2, 4, 2],
      [1, 2, 1],
    ])
  })

  test('repeated samples are added to their source, constants are dropped', () => {
    const ones = view(new Float32Array(9).fill(1), [3, 3])
    expect(toNested(col2im(ones, [3], [3], { boundary: 'reflect' }))).toEqual([2, 5, 2])
    expect(toNested(col2im(ones, [3], [3], { boundary: { constant: 5 } }))).toEqual([2, 3, 2])
  })

  test.each(windows)(
    '%s: col2im is the adjoint of im2col',
    (_, { call, input, kernel, options }) => {
      const x = integers(input, 3)
      const forward = im2col(x, kernel, { call, ...options })
      const m = integers(forward.shape, 4)
      const back = col2im(m, input, kernel, { call, ...options })
      expect(back.shape).toEqual(input)
      expect(dot(forward, m)).toBe(dot(x, back))
    },
  )
})

describe('toeplitz', () => {
  test.each(named)(
    '%s: matrix times input equals the result',
    (_, { call, input, kernel, options }) => {
      const [x, k] = [integers(input, 5), integers(kernel, 6)]
      const matrix = toeplitz(k, input, { call, ...options })
      const dense = matrix.toDense()
      const y = contiguous(computed(call, x, k, options))
      expect(y.shape).toEqual(outputShape(call, input, kernel, options as never))
      const product = Array.from({ length: matrix.shape[0] }, (__, r) =>
        numbers(x).reduce((sum, value, c) => sum + value * dense.data[r * matrix.shape[1] + c]!, 0),
      )
      expect(product).toEqual([...y.data])
      expect(matrix.nonZeros).toBe(dense.data.filter((value) => value !== 0).length)
      expect(matrix.distinctValues).toBe(new Set(dense.data.filter((value) => value !== 0)).size)
      expect(matrix.stored).toBe(matrix.indptr.at(-1))
    },
  )

  test('matrices made by hand', () => {
    const matrix = toeplitz([1, 0, 2], [4], { mode: 'valid' })
    expect(toNested(matrix.toDense())).toEqual([
      [1, 0, 2, 0],
      [0, 1, 0, 2],
    ])
    expect([[...matrix.data], [...matrix.indices], [...matrix.indptr]]).toEqual([
      [1, 0, 2, 1, 0, 2],
      [0, 1, 2, 1, 2, 3],
      [0, 3, 6],
    ])
    expect(matrix).toMatchObject({
      shape: [2, 4],
      stored: 6,
      nonZeros: 4,
      density: 0.5,
      distinctValues: 2,
      offset: undefined,
    })
    expect(toNested(toeplitz([1, 2], [3], { mode: 'valid', call: 'convolve' }).toDense())).toEqual([
      [2, 1, 0],
      [0, 2, 1],
    ])
  })

  test('the offset holds the sum of constant border and bias', () => {
    const matrix = toeplitz([1, 10, 100], [2], { boundary: { constant: 3 }, bias: 0.5 })
    expect(toNested(matrix.toDense())).toEqual([
      [10, 100],
      [1, 10],
    ])
    expect([...matrix.offset!]).toEqual([3.5, 300.5])
    const layer = toeplitz([[[1]], [[2]]], [1, 1, 2], { call: 'conv1d', bias: [5, 6] })
    expect([...layer.offset!]).toEqual([5, 5, 6, 6])
  })

  test(
    'the experiment of article 2: 55×55×3 with 3×3 gives 9,747 × 3,025 with explicit padding, ' +
      '99.72 % zeros',
    () => {
      const kernel = view(
        Float32Array.from({ length: 27 }, (_, i) => i + 1),
        [3, 3, 3],
      )
      const padded = toeplitz(kernel, [57, 57, 3], { mode: 'valid' })
      expect(padded.shape).toEqual([3025, 9747])
      expect(padded).toMatchObject({ stored: 3025 * 27, nonZeros: 3025 * 27, distinctValues: 27 })
      expect(((1 - padded.density) * 100).toFixed(2)).toBe('99.72')
      const same = toeplitz(kernel, [55, 55, 3], { mode: ['same', 'same', 'valid'] })
      // Along an axis of 55 samples, three weights meet a sample at each position, but only two at
      // both ends: 163 products.
      expect(same).toMatchObject({ shape: [3025, 9075], nonZeros: 163 * 163 * 3 })
    },
  )
})

describe('rejected input', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'an option of computation',
      () => im2col([1, 2], [1], { threads: 2 } as object),
      /im2col has no option 'threads'/,
    ],
    [
      'a bias for windows',
      () => col2im([[1]], [1], [1], { bias: 2 } as object),
      /col2im has no option 'bias'/,
    ],
    [
      'an activation',
      () => toeplitz([1], [1], { activation: 'relu' } as object),
      /toeplitz has no option 'activation'/,
    ],
    ['an unknown option', () => im2col([1, 2], [1], { strid: 2 } as object), /strid/],
    [
      'a matrix of another shape',
      () => col2im([[1, 2]], [3], [2], { mode: 'valid' }),
      /\[1,2\].*\[2,2\]/,
    ],
    ['another rank', () => im2col(article, [2]), /rank/],
    ['a window that does not fit', () => im2col([1], [3], { mode: 'valid' }), /does not fit/],
    [
      'columns that would need a sum',
      () =>
        im2col(counting([1, 1, 5]), [3], { call: 'convTranspose1d', padding: 1, boundary: 'edge' }),
      /Use toeplitz/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
  })
})
