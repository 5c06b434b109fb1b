/**
 * An asynchronous call plans and compiles in slices. What if other calls come in between? The clock
 * of these tests runs so fast that every slice is as short as possible.
 */

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventLoopTurn } from '../src/backends/wasm/threads/host.ts'
import { close, correlate, correlateSync, kernels, ndarray, plan } from '../src/index.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { finish, type Work } from '../src/ndarray/work.ts'
import { finishInTurn } from '../src/runtime/pace.ts'

const image = ndarray(
  Float32Array.from({ length: 300 * 200 }, (_, i) => ((i * 7) % 31) / 8 - 2),
  [300, 200],
)
const options = { boundary: 'reflect' } as const

/** Kernels with other numbers, with one product, with two, and with none. */
const all: readonly NdArray[] = [
  kernels.gaussian({ size: 9, sigma: 1.5 }),
  kernels.gaussian({ size: 9, sigma: 2.5 }),
  kernels.log({ sigma: 1, size: 9 }),
  ndarray(
    Float32Array.from({ length: 81 }, (_, i) => ((i * i) % 17) - 8),
    [9, 9],
  ),
]

beforeEach(async () => {
  await close()
  let time = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    time += 5
    return time
  })
})
afterEach(() => vi.restoreAllMocks())

/** Calls `between` in every turn of the event loop until the promise settles. */
async function turnsWhile(
  promise: Promise<unknown>,
  between: (n: number) => void,
): Promise<number> {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  promise.then(over, over)
  let turns = 0
  while (!isOver) {
    between(turns)
    turns++
    await eventLoopTurn()
  }
  return turns
}

test.each([0, 1, 2, 3])('kernel %i has its own result', async (own) => {
  const expected = all.map((k) => [...correlateSync(image, k, options).data])
  await close()
  const call = correlate(image, all[own]!, options)
  const turns = await turnsWhile(call, (n) => {
    const other = (own + 1 + n) % all.length
    expect([...correlateSync(image, all[other]!, options).data]).toEqual(expected[other])
  })
  expect([...(await call).data]).toEqual(expected[own])
  expect(turns).toBeGreaterThan(1)
})

test('calls of other kernels wait for their own plans', async () => {
  const expected = all.map((k) => [...correlateSync(image, k, options).data])
  await close()
  const results = await Promise.all(all.map((k) => correlate(image, k, options)))
  expect(results.map(({ data }) => [...data])).toEqual(expected)
})

test('the plan of a call is the one of a synchronous plan', async () => {
  for (const k of all) {
    await correlate(image, k, options)
    const chosen = plan('correlate', [300, 200], [9, 9], { ...options, kernel: k })
    const y = chosen.runSync(image, k)
    expect([...(await correlate(image, k, options)).data]).toEqual([...y.data])
    chosen.dispose()
  }
})

test('an abort ends a call that plans, and the next one runs', async () => {
  const controller = new AbortController()
  const call = correlate(image, all[3]!, { ...options, signal: controller.signal })
  call.catch(() => undefined)
  for (let i = 0; i < 3; i++) await eventLoopTurn()
  controller.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
  const expected = correlateSync(image, all[3]!, options)
  expect([...(await correlate(image, all[3]!, options)).data]).toEqual([...expected.data])
})

test('work pauses behind a slice, and not without a turn', async () => {
  function* counting(): Work<number> {
    let n = 0
    for (; n < 10; n++) yield
    return n
  }
  expect(finish(counting())).toBe(10)
  expect(finishInTurn(counting(), undefined)).toBe(10)
  const later = finishInTurn(counting(), { signal: undefined })
  expect(later).toBeInstanceOf(Promise)
  expect(await later).toBe(10)
})
