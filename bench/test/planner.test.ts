/** Tests of the planner's grade: its cases, its arithmetic, and one case from end to end. */

import { parseCase } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { casesOf, fitSeed, gradedSeed, kinds } from '../planner/cases.ts'
import { gradeText, slowdown } from '../planner/grade.ts'
import { type TimedCase, timeCase } from '../planner/time-case.ts'

describe('the graded cases', () => {
  const graded = casesOf(gradedSeed)
  const texts = graded.map(({ text }) => parseCase(text) && text)

  test('are 500 or more, all different, of every kind', () => {
    expect(new Set(texts).size).toBe(graded.length)
    expect(graded.length).toBeGreaterThanOrEqual(500)
    for (const kind of kinds)
      expect(graded.filter((c) => c.kind === kind).length).toBeGreaterThanOrEqual(40)
  })

  test('are the same every time', () => {
    expect(casesOf(gradedSeed)).toEqual(graded)
  })

  test('are not those on which the prices were fitted', () => {
    const fitted = new Set(casesOf(fitSeed).map(({ text }) => text))
    expect(texts.filter((text) => fitted.has(text))).toEqual([])
  })
})

const timed = (chosen: string, times: Readonly<Record<string, number>>): TimedCase => ({
  ...{ kind: 'filter', text: '9x9 * 3x3', weights: 'random', chosen, left: {} },
  algorithms: Object.entries(times).map(([algorithm, measured]) => ({
    ...{ algorithm, measured, predicted: 1, considered: true },
  })),
})

test('a choice is good up to 1.5 times the fastest', () => {
  const good = timed('fft', { fft: 1.5, strided: 1 })
  const bad = timed('fft', { fft: 1.6, strided: 1 })
  expect(slowdown(good)).toBe(1.5)
  expect(slowdown(timed('fft', { fft: 1, strided: 3 }))).toBe(1)
  const text = gradeText([good, bad, good, good], 1)
  expect(text).toContain('within 1.5 × of the best algorithm on 3 of 4 (75.0 %)')
  expect(text).toContain('filter   3 of 4')
  expect(text).toContain('1.60 ×  9x9 * 3x3')
  expect(text).not.toContain('1.50 ×')
})

test.each(['predict', 'measure'] as const)('a case is timed: %s', async (tune) => {
  const c = { kind: 'filter', text: '30x30 * 5x5 same', weights: 'gaussian' } as const
  const { algorithms, chosen, left } = await timeCase(c, { tune })
  const names = algorithms.map(({ algorithm }) => algorithm)
  expect(names).toContain(chosen)
  for (const { measured, predicted } of algorithms) {
    expect(measured).toBeGreaterThan(0)
    expect(predicted).toBeGreaterThan(0)
  }
  expect(new Set([...names, ...Object.keys(left)]).size).toBe(7)
})
