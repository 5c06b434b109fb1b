/**
 * Have boxes that `stridefold/boxes` computes, each from its own samples, the bits of a normal call
 * on the whole array with the same algorithm?
 */

import { type BoxesPlan, planBoxes } from 'stridefold/boxes'
import { algorithms, close, correlate, type NdArray } from 'stridefold/sync'
import { afterAll, expect, test } from 'vitest'
import { backends as standard } from '../src/backends/list.ts'
import { useBackends } from '../src/runtime/backends.ts'
import {
  type BoxCase,
  firstFault,
  randomBoxCase,
  randomBoxes,
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
    expect(slow.state.runs).toBeGreaterThan(20)
  } finally {
    await close()
  }
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
