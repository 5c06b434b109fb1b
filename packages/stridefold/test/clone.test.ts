/**
 * Does an array survive structuredClone and postMessage? What arrives is plain data, without the
 * method and not frozen. Every call accepts it as the array that was sent.
 */

import { describe, expect, test } from 'vitest'
import { isInBackendMemory } from '../src/ndarray/memory.ts'
import {
  type ArrayInput,
  asNdArray,
  asStrided,
  contiguous,
  conv1d,
  convBiasGradient,
  convInputGradient,
  convolve,
  convTranspose1d,
  convWeightGradient,
  correlate,
  type DType,
  flip,
  im2col,
  type NdArray,
  ndarray,
  plan,
  slice,
  slidingWindows,
  toeplitz,
  toNested,
  transpose,
  zeros,
} from '../src/sync.ts'

/** Sends a value through a channel, as to another thread. */
function posted<T>(value: T): Promise<T> {
  const { port1, port2 } = new MessageChannel()
  const arrived = new Promise<T>((resolve) => {
    port2.onmessage = ({ data }) => {
      port1.close()
      port2.close()
      resolve(data as T)
    }
  })
  port1.postMessage(value)
  return arrived
}

const ways: readonly (readonly [string, <T>(value: T) => T | Promise<T>])[] = [
  ['structuredClone', structuredClone],
  ['postMessage', posted],
]

const numbers = (dtype: DType, shape: readonly number[]): NdArray => {
  const x: NdArray = zeros(shape, dtype)
  for (let i = 0; i < x.data.length; i++) x.data[i] = (i * 7) % 11
  return x
}

const dtypes = [
  'float32',
  'float64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'uint8c',
  'uint16',
] as const satisfies readonly DType[]

const views: Readonly<Record<string, (x: NdArray) => NdArray>> = {
  'a whole array': (x) => x,
  'a part with an offset': (x) => slice(x, [1, 5], [2, 7]),
  'negative strides': (x) => flip(x),
  'every third row, columns backwards': (x) => slice(x, [null, null, 3], [null, null, -1]),
  'a transposed view': (x) => transpose(x),
  'stride 0': (x) => asStrided(x, { shape: [4, 3], strides: [0, 1], offset: 2 }),
  'overlapping windows': (x) => slidingWindows(slice(x, 0), 3),
  'no elements': (x) => slice(x, [0, 0]),
}

