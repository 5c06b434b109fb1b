/**
 * Arrays whose buffer was transferred or shrunk after they were made, and arrays built by hand:
 * every use throws an `OptionError`, in the first call and in the repeated one.
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

/** TypeScript's library does not know resizable buffers yet. */
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
    'shrunk below a view that follows',
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

  test('in a call that repeats the one before, whichever array it is', () => {
    for (const which of [0, 1, 2]) {
      for (const backend of ['wasm', 'js'] as const) {
        const made = [20, 3, 20].map(make)
        const [x, k, out] = made.map(([data]) => ndarray(data)) as [NdArray, NdArray, NdArray]
        const p = plan('correlate', [20], [3], { backend })
        for (let i = 0; i < 3; i++) {
          correlate(x, k, { out, backend })
          p.runSync(x, k, out)
        }
        made[which]![1]()
        expect(() => correlate(x, k, { out, backend }), `${which} on ${backend}`).toThrow(lost)
        expect(() => p.runSync(x, k, out), `${which} on ${backend}`).toThrow(lost)
      }
    }
  })
})

test('a part of which everything is left stays', () => {
  const buffer = resizable(80)
  const part = slice(ndarray(new Float32Array(buffer).fill(2)), [0, 5])
  correlate(part, [1])
  buffer.resize(20)
  expect(toNested(correlate(part, [1]))).toEqual([2, 2, 2, 2, 2])
})

describe('made by hand, as frozen as ours', () => {
  const data = new Uint8Array([1, 2, 3, 4, 5, 6])
  const honest = {
    data,
    shape: Object.freeze([1, 1, 2]),
    strides: Object.freeze([0, 0, 1]),
    offset: 0,
    dtype: 'uint8',
    writable: true,
    untyped: undefined,
    release: () => {},
  }
  const wrong: readonly (readonly [string, object, string])[] = [
    ['half a stride', { strides: Object.freeze([0, 0, 0.5]) }, 'STRIDES_INVALID'],
    ['a stride that is none', { strides: Object.freeze([0, 0, NaN]) }, 'STRIDES_INVALID'],
    ['an endless stride', { strides: Object.freeze([0, 0, Infinity]) }, 'STRIDES_INVALID'],
    ['a text as stride', { strides: Object.freeze([0, 0, '1']) }, 'STRIDES_INVALID'],
    ['half an extent', { shape: Object.freeze([1, 1, 1.5]) }, 'SHAPE_INVALID'],
    ['an extent below zero', { shape: Object.freeze([1, 1, -2]) }, 'SHAPE_INVALID'],
    [
      'a hole in the shape',
      { shape: Object.freeze(Object.assign(new Array(3), { 0: 1, 2: 2 })) },
      'SHAPE_INVALID',
    ],
    ['half an offset', { offset: 0.5 }, 'OFFSET_INVALID'],
    ['an offset before the data', { offset: -1 }, 'OUT_OF_BOUNDS'],
    ['an offset behind the data', { offset: 5 }, 'OUT_OF_BOUNDS'],
    ['strides that leave the data', { strides: Object.freeze([0, 0, 6]) }, 'OUT_OF_BOUNDS'],
    ['strides that go before it', { strides: Object.freeze([0, 0, -1]) }, 'OUT_OF_BOUNDS'],
    ['strides of another rank', { strides: Object.freeze([1]) }, 'STRIDES_INVALID'],
  ]
  test.each(wrong)('%s', (_, change, code) => {
    const made = Object.freeze({ ...honest, ...change }) as NdArray
    const refused = expect.objectContaining({ name: 'OptionError', code })
    expect(() => toNested(made)).toThrow(refused)
    expect(() => correlate(made, [[[1]]])).toThrow(refused)
    expect(() =>
      correlate(zeros([1, 1, 2], 'uint8'), [[[1]]], { out: made, dtype: 'uint8' }),
    ).toThrow(refused)
    expect(data).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6]))
  })

  test('an honest one is one of ours', () => {
    expect(toNested(Object.freeze({ ...honest }) as NdArray)).toEqual([[[1, 2]]])
  })

  test('numbers from plain lists that are not there are not looked at', () => {
    const made = Object.freeze({
      ...honest,
      data: new Float32Array([1, 2]),
      dtype: 'float32',
      untyped: 'no',
    }) as unknown as NdArray
    expect(toNested(correlate(made, ndarray(new Float64Array([1]), [1, 1, 1])))).toEqual([[[1, 2]]])
  })
})

test('a typed array whose buffer was transferred is refused, not taken for an empty one', () => {
  const data = Float32Array.of(1, 2, 3)
  structuredClone(data, { transfer: [data.buffer] })
  const lost = expect.objectContaining({ code: 'RELEASED' })
  expect(() => correlate(data, [1])).toThrow(lost)
  expect(() => correlate([1], data)).toThrow(lost)
  expect(() => ndarray(data)).toThrow(lost)
  expect(correlate(new Float32Array(0), [1]).shape).toEqual([0])
})
