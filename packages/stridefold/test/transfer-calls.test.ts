/**
 * Do asynchronous calls work where memory cannot be shared, as in pages that are not isolated? They
 * send boxes to workers by transfer. Each result must have the bits of a synchronous call.
 */

import * as later from 'stridefold'
import {
  capabilities,
  configure,
  conv2d,
  convTranspose2d,
  convWeightGradient,
  correlate,
  flip,
  type NdArray,
  ndarray,
  plan,
  slice,
  transpose,
  zeros,
} from 'stridefold/sync'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bytesOf } from './run-boxes.ts'

beforeAll(async () => {
  await later.close()
  vi.stubGlobal('crossOriginIsolated', false)
  configure({ threads: 2 })
})

afterAll(async () => {
  await later.close()
  vi.unstubAllGlobals()
})

const filled = (shape: readonly number[], dtype: 'float32' | 'float64' | 'uint8'): NdArray => {
  const x = zeros(shape, dtype) as NdArray
  for (let i = 0; i < x.data.length; i++)
    x.data[i] = ((i * 7919) % 251) / (dtype === 'uint8' ? 1 : 9)
  return x
}
const bell = (size: number): NdArray =>
  ndarray(
    Float32Array.from({ length: size * size }, (_, i) => {
      const [y, x] = [Math.floor(i / size) - (size >> 1), (i % size) - (size >> 1)]
      return Math.exp(-(x * x + y * y) / size)
    }),
    [size, size],
  )
const image = (): NdArray => filled([1400, 2000], 'float32')
const layer = (): [NdArray, NdArray] => [
  filled([2, 32, 96, 96], 'float32'),
  filled([48, 32, 3, 3], 'float32'),
]

const expectSameBits = (found: NdArray, expected: NdArray): void => {
  const [a, b] = [bytesOf(found), bytesOf(expected)]
  expect(found.shape).toEqual(expected.shape)
  expect(a.length).toBe(b.length)
  let differences = 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) differences++
  expect(differences).toBe(0)
}

/** Whether a plan sends boxes to workers, or the whole problem. */
const boxesOf = (p: { explain(): string }): string =>
  p
    .explain()
    .split('\n')
    .find((line) => line.startsWith('asynchronous calls: ')) ?? 'none'

const images: readonly (readonly [string, NdArray, NdArray, object])[] = [
  ['5×5', image(), filled([5, 5], 'float32'), { boundary: 'reflect' }],
  ['bytes', filled([1100, 1300, 3], 'uint8'), filled([5, 5], 'float32'), { channelAxis: -1 }],
  ['bytes to bytes', filled([2100, 2300], 'uint8'), bell(15), { dtype: 'uint8', boundary: 'wrap' }],
  ['Gaussian', image(), bell(15), { boundary: 'edge' }],
  ['31×31', image(), filled([31, 31], 'float32'), {}],
  ['float64', filled([900, 900], 'float64'), filled([7, 7], 'float64'), { boundary: 'symmetric' }],
  ['a signal', filled([2_000_000], 'float32'), filled([101], 'float32'), {}],
  ['a volume', filled([80, 120, 110], 'float32'), filled([5, 5, 5], 'float32'), {}],
]

test.each(images)('%s', async (_, x, k, options) => {
  const p = plan('correlate', x.shape, k.shape, { ...options, kernel: k } as object)
  expect(boxesOf(p)).toMatch(/^asynchronous calls: \d+ boxes, of .* by transfer to 2 workers/)
  const expected = correlate(x, k, options)
  expectSameBits(await later.correlate(x, k, options), expected)
  const out = zeros(expected.shape, expected.dtype) as NdArray
  expect(await later.correlate(x, k, { ...options, out } as object)).toBe(out)
  expectSameBits(out, expected)
})

test('a synchronous call with another kernel before', async () => {
  const [x, first, second] = [image(), bell(15), slice(bell(17), [0, 15], [0, 15])]
  const expected = correlate(x, second)
  await later.close()
  correlate(x, first)
  expectSameBits(await later.correlate(x, second), expected)
})

test('layers, with bias and activation, and another kernel for the same plan', async () => {
  const [x, k] = layer()
  const options = { padding: 1, bias: filled([48], 'float32'), activation: 'relu' } as const
  expectSameBits(await later.conv2d(x, k, options), conv2d(x, k, options))
  k.data.reverse()
  expectSameBits(await later.conv2d(x, k, options), conv2d(x, k, options))
})