describe.each(ways)('%s', (_, sent) => {
  test.each(Object.keys(views))(
    'keeps the elements, the type and the layout of %s',
    async (name) => {
      for (const dtype of dtypes) {
        const x = views[name]!(numbers(dtype, [6, 8]))
        const clone = await sent(x)
        expect(Object.isFrozen(clone)).toBe(false)
        const back = asNdArray(clone)
        expect(toNested(back)).toEqual(toNested(x))
        expect([back.dtype, back.shape, back.strides, back.offset, back.writable]).toEqual([
          x.dtype,
          x.shape,
          x.strides,
          x.offset,
          x.writable,
        ])
        expect(Object.isFrozen(back)).toBe(true)
        expect(back.data.buffer).not.toBe(x.data.buffer)
      }
    },
  )

  test('copies the whole buffer of a view, but not that of its contiguous copy', async () => {
    const row = slice(numbers('float32', [100, 100]), 3)
    expect((await sent(row)).data.length).toBe(10_000)
    expect((await sent(contiguous(row))).data.length).toBe(100)
  })

  test('keeps a view read-only, and one writable that was asked for', async () => {
    const x = numbers('float32', [6])
    const locked = await sent(asStrided(x, { shape: [6] }))
    expect(() => correlate(x, [1], { out: locked })).toThrow(/read-only/)
    const open = await sent(asStrided(x, { shape: [2, 3], strides: [1, 1], writable: true }))
    expect(asNdArray(open).writable).toBe(true)
  })

  test('keeps numbers without a dtype exact', async () => {
    const weak = ndarray([0.1, 0.2, 0.7])
    const clone = await sent(weak)
    const doubles = new Float64Array([1, 2, 3])
    expect(toNested(correlate(doubles, clone))).toEqual(toNested(correlate(doubles, weak)))
    expect(correlate([1, 2, 3], clone).dtype).toBe('float32')
    const reversed = await sent(flip(weak))
    expect(toNested(correlate(doubles, reversed))).toEqual(toNested(convolve(doubles, weak)))
    expect(clone.untyped).toEqual(new Float64Array([0.1, 0.2, 0.7]))
  })

  test('is accepted by every call, as an operand, as a bias and as out', async () => {
    const x = flip(numbers('float32', [1, 2, 9]))
    const w = slice(numbers('float32', [2, 2, 6]), null, null, [1, null, 2])
    const bias = slice(numbers('float32', [4]), [1, null, 2])
    const g = numbers('float32', [1, 2, 7])
    const calls: readonly ((
      x: ArrayInput,
      w: ArrayInput,
      b: ArrayInput,
      g: ArrayInput,
    ) => NdArray)[] = [
      (a, k) => convolve(a, k),
      (a, k) => correlate(a, k, { boundary: 'edge' }),
      (a, k, b) => conv1d(a, k, { bias: b as object }),
      (a, k, b) => convTranspose1d(a, k, { bias: b as object }),
      (_, k, __, d) => convInputGradient(d, k, [1, 2, 9]),
      (a, _, __, d) => convWeightGradient(a, d, [2, 2, 3]),
      (_, __, ___, d) => convBiasGradient(d),
      (a) => im2col(a, [3]),
      (_, k) => toeplitz(k, [1, 2, 9], { call: 'conv1d' }).toDense(),
      (a) => contiguous(a),
      (a, k) => plan('conv1d', [1, 2, 9], [2, 2, 3]).runSync(a, k),
      (a, k) => plan('conv1d', [1, 2, 9], [2, 2, 3]).prepare(k).runSync(a),
    ]
    const clones = await sent([x, w, bias, g] as const)
    for (const call of calls)
      expect(toNested(call(...clones))).toEqual(toNested(call(x, w, bias, g)))
    const out = await sent(numbers('float32', [1, 2, 7]))
    const result = conv1d(x, w, { out })
    expect(result.data).toBe(out.data)
    expect(toNested(out)).toEqual(toNested(conv1d(x, w)))
  })

  test('shares an array in backend memory; copies it where memory is not shared', async () => {
    const x = ndarray(new Float32Array([1, 2, 3, 4]), [4], { memory: 'backend' })
    const clone = await sent(slice(x, [null, null, -1]))
    expect(toNested(clone)).toEqual([4, 3, 2, 1])
    x.data[0] = 9
    const isShared = isInBackendMemory(x)
    expect(toNested(clone)).toEqual([4, 3, 2, isShared ? 9 : 1])
    expect(isInBackendMemory(asNdArray(clone))).toBe(false)
    expect(toNested(correlate(clone, [2]))).toEqual([8, 6, 4, isShared ? 18 : 2])
    const kept = contiguous(clone)
    x.release()
    expect(() => correlate(x, [1])).toThrow(/released/)
    expect(toNested(kept)).toEqual([4, 3, 2, isShared ? 9 : 1])
  })
})

test('an array has only data of its own', () => {
  const x = zeros([2])
  expect(Object.keys(x)).toEqual([
    'data',
    'shape',
    'strides',
    'offset',
    'dtype',
    'writable',
    'untyped',
  ])
  expect(typeof x.release).toBe('function')
  expect(() => Object.assign(x, { offset: 1 })).toThrow(TypeError)
})

test('a transferred array is rejected with the reason', () => {
  const x = zeros([2])
  const arrived = structuredClone(x, { transfer: [x.data.buffer as ArrayBuffer] })
  expect(toNested(arrived)).toEqual([0, 0])
  expect(() => correlate(x, [1])).toThrow(/transferred/)
})

test('untyped numbers that do not belong to the data are ignored', () => {
  const record = { data: new Float32Array([1, 2]), shape: [2], untyped: new Float64Array(3) }
  expect(asNdArray(record).untyped).toBe(undefined)
})
