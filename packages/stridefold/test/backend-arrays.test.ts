/**
 * Are arrays with `memory: 'backend'` safe to use whole, in parts, wrapped again and after release?
 * While a view or typed array refers to an array, its memory must not be used for another array.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { correlate, ndarray, plan, slice, toNested, zeros } from 'stridefold/sync'
import { expect, test } from 'vitest'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects unreferenced objects and lets their finalizers run. */
async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const backend = { memory: 'backend' } as const
const released = expect.objectContaining({ code: 'RELEASED' })
/** An array 0, 1, 2, …. Each test uses its own size, so a freed block is the next one used. */
const counting = (n: number) =>
  ndarray(
    Float32Array.from({ length: n }, (_, i) => i),
    [n],
    backend,
  )

test.each([
  ['a subarray', (data: Float32Array) => ndarray(data.subarray(100, 200))],
  [
    'bytes of the array',
    (data: Float32Array) => ndarray(new Float32Array(data.buffer, data.byteOffset + 400, 100)),
  ],
  ['a slice', (data: Float32Array) => slice(ndarray(data), [100, 200])],
  ['an array of another library', (data: Float32Array) => ndarray(data, [100], { offset: 100 })],
])('%s keeps the whole array alive', async (_, part) => {
  const view = (() => part(counting(1000).data))()
  await collectGarbage()
  const others = Array.from({ length: 20 }, () => zeros([1000], 'float32', backend))
  const values = (): unknown => toNested(view)
  expect(values()).toEqual(Array.from({ length: 100 }, (_, i) => i + 100))
  for (const other of others) expect(other.data.byteOffset === view.data.byteOffset).toBe(false)
  for (const other of others) other.release()
})

test('a typed array that was passed to a call keeps the array alive', async () => {
  const part = (() => counting(1000).data.subarray(10, 20))()
  expect(toNested(correlate(part, [1]))).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  await collectGarbage()
  const other = counting(1000)
  other.data.fill(-1)
  expect(Array.from(part)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  other.release()
})

test('memory without references is used again', async () => {
  const first = (() => counting(5000).data.byteOffset)()
  await collectGarbage()
  const next = counting(5000)
  expect(next.data.byteOffset).toBe(first)
  next.release()
})

test('a part that was wrapped again is used in place; its release releases the whole array', () => {
  const x = counting(64)
  const part = ndarray(x.data.subarray(16, 32), [4, 4])
  const y = plan('correlate', [4, 4], [1, 1], { backend: 'wasm' })
  expect(y.runSync(part, [[1]]).data).toEqual(Float32Array.from({ length: 16 }, (_, i) => i + 16))
  const out = ndarray(x.data.subarray(0, 16), [4, 4])
  correlate(
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ],
    [[2]],
    { out },
  )
  expect(Array.from(x.data.subarray(0, 8))).toEqual([2, 4, 6, 8, 10, 12, 14, 16])
  part.release()
  expect(() => slice(x, 0)).toThrow(released)
  expect(() => slice(out, 0)).toThrow(released)
})

test('calls reject released memory, also if another array uses it now', () => {
  const x = counting(3000)
  const { data } = x
  const view = ndarray(data.subarray(0, 10))
  x.release()
  const y = counting(3000)
  expect(y.data.byteOffset).toBe(data.byteOffset)
  const uses = [
    () => correlate(view, [1]),
    () => correlate(data, [1]),
    () => correlate([1], data),
    () => ndarray(data),
    () =>
      correlate(
        Array.from({ length: 10 }, () => 5),
        [1],
        { out: view },
      ),
    () => correlate(new Float32Array(3000), [1], { out: data as never }),
    () =>
      correlate(new Float32Array(3000), [1], {
        out: { data, shape: [3000], strides: [1], offset: 0 } as never,
      }),
  ]
  for (const use of uses) expect(use).toThrow(released)
  expect(y.data[1]).toBe(1)
  y.release()
  // The memory is free now. A view that no call has seen before is rejected as well.
  expect(() => correlate(new Float32Array(data.buffer, data.byteOffset, 10), [1])).toThrow(released)
  expect(() => ndarray(new Uint8Array(data.buffer, data.byteOffset - 64, 200))).toThrow(released)
})

test.each([
  ['a subarray', (data: Float32Array) => data.subarray(0, 3)],
  [
    'a typed array over its buffer',
    (d: Float32Array) => new Float32Array(d.buffer, d.byteOffset, 3),
  ],
])(
  '%s that no call has seen: it keeps the memory, and is rejected after release',
  async (_, cut) => {
    const part = (() => cut(counting(700).data))()
    await collectGarbage()
    const next = counting(700)
    next.data.fill(-1)
    expect(Array.from(part)).toEqual([0, 1, 2])
    next.release()
    const x = counting(710)
    const old = cut(x.data)
    x.release()
    const y = counting(710)
    expect(y.data.byteOffset).toBe(x.data.byteOffset)
    expect(() => correlate([[[1, 2, 3]]][0]![0]!, [5], { out: old as never })).toThrow(released)
    expect(() => correlate(old, [1])).toThrow(released)
    expect(() => ndarray(old)).toThrow(released)
    expect(Array.from(y.data.subarray(0, 3))).toEqual([0, 1, 2])
    y.release()
  },
)

test('a typed array over the buffer that extends past its array is rejected', () => {
  const x = counting(20)
  const y = counting(20)
  const { buffer, byteOffset } = x.data
  expect(() => ndarray(new Float32Array(buffer, byteOffset, 21))).toThrow(released)
  expect(() => ndarray(new Float32Array(buffer, y.data.byteOffset, 20))).toThrow(released)
  x.release()
  y.release()
})

test('a repeated call detects the release of any of its arrays', () => {
  const shape = [40] as const
  const rows: [string, number][] = [
    ['x', 0],
    ['k', 1],
    ['out', 2],
  ]
  for (const [name, which] of rows) {
    const arrays = [
      zeros(shape, 'float32', backend),
      zeros([3], 'float32', backend),
      zeros(shape, 'float32', backend),
    ] as const
    const [x, k, out] = arrays
    const p = plan('correlate', shape, [3])
    for (let i = 0; i < 3; i++) {
      correlate(x, k, { out })
      p.runSync(x, k, out)
    }
    arrays[which]!.release()
    expect(() => correlate(x, k, { out }), name).toThrow(released)
    expect(() => p.runSync(x, k, out), name).toThrow(released)
    for (const array of arrays) array.release()
  }
})

test('a typed array over the whole memory is rejected', () => {
  const [x, y] = [counting(16), counting(16)]
  expect(() => ndarray(new Float32Array(x.data.buffer, x.data.byteOffset, 64))).toThrow(released)
  for (const array of [x, y]) array.release()
})