test('what cannot be cut goes to a worker as a whole', async () => {
  const [x, k] = [filled([4, 32, 64, 64], 'float32'), filled([32, 48, 5, 5], 'float32')]
  const options = { stride: 2, padding: 2, boundary: 'reflect' } as const
  const p = plan('convTranspose2d', x.shape, k.shape, options)
  expect(boxesOf(p)).toMatch(/^asynchronous calls: the whole problem at once by transfer/)
  expectSameBits(await later.convTranspose2d(x, k, options), convTranspose2d(x, k, options))
})

test('gradients', async () => {
  const [x, k] = layer()
  const y = conv2d(x, k, { padding: 1 })
  const found = await later.convWeightGradient(x, y, k.shape, { padding: 1 })
  expectSameBits(found, convWeightGradient(x, y, k.shape, { padding: 1 }))
})

test('views, and a result between elements that stay', async () => {
  const x = flip(transpose(image()), [0])
  const k = filled([5, 5], 'float32')
  expectSameBits(await later.correlate(x, k), correlate(x, k))
  const canvas = (): NdArray => {
    const all = zeros([2000, 1400, 2], 'float32') as NdArray
    all.data.fill(7)
    return all
  }
  const [found, expected] = [canvas(), canvas()]
  await later.correlate(x, k, { out: slice(found, null, null, 1) })
  correlate(x, k, { out: slice(expected, null, null, 1) })
  expectSameBits(found, expected)
})

test('a sample that is not finite', async () => {
  const x = image()
  x.data[1_000_000] = Number.NaN
  const k = filled([31, 31], 'float32')
  expectSameBits(await later.correlate(x, k), correlate(x, k))
})

test('plans with prepared weights, one after the other', async () => {
  const [x, k] = layer()
  const plans = [3, 5].map((size) => {
    const kernel = filled([48, 32, size, size], 'float32')
    return plan('conv2d', x.shape, kernel.shape, { padding: 1 }).prepare(kernel)
  })
  for (const p of [...plans, ...plans]) expectSameBits(await p.run(x), p.runSync(x))
  for (const p of plans) p.dispose()
  expectSameBits(await later.conv2d(x, k), conv2d(x, k))
})

test('memoryLimit holds for workers, too', async () => {
  const x = image()
  const k = filled([31, 31], 'float32')
  const limits: readonly (readonly [number, RegExp])[] = [
    [2 ** 27, /to 2 workers/],
    [2 ** 22, /to (a worker|2 workers)/],
    [2 ** 19, /on the calling thread|none/],
  ]
  for (const [memoryLimit, where] of limits) {
    const options = { memoryLimit }
    const text = boxesOf(plan('correlate', x.shape, k.shape, { ...options, kernel: k }))
    expect(text).toMatch(where)
    const [, workers, bytes] = /to (a|\d+) workers?, ([\d,]+) bytes/.exec(text) ?? []
    if (bytes !== undefined)
      expect(Number(bytes.replaceAll(',', '')) * (workers === 'a' ? 1 : Number(workers))) //
        .toBeLessThanOrEqual(memoryLimit)
    expectSameBits(await later.correlate(x, k, options), correlate(x, k, options))
  }
})

test('a signal ends a call, and the next one works', async () => {
  const x = filled([3000, 3000], 'float32')
  const k = filled([31, 31], 'float32')
  const expected = correlate(x, k)
  await later.correlate(x, k)
  const controller = new AbortController()
  const call = later.correlate(x, k, { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('enough')), 10)
  await expect(call).rejects.toThrow('enough')
  expectSameBits(await later.correlate(x, k), expected)
})

test('capabilities and plans say what happens, and close() ends the workers', async () => {
  const { threads, sharedMemory, missing } = capabilities()
  expect({ threads, sharedMemory }).toEqual({ threads: 2, sharedMemory: false })
  expect(missing.sharedMemory).toBe(
    'the page is not cross-origin isolated: asynchronous calls send boxes to workers by transfer',
  )
  expect(missing.threads).toBeUndefined()
  const [x, k] = layer()
  const p = plan('conv2d', x.shape, k.shape)
  expect(p.explain()).toContain('threads: 1 (the page is not cross-origin isolated)')
  // Small calls are computed by the caller.
  expect(boxesOf(plan('conv2d', [1, 2, 9, 9], [3, 2, 3, 3]))).toBe('none')
  await later.close()
  expectSameBits(await p.run(x, k), p.runSync(x, k))
})
