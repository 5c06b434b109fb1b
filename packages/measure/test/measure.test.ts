/**
 * Are statistics, checks and rounds right, which the command line and the benchmark share?
 */

import { setTimeout as wait } from 'node:timers/promises'
import {
  channelsLast,
  check,
  faultText,
  interleaved,
  measurePeak,
  peakOf,
  prepareAlgorithms,
  problem,
  summary,
} from '@stridefold/measure'
import { floats } from '@stridefold/measure/rivals'
import { planCase } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'

test('the median and the quartiles between samples', () => {
  expect(summary([4, 1, 3, 2])).toMatchObject({
    count: 4,
    min: 1,
    median: 2.5,
    max: 4,
    mean: 2.5,
    spread: (3.25 - 1.75) / 2.5,
  })
  expect(summary([7])).toMatchObject({ median: 7, min: 7, deviation: 0, spread: 0 })
  expect(() => summary([])).toThrow('nothing was measured')
})

test('the peak module is valid and gives a positive number', () => {
  expect(measurePeak()()).toBeGreaterThan(0)
})

test('the peak is the median of the better half of the samples', () => {
  expect(peakOf([10, 60, 64, 20, 62])).toBe(62)
})

describe('a check', () => {
  const text = '1x4x9x8 * 6x2x3x3 same g2'
  const right = (p: ReturnType<typeof problem>): Float32Array =>
    Float32Array.from(planCase(p.text, { algorithm: 'strided' }).runSync(p.x, p.k).data)

  test('accepts both layouts, and names a wrong output', () => {
    const p = problem(text)
    const y = right(p)
    expect(faultText(check(p, { values: y }), p)).toBeUndefined()
    const values = channelsLast(y, p.outputShape)
    expect(check(p, { values, layout: 'channels-last' }).fault).toBeUndefined()
    expect(check(p, { values }).fault).toBeDefined()
    expect(check(p, { values: y })).toMatchObject({ outputs: 48 })
    const wrong = check(p, { values: y.with(-1, 0) })
    expect(faultText(wrong, p)).toMatch(
      /^output \[0,5,8,7\] of .* is 0, but the definition gives .* \(± .*e-\d\)$/,
    )
    expect(() => check(p, { values: y.subarray(1) })).toThrow('431 outputs for')
  })

  test('leaves out the border of a library that has another one', () => {
    const p = problem(text, { outputs: 1000 })
    const y = right(p)
    const values = y.map((v, i) => {
      const [row, column] = [Math.floor(i / 8) % 9, i % 8]
      return row % 8 === 0 || column % 7 === 0 ? 99 : v
    })
    expect(check(p, { values }).fault).toBeDefined()
    expect(check(p, { values, border: 'edge' })).toMatchObject({ outputs: 6 * 7 * 6 })
    expect(check(p, { values, border: 'edge' }).fault).toBeUndefined()
  })

  test('bytes are the nearest integer, within the levels that are allowed', () => {
    const p = problem('9x9 * 3x3 same', { weights: 'gaussian', isBytes: true, outputs: 1000 })
    expect(floats(p.x).every((v) => Number.isInteger(v) && v >= 0 && v <= 255)).toBe(true)
    const values = right(p).map((v) => Math.round(v))
    expect(check(p, { values }).fault).toBeUndefined()
    const off = values.map((v) => v + 1)
    expect(check(p, { values: off }).fault).toBeDefined()
    expect(check(p, { values: off, levels: 1 }).fault).toBeUndefined()
  })

  test('finds a wrong tap of every algorithm, and no error where there is none', () => {
    const p = problem('1x16x12x12 * 8x16x3x3 p1')
    const { ready, close } = prepareAlgorithms(p, { mostMs: 1000 })
    expect(ready.length).toBeGreaterThan(4)
    for (const { name, wrong } of ready) expect(wrong, name).toBeUndefined()
    close()
    const k = { ...p.k, data: floats(p.k).with(4, 0) }
    const other = planCase(p.text).runSync(p.x, k).data
    expect(check(p, { values: Float32Array.from(other) }).fault).toBeDefined()
  })
})

describe('rounds', () => {
  /** A function whose calls take that long, by its own clock. */
  const taking = (name: string, ms: number) => ({
    ...{ name, run: () => {} },
    timed: async (calls: number) => ms * calls,
  })

  test('each function has as many samples, and one that fails has none', async () => {
    let calls = 0
    const failed: string[] = []
    const failing = {
      name: 'failing',
      run: () => {
        if (++calls > 3) throw new Error('out of memory')
      },
    }
    const rows = await interleaved(
      [failing, taking('elsewhere', 3), { name: 'later', run: () => wait(3) }],
      { samples: 4, minMs: 2, warmUps: 1 },
      { failed: (name) => failed.push(name) },
    )
    expect(rows.map(({ samples }) => samples.length)).toEqual([0, 4, 4])
    expect(rows[1]!.samples).toEqual([3, 3, 3, 3])
    expect(failed).toEqual(['failing'])
    await expect(interleaved([failing], { samples: 1, minMs: 1 })).rejects.toThrow('out of memory')
  })

  test('with equal time a slow function has fewer samples', async () => {
    const rows = await interleaved(
      [taking('slow', 30), taking('fast', 1), { ...taking('once', 70), taken: [70] }],
      { samples: 20, minMs: 0, budgetMs: 300, equalTime: { fewest: 3 } },
    )
    expect(rows.map(({ samples }) => samples.length)).toEqual([3, 20, 1])
  })

  test('a signal ends them, and keeps the samples', async () => {
    const controller = new AbortController()
    const rows = await interleaved(
      [{ name: 'a', run: () => controller.abort() }, taking('b', 1)],
      { samples: 9, minMs: 0 },
      { signal: controller.signal },
    )
    expect(rows.map(({ samples }) => samples.length)).toEqual([1, 0])
  })
})
