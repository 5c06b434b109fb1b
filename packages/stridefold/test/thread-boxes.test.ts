/**
 * Large images run in boxes, and threads get larger boxes than one thread. Are the bits those of
 * one thread, in synchronous and in asynchronous calls?
 */

import * as later from 'stridefold'
import {
  capabilities,
  configure,
  correlate,
  type NdArray,
  ndarray,
  plan,
  zeros,
} from 'stridefold/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOf } from './run-boxes.ts'

beforeAll(() => configure({ threads: 3 }))
afterAll(() => later.close())

const filled = (shape: readonly number[], dtype: 'float32' | 'uint8'): NdArray => {
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

const cases: readonly (readonly [string, NdArray, NdArray, object, string])[] = [
  [
    '5×5',
    filled([1400, 2000], 'float32'),
    filled([5, 5], 'float32'),
    { boundary: 'reflect' },
    'strided',
  ],
  [
    'bytes',
    filled([1100, 1300, 3], 'uint8'),
    filled([5, 5], 'float32'),
    { channelAxis: -1 },
    'strided',
  ],
  ['15×15', filled([1400, 2000], 'float32'), bell(15), { boundary: 'edge' }, 'separable'],
  ['31×31', filled([1400, 2000], 'float32'), filled([31, 31], 'float32'), {}, 'fft'],
]

test.each(cases)('%s', async (_, x, k, options, algorithm) => {
  const boxesOf = (threads: number): string | undefined =>
    plan('correlate', x.shape, k.shape, { ...options, algorithm, kernel: k, threads } as object)
      .explain()
      .split('\n')
      .find((line) => line.startsWith('boxes: '))
  expect(boxesOf(1)).toMatch(/^boxes: \d/)
  const alone = bytesOf(correlate(x, k, { ...options, algorithm, threads: 1 }))
  for (let i = 0; i < 3; i++) {
    const shared = bytesOf(correlate(x, k, { ...options, algorithm }))
    expect(shared.findIndex((byte, at) => byte !== alone[at])).toBe(-1)
    const remote = bytesOf(await later.correlate(x, k, { ...options, algorithm }))
    expect(remote.findIndex((byte, at) => byte !== alone[at])).toBe(-1)
  }
})

// Pages that are not isolated have one thread.
const hasThreads = capabilities().sharedMemory

test.runIf(hasThreads)('threads get larger boxes where those of one thread are too small', () => {
  const boxes = (threads: number): number =>
    Number(
      plan('correlate', [2160, 3840, 3], [5, 5], { channelAxis: -1, threads })
        .explain()
        .match(/boxes: (\d+)/)![1],
    )
  expect(boxes(3)).toBeLessThan(boxes(1) / 2)
})
