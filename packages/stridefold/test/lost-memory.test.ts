/**
 * Do arrays with lost memory throw? A buffer may be transferred or shrunk after its array was made,
 * and a caller may build an array object by hand. Every use must throw one `OptionError`, in the
 * first call and in a repeated one.
 */

import {
  analyzeKernel,
  contiguous,
  conv1d,
  correlate,
  type NdArray,
  ndarray,
  plan,
  reshape,
  slice,
  toNested,
  zeros,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'

const lost = expect.objectContaining({ name: 'OptionError', code: 'OUT_OF_BOUNDS' })

/** The library types of TypeScript do not declare resizable buffers yet. */
interface Resizable extends ArrayBuffer {
  resize(bytes: number): void
}
const resizable = (bytes: number): Resizable =>
  new (ArrayBuffer as unknown as new (bytes: number, options: object) => Resizable)(bytes, {
    maxByteLength: 2 * bytes,
  })

const losses: readonly (readonly [
  string,
  (n: number) => readonly [data: Float32Array<ArrayBuffer>, lose: () => void],
])[] = [
  [
    'transferred',
    (n) => {
      const data = new Float32Array(n).fill(1)
      return [data, () => void structuredClone(data.buffer, { transfer: [data.buffer] })]
    },
  ],
  [
    'shrunk below a view of fixed length',
    (n) => {
      const buffer = resizable(4 * n)
      return [new Float32Array(buffer, 0, n).fill(1), () => buffer.resize(4 * n - 4)]
    },
  ],
  [
    'shrunk below a length-tracking view',
    (n) => {
      const buffer = resizable(4 * n)
      return [new Float32Array(buffer).fill(1), () => buffer.resize(4 * n - 4)]
    },
  ],
]

describe.each(losses)('%s', (_, make) => {
  const uses: readonly (readonly [string, (x: NdArray) => unknown])[] = [
    ['input', (x) => correlate(x, [1, 1, 1])],
    ['input, js', (x) => correlate(x, [1, 1, 1], { backend: 'js' })],
    ['kernel', (x) => correlate(new Float32Array(50), x)],
    ['out', (x) => correlate(new Float32Array(20), [1, 1, 1], { out: x })],
    ['out, js', (x) => correlate(new Float32Array(20), [1, 1, 1], { out: x, backend: 'js' })],
    ['bias', (x) => conv1d(zeros([1, 1, 5]), zeros([20, 1, 3]), { bias: x })],
    ['slice', (x) => slice(x, [1, 3])],
    ['reshape', (x) => reshape(x, [4, 5])],
    ['contiguous', (x) => contiguous(x)],
    ['toNested', (x) => toNested(x)],
    ['analyzeKernel', (x) => analyzeKernel(x)],
  ]
  test.each(uses)('%s', (_, use) => {
    const [data, lose] = make(20)
    const x = ndarray(data)
    use(x)
    lose()
    expect(() => use(x)).toThrow(lost)
  })

  test('in a repeated call, for each of its three arrays', () => {
    for (const which of [0, 1, 2]) {
      for (const backend of ['wasm', 'js'] as const) {
        const sources = [20, 3, 20].map(make)
        const [x, k, out] = sources.map(([data]) => ndarray(data)) as [NdArray, NdArray, NdArray]
        const p = plan('correlate', [20], [3], { backend })
        for (let i = 0; i < 3; i++) {
          correlate(x, k, { out, backend })
          p.runSync(x, k, out)
        }
        sources[which]![1]()
        expect(() => correlate(x, k, { out, backend }), `${which} on ${backend}`).toThrow(lost)
        expect(() => p.runSync(x, k, out), `${which} on ${backend}`).toThrow(lost)
      }
    }
  })
})

test('a slice stays valid if all its elements remain', () => {
  const buffer = resizable(80)
  const part = slice(ndarray(new Float32Array(buffer).fill(2)), [0, 5])
  correlate(part, [1])
  buffer.resize(20)
  expect(toNested(correlate(part, [1]))).toEqual([2, 2, 2, 2, 2])
})

describe('a frozen array object built by hand', () => {
  const data = new Uint8Array([1, 2, 3, 4, 5, 6])
  const valid = {
    data,
    shape: Object.freeze([1, 1, 2]),
    strides: Object.freeze([0, 0, 1]),
    offset: 0,
    dtype: 'uint8',
    writable: true,
    untyped: undefined,
    release: () => {},
  }
  const invalid: readonly (readonly [string, object, string])[] = [
    ['a fractional stride', { strides: Object.freeze([0, 0, 0.5]) }, 'STRIDES_INVALID'],
    ['a stride of NaN', { strides: Object.freeze([0, 0, NaN]) }, 'STRIDES_INVALID'],
    ['an infinite stride', { strides: Object.freeze([0, 0, Infinity]) }, 'STRIDES_INVALID'],
    ['a string as stride', { strides: Object.freeze([0, 0, '1']) }, 'STRIDES_INVALID'],
    ['a fractional extent', { shape: Object.freeze([1, 1, 1.5]) }, 'SHAPE_INVALID'],
    ['a negative extent', { shape: Object.freeze([1, 1, -2]) }, 'SHAPE_INVALID'],
    [
      'a hole in the shape',
      { shape: Object.freeze(Object.assign(new Array(3), { 0: 1, 2: 2 })) },
      'SHAPE_INVALID',
    ],
    ['a fractional offset', { offset: 0.5 }, 'OFFSET_INVALID'],
    ['an offset before the data', { offset: -1 }, 'OUT_OF_BOUNDS'],
    ['an offset after the data', { offset: 5 }, 'OUT_OF_BOUNDS'],
    ['strides that end after the data', { strides: Object.freeze([0, 0, 6]) }, 'OUT_OF_BOUNDS'],
    ['strides that start before the data', { strides: Object.freeze([0, 0, -1]) }, 'OUT_OF_BOUNDS'],
    ['strides of another rank', { strides: Object.freeze([1]) }, 'STRIDES_INVALID'],
  ]
  test.each(invalid)('%s', (_, change, code) => {
    const array = Object.freeze({ ...valid, ...change }) as NdArray
    const expectedError = expect.objectContaining({ name: 'OptionError', code })
    expect(() => toNested(array)).toThrow(expectedError)
    expect(() => correlate(array, [[[1]]])).toThrow(expectedError)
    expect(() =>
      correlate(zeros([1, 1, 2], 'uint8'), [[[1]]], { out: array, dtype: 'uint8' }),
    ).toThrow(expectedError)
    expect(data).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6]))
  })

  test('valid fields are accepted', () => {
    expect(toNested(Object.freeze({ ...valid }) as NdArray)).toEqual([[[1, 2]]])
  })

  test('an untyped field without numbers is ignored', () => {
    const array = Object.freeze({
      ...valid,
      data: new Float32Array([1, 2]),
      dtype: 'float32',
      untyped: 'no',
    }) as unknown as NdArray
    expect(toNested(correlate(array, ndarray(new Float64Array([1]), [1, 1, 1])))).toEqual([
      [[1, 2]],
    ])
  })
})

test('a typed array with a transferred buffer throws; it does not count as empty', () => {
  const data = Float32Array.of(1, 2, 3)
  structuredClone(data, { transfer: [data.buffer] })
  const lost = expect.objectContaining({ code: 'RELEASED' })
  expect(() => correlate(data, [1])).toThrow(lost)
  expect(() => correlate([1], data)).toThrow(lost)
  expect(() => ndarray(data)).toThrow(lost)
  expect(correlate(new Float32Array(0), [1]).shape).toEqual([0])
})
