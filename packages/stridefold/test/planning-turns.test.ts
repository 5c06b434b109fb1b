/**
 * An asynchronous call plans, compiles and searches its arrays in slices, between which the event
 * loop goes on. Is a result right if other calls come in between, for the same question and another
 * kernel? The clock of these tests runs so fast that every slice is as short as possible.
 */

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventLoopTurn } from '../src/backends/wasm/threads/host.ts'
import {
  close,
  configure,
  conv2d,
  conv2dSync,
  convWeightGradient,
  convWeightGradientSync,
  correlate,
  correlateSync,
  kernels,
  ndarray,
  plan,
} from '../src/index.ts'
import { finiteWork, isFiniteAndBounded } from '../src/ndarray/finite.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { finish, type Work } from '../src/ndarray/work.ts'
import { finishInTurn } from '../src/runtime/pace.ts'
import { turnWith } from '../src/runtime/turns.ts'

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

const filled = (shape: readonly number[], seed: number): NdArray<'float32'> =>
  ndarray(
    Float32Array.from(
      { length: shape.reduce((n, extent) => n * extent) },
      (_, i) => ((i * seed) % 251) / 9,
    ),
    shape,
  )

beforeEach(async () => {
  await close()
  configure({ threads: 2 })
  let time = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    time += 5
    return time
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await close()
})

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

/** How many elements differ. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let count = Math.abs(a.length - b.length)
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) count++
  return count
}

test.each([0, 1, 2, 3])('kernel %i has its own result', async (own) => {
  const expected = all.map((k) => correlateSync(image, k, options).data)
  await close()
  const call = correlate(image, all[own]!, options)
  const turns = await turnsWhile(call, (n) => {
    const other = (own + 1 + n) % all.length
    expect(differences(correlateSync(image, all[other]!, options).data, expected[other]!)).toBe(0)
  })
  expect(differences((await call).data, expected[own]!)).toBe(0)
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
  const later = finishInTurn(counting(), turnWith(undefined))
  expect(later).toBeInstanceOf(Promise)
  expect(await later).toBe(10)
})

/** Both kernels lead to the same decision, which has constants of the values. */
const [bell, wideBell] = [all[0]!, all[1]!]

test('another kernel first synchronously, then asynchronously, on workers', async () => {
  const x = filled([1100, 1300], 7919)
  expect(plan('correlate', x.shape, [9, 9], { kernel: bell }).algorithm).toBe('separable')
  const expected = correlateSync(x, wideBell, { threads: 1 }).data
  for (const before of [[bell], [bell, wideBell]]) {
    await close()
    for (const k of before) correlateSync(x, k)
    expect(differences((await correlate(x, wideBell)).data, expected)).toBe(0)
  }
})

test('layers and gradients between the slices of others', async () => {
  const [x, k] = [filled([2, 8, 24, 20], 13), filled([12, 8, 3, 3], 5)]
  const y = conv2dSync(x, k, { padding: 1 })
  const gradient = convWeightGradientSync(x, y, k.shape, { padding: 1 })
  await close()
  const calls = [
    conv2d(x, k, { padding: 1 }),
    convWeightGradient(x, y, k.shape, { padding: 1 }),
  ] as const
  await turnsWhile(Promise.all(calls), () => {
    conv2dSync(x, k, { padding: 1 })
    convWeightGradientSync(x, y, k.shape, { padding: 1 })
  })
  expect(differences((await calls[0]).data, y.data)).toBe(0)
  expect(differences((await calls[1]).data, gradient.data)).toBe(0)
})

test('another kernel while the input is searched', async () => {
  const x = filled([800, 800], 7919)
  const own = kernels.log({ sigma: 1, size: 5 })
  const other = kernels.log({ sigma: 1.3, size: 5 })
  const byHere = { algorithm: 'separable', backend: 'js' } as const
  const expected = [own, other].map((k) => correlateSync(x, k, byHere).data)
  // Planned and loaded already: the pauses are those of the search.
  const call = correlate(x, own, byHere)
  const turns = await turnsWhile(call, () => {
    expect(differences(correlateSync(x, other, byHere).data, expected[1]!)).toBe(0)
  })
  expect(turns).toBeGreaterThan(2)
  expect(differences((await call).data, expected[0]!)).toBe(0)
})

test('large arrays are searched in slices', () => {
  const x = filled([1700, 1000], 7919)
  const work = finiteWork(x)
  expect(work.next().done).toBe(false)
  expect(finish(work)).toBe(true)
  for (const at of [0, 2 ** 19 - 1, 2 ** 19, 1700 * 1000 - 1]) {
    const data = x.data.slice()
    data[at] = Infinity
    expect(isFiniteAndBounded(ndarray(data, x.shape))).toBe(false)
  }
})
