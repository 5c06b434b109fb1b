/**
 * Asynchronous calls plan in steps, between which the event loop goes on. Is a result right if
 * other calls come in between, for the same question and another kernel? The clock of these tests
 * jumps, so that every step is followed by a pause.
 */

import * as later from 'stridefold'
import {
  configure,
  conv2d,
  convWeightGradient,
  correlate,
  type NdArray,
  ndarray,
  plan,
} from 'stridefold/sync'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

beforeEach(async () => {
  await later.close()
  configure({ threads: 2 })
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 10
    return now
  })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await later.close()
})

const filled = (shape: readonly number[], seed: number): NdArray<'float32'> =>
  ndarray(
    Float32Array.from(
      { length: shape.reduce((n, extent) => n * extent) },
      (_, i) => ((i * seed) % 251) / 9,
    ),
    shape,
  )
const bell = (size: number, width: number): NdArray<'float32'> =>
  ndarray(
    Float32Array.from({ length: size * size }, (_, i) => {
      const [y, x] = [Math.floor(i / size) - (size >> 1), (i % size) - (size >> 1)]
      return Math.exp(-(x * x + y * y) / width)
    }),
    [size, size],
  )

/** Calls in each turn of the event loop, until the promise settles. Returns the number of turns. */
async function inEachTurn(
  promise: Promise<unknown>,
  work: (turn: number) => void,
): Promise<number> {
  let [turns, isDone] = [0, false]
  const settled = promise.then(
    () => {
      isDone = true
    },
    () => {
      isDone = true
    },
  )
  while (!isDone) {
    work(turns++)
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 0))])
  }
  return turns
}

type Values = ArrayLike<number>
/** How many elements differ. */
const differences = (a: Values, b: Values): number => {
  let count = Math.abs(a.length - b.length)
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) count++
  return count
}

/** Both kernels lead to the same decision, which has constants of the values. */
const kernels = [bell(9, 20), bell(9, 60)] as const

test('the same question with another kernel, synchronously, between two steps', async () => {
  const x = filled([160, 120], 7919)
  expect(plan('correlate', x.shape, [9, 9], { kernel: kernels[0] }).algorithm).toBe('separable')
  const expected = kernels.map((k) => correlate(x, k).data)
  await later.close()
  const call = later.correlate(x, kernels[0])
  const between: ArrayLike<number>[] = []
  const turns = await inEachTurn(call, (turn) => {
    if (turn > 1) between.push(correlate(x, kernels[turn % 2]!).data)
  })
  expect(turns).toBeGreaterThan(5)
  expect(differences((await call).data, expected[0]!)).toBe(0)
  for (const [i, data] of between.entries()) expect(differences(data, expected[i % 2]!)).toBe(0)
  expect(differences((await later.correlate(x, kernels[1])).data, expected[1]!)).toBe(0)
})

test('another kernel first synchronously, then asynchronously, on workers', async () => {
  const x = filled([1100, 1300], 7919)
  const expected = correlate(x, kernels[1], { threads: 1 }).data
  await later.close()
  configure({ threads: 2 })
  correlate(x, kernels[0])
  expect(differences((await later.correlate(x, kernels[1])).data, expected)).toBe(0)
})

test('layers and gradients between the steps of others', async () => {
  const [x, k] = [filled([2, 8, 24, 20], 13), filled([12, 8, 3, 3], 5)]
  const y = conv2d(x, k, { padding: 1 })
  const gradient = convWeightGradient(x, y, k.shape, { padding: 1 })
  await later.close()
  const calls = [
    later.conv2d(x, k, { padding: 1 }),
    later.convWeightGradient(x, y, k.shape, { padding: 1 }),
  ] as const
  await inEachTurn(Promise.all(calls), () => {
    conv2d(x, k, { padding: 1 })
    convWeightGradient(x, y, k.shape, { padding: 1 })
  })
  expect(differences((await calls[0]).data, y.data)).toBe(0)
  expect(differences((await calls[1]).data, gradient.data)).toBe(0)
})

test('an abort between two steps rejects, and the next call works', async () => {
  const x = filled([160, 120], 7919)
  const controller = new AbortController()
  const call = later.correlate(x, kernels[0], { signal: controller.signal })
  await inEachTurn(call, (turn) => {
    if (turn === 3) controller.abort(new Error('enough'))
  })
  await expect(call).rejects.toThrow('enough')
  const { data } = await later.correlate(x, kernels[0])
  expect(differences(data, correlate(x, kernels[0]).data)).toBe(0)
})
