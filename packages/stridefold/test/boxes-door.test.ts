/**
 * Have boxes that `stridefold/boxes` computes, each from its own samples, the bits of a normal call
 * on the whole array with the same algorithm?
 */

import { type BoxesPlan, planBoxes } from 'stridefold/boxes'
import { algorithms, close, correlate, type NdArray, zeros } from 'stridefold/sync'
import { afterAll, expect, test } from 'vitest'
import { synchronousBackends as standard } from '../src/backends/list.ts'
import { copy } from '../src/ndarray/copy.ts'
import { useBackends } from '../src/runtime/backends.ts'
import {
  type BoxCase,
  filled,
  firstFault,
  partOf,
  randomBoxCase,
  randomBoxes,
  samplesIn,
  wholeOf,
} from './boxes-door-cases.ts'
import { casesHere } from './random-count.ts'
import { random } from './random-geometry.ts'
import { slowBackend } from './slow-backend.ts'

afterAll(() => close())

const names = algorithms().map(({ name }) => name)

/** The plans of a problem for one algorithm: the second has the form of the first, from JSON. */
async function plansOf(one: BoxCase, algorithm: string): Promise<BoxesPlan[] | undefined> {
  const options = { ...one.options, algorithm }
  try {
    const plan = await planBoxes(one.call, one.x.shape, one.k, options)
    const form: unknown = JSON.parse(JSON.stringify(plan.form))
    return [plan, await planBoxes(one.call, one.x.shape, one.k, { ...one.options, form })]
  } catch (error) {
    const { code } = error as { readonly code?: string }
    if (code === 'ALGORITHM_REFUSED' || code === 'WINDOW_TOO_LARGE') return undefined
    throw error
  }
}

const compared: Record<string, number> = {}

/** What is wrong with the boxes of a random problem; undefined if nothing is. */
async function faultOf(seed: number, backend: 'js' | 'wasm'): Promise<string | undefined> {
  const { options, ...rest } = randomBoxCase(seed)
  const one = { ...rest, options: { ...options, backend } }
  const next = random(seed)
  for (const algorithm of [names[seed % names.length]!, 'auto']) {
    const plans = await plansOf(one, algorithm)
    if (plans === undefined) continue
    const [plan, again] = plans
    const text = `${seed} ${plan!.algorithm} ${JSON.stringify(plan!.form)}`
    if (plan!.outputShape.includes(0)) continue
    const whole = wholeOf(one, plan!.algorithm)
    const boxes = randomBoxes(plan!, next)
    const fault = await firstFault(one, plans, boxes, whole)
    plan!.dispose()
    again!.dispose()
    if (plan!.cutKeepsBits && fault !== undefined) return `${fault} of ${text}`
    compared[plan!.algorithm] = (compared[plan!.algorithm] ?? 0) + boxes.length
  }
  return undefined
}

const problems = casesHere(60)

test.each(['js', 'wasm'] as const)(
  'random problems on %s',
  { timeout: 120_000 },
  async (backend) => {
    for (let seed = 1; seed <= problems; seed++)
      expect(await faultOf(seed, backend)).toBeUndefined()
  },
)

// A browser compares fewer problems.
test.skipIf(problems < 60)('every algorithm for signals was compared', () => {
  const signals = names.filter((name) => name !== 'winograd')
  expect(Object.keys(compared).toSorted()).toEqual(signals.toSorted())
  for (const count of Object.values(compared)) expect(count).toBeGreaterThan(20)
})

test('a backend that takes its time', { timeout: 120_000 }, async () => {
  await close()
  const slow = slowBackend(5, 'js')
  try {
    for (let seed = 201; seed <= 200 + problems / 3; seed++) {
      useBackends([slow, ...standard.filter(({ name }) => name === 'wasm')])
      const one = randomBoxCase(seed)
      const plans = await plansOf(one, 'auto')
      if (plans === undefined || plans[0]!.outputShape.includes(0)) continue
      expect(plans[0]!.backend).toBe('js')
      if (!plans[0]!.cutKeepsBits) continue
      useBackends(standard)
      const jsCase = { ...one, options: { ...one.options, backend: 'js' as const } }
      const whole = wholeOf(jsCase, plans[0]!.algorithm)
      useBackends([slow])
      const boxes = randomBoxes(plans[0]!, random(seed))
      expect(await firstFault(one, plans, boxes, whole)).toBeUndefined()
    }
    expect(slow.state.runs).toBeGreaterThan(10)
  } finally {
    await close()
  }
})

test('boxes that cannot have the bits of the whole are within the error bound', async () => {
  const next = random(11)
  // A border that repeats the only sample of an axis.
  const k = filled([5, 7], 'float32', next)
  k.data.fill(1 / 3)
  const x = filled([1, 90], 'float32', next)
  const options = { algorithm: 'separable', boundary: 'edge', mode: 'full' } as const
  const plan = await planBoxes('correlate', x.shape, k, options)
  expect([plan.cutKeepsBits, plan.why]).toEqual([
    false,
    'a border repeats the only sample of an axis',
  ])
  const exact = correlate(x, k, { ...options, algorithm: 'naive', dtype: 'float64' }) as NdArray
  const largest = (x.data as Float32Array).reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const most = (plan.errorBound * largest * 35) / 3
  expect(most).toBeLessThan(1e-3)
  for (const box of randomBoxes(plan, next)) {
    const found = await plan.run(box, samplesIn(x, plan.readsOf(box)))
    const [a, b] = [zeros(found.shape, 'float64'), zeros(found.shape, 'float64')] as NdArray[]
    copy(found, a!)
    copy(partOf(exact, box), b!)
    const errors = (a!.data as Float64Array).map((value, i) => Math.abs(value - b!.data[i]!))
    expect(Math.max(...errors)).toBeLessThanOrEqual(most)
  }
  // The planner takes an algorithm whose boxes have the bits.
  const auto = await planBoxes('correlate', x.shape, k, { boundary: 'edge', mode: 'full' })
  expect(auto.cutKeepsBits).toBe(true)
})

test('auto takes an algorithm whose smallest box is not large', async () => {
  const k = filled([31, 31, 31], 'float32', random(4))
  const options = { boundary: 'wrap', stride: 3 } as const
  // A line of a million samples for each result.
  const toeplitz = await planBoxes('correlate', [1e6, 1e6, 1e6], k, {
    ...options,
    algorithm: 'toeplitz',
  })
  expect(toeplitz.quantum).toEqual([1, 1, Infinity])
  const auto = await planBoxes('correlate', [1e6, 1e6, 1e6], k, options)
  expect(Math.max(...auto.quantum)).toBeLessThan(1000)
})

test('a signal by hand', async () => {
  const plan = await planBoxes('correlate', [6], [1, 10, 100], { boundary: 'wrap' })
  expect(plan.readsOf([[0, 2]])).toEqual([
    [
      [0, 3],
      [5, 6],
    ],
  ])
  const found = await plan.run([[0, 2]], Float32Array.of(1, 2, 3, 6))
  expect([...found.data]).toEqual([216, 321])
  const whole = correlate([1, 2, 3, 4, 5, 6], [1, 10, 100], { boundary: 'wrap' }) as NdArray
  expect([...whole.data.slice(0, 2)]).toEqual([216, 321])
})
