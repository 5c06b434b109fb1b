/**
 * Tests that the benchmark parses its suites, computes its ratios, and detects a wrong result.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { channelsLast } from '@stridefold/measure'
import { floats, type Rival } from '@stridefold/measure/rivals'
import { ndarray } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { describe, expect, test } from 'vitest'
import { compareRuns, comparisonText, readResults, type Saved } from '../compare.ts'
import { parseNames } from '../flags.ts'
import { caseText, measure, type TimingOptions } from '../measure-case.ts'
import { problem, verify } from '../problem.ts'
import { baselineNames } from '../rivals/open.ts'
import { parseSuite } from '../suite.ts'
import { verdicts } from '../verdicts.ts'

const suites = new URL('../suites/', import.meta.url)

describe('suites', () => {
  test('a line is a case, a name, its kernel and its targets', () => {
    const [entry, ...more] = parseSuite(
      's',
      '# comment\n\n5x7 * 3x3 p1 ; small ; kernel gaussian ; peak 0.9 ; tfjs-wasm 1.4\n',
    )
    expect(more).toEqual([])
    expect(entry).toMatchObject({
      suite: 's',
      name: 'small',
      kernel: 'gaussian',
      geometry: { key: '1x1x5x7 * 1x1x3x3 p1' },
    })
    expect(entry!.targets).toEqual([
      { against: 'peak', atLeast: 0.9 },
      { against: 'tfjs-wasm', atLeast: 1.4 },
    ])
  })

  test.each([
    ['5 * 3', 'no name'],
    ['5 * 3 ; n ; kernel bell', "'kernel bell' is no clause"],
    ['5 * 3 ; n ; peak fast', "'peak fast' is no clause"],
    ['5 * 3 edge ; n', 'zero border'],
  ])('%j is rejected with its line', (line, what) => {
    expect(() => parseSuite('s', `\n${line}`)).toThrow(`suite s, line 2: `)
    expect(() => parseSuite('s', line)).toThrow(what)
  })

  test.each(readdirSync(suites))('%s can be read and has a target in every line', (file) => {
    const entries = parseSuite(file, readFileSync(new URL(file, suites), 'utf8'))
    expect(entries.length).toBeGreaterThan(0)
    for (const { targets } of entries) expect(targets).not.toEqual([])
  })
})

test('a verdict is a ratio of speeds, and exists only for measured baselines', () => {
  const targets = ['peak', 'whole-last', 'pytorch', 'absent'].map((against) => ({
    against,
    atLeast: 0.9,
  }))
  const figures = { flops: 8e6, peakGflops: 10, median: { memory: 1, 'whole-last': 2, pytorch: 3 } }
  expect(verdicts(targets, figures)).toEqual([
    { against: 'peak', atLeast: 0.9, ratio: 0.8, met: false },
    { against: 'whole-last', atLeast: 0.9, ratio: 0.5, met: false },
    { against: 'pytorch', atLeast: 0.9, ratio: 3, met: true },
  ])
})

test('with several threads, one thread is a baseline, planned and as a whole call', () => {
  const targets = ['one-thread', 'whole:one-thread'].map((against) => ({ against, atLeast: 1.5 }))
  const layer = { memory: 1, 'whole-last': 4, 'whole-first': 3, 'memory-1': 2, 'whole-last-1': 4 }
  const ratios = (median: Readonly<Record<string, number>>): number[] =>
    verdicts(targets, { flops: 1, peakGflops: 1, median }).map(({ ratio }) => ratio)
  expect(ratios({ ...layer, 'whole-first-1': 6 })).toEqual([2, 4 / 3])
  expect(ratios({ bytes: 2, 'bytes-1': 3 })).toEqual([1.5, 1.5])
  expect(ratios({ memory: 1 })).toEqual([])
})

test('a result is compared with the definition, in both layouts', () => {
  // 1 2 3 4 under windows of two, strided by two: two channels into two filters.
  const [entry] = parseSuite('s', '1x2x4 * 2x2x2 s2 ; two channels')
  const input = ndarray(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [1, 2, 4])
  const kernel = ndarray(Float32Array.of(1, 0, 0, 1, 2, 0, 0, -1), [2, 2, 2])
  const expected = definition(entry!.geometry, { input, kernel })
  const p = { ...problem(entry!), x: input, k: kernel, expected }
  const y = Float32Array.of(1 + 6, 3 + 8, 2 - 6, 6 - 8)
  verify('right', p, { values: y, layout: 'channels-first' })
  verify('right', p, { values: channelsLast(y, p.outputShape), layout: 'channels-last' })
  expect(() => verify('wrong', p, { values: y, layout: 'channels-last' })).toThrow('wrong computes')
  expect(() => verify('NaN', p, { values: y.fill(Number.NaN), layout: 'channels-first' })).toThrow(
    'NaN computes NaN',
  )
  expect(() => verify('short', p, { values: y.subarray(1), layout: 'channels-first' })).toThrow(
    'expected 4',
  )
})

test('a target can name the form that it compares', () => {
  const targets = ['direct:baseline', 'whole:baseline', 'baseline', 'whole:absent'].map(
    (against) => ({
      against,
      atLeast: 2,
    }),
  )
  const figures = {
    flops: 1,
    peakGflops: 1,
    median: { memory: 1, direct: 2, 'whole-last': 5, 'whole-first': 4, baseline: 8 },
  }
  expect(verdicts(targets, figures).map(({ against, ratio }) => [against, ratio])).toEqual([
    ['direct:baseline', 4],
    ['whole:baseline', 2],
    ['baseline', 8],
  ])
})

describe('a case', () => {
  const entry = parseSuite('s', '5 * 3 ; short ; baseline 1')[0]!
  /** A baseline that returns `values` and runs `round` in every round. */
  const baseline = (
    name: string,
    values: readonly number[],
    round: () => Promise<number>,
  ): Rival => ({
    name,
    ...{ version: '1', about: '1' },
    unsupportedReason: () => undefined,
    prepare: async () => ({
      call: name,
      output: async () => ({ values }),
      run: () => {},
      timed: round,
      close: () => {},
    }),
    close: () => {},
  })
  const p = problem(entry)
  const [x, k] = [floats(p.x), floats(p.k)]
  const right = Array.from({ length: 3 }, (_, q) =>
    [0, 1, 2].reduce((sum, t) => sum + x[q + t]! * k[t]!, 0),
  )
  const timingOptions = (
    controller: AbortController,
    say: (line: string) => void,
  ): TimingOptions => ({
    ...{ rounds: 4, minMs: 1, peak: () => 50, signal: controller.signal, progress: () => {}, say },
  })

  test('leaves out baselines that are wrong or fail later, with the reason', async () => {
    const messages: string[] = []
    let calls = 0
    const failing = baseline('failing', right, async () => {
      calls++
      if (calls > 4) throw new Error('out of memory')
      return 1
    })
    const result = await measure(
      entry,
      [
        baseline('memory', right, async () => 2),
        baseline('baseline', [0, 0, 0], async () => 1),
        failing,
      ],
      timingOptions(new AbortController(), (line) => messages.push(line)),
    )
    expect(
      result!.results.map(({ name, median, samples }) => [name, median, samples.length]),
    ).toEqual([['memory', 2, 4]])
    expect(result!.notMeasured).toMatchObject({
      baseline: expect.stringContaining('baseline computes 0'),
      failing: 'out of memory',
    })
    expect(messages).toHaveLength(2)
    expect(result!.open).toEqual([{ against: 'baseline', atLeast: 1 }])
    expect(result!).not.toHaveProperty('partial')
    expect(caseText(result!, 4)).toContain(
      'open   baseline, target 1: not measured (baseline computes 0',
    )
  })

  test('an interrupt keeps the finished rounds and marks the case as partial', async () => {
    const controller = new AbortController()
    let calls = 0
    const ours = baseline('memory', right, async () => {
      calls++
      // The first three rounds warm up.
      if (calls === 5) controller.abort()
      return 2
    })
    const result = await measure(
      entry,
      [ours],
      timingOptions(controller, () => {}),
    )
    expect(result).toMatchObject({ partial: true, results: [{ name: 'memory', samples: [2, 2] }] })
    expect(caseText(result!, 4)).toContain('partial: up to 2 of 4 rounds')
    expect(
      await measure(
        entry,
        [ours],
        timingOptions(controller, () => {}),
      ),
    ).toBeUndefined()
  })
})

describe('two results', () => {
  const result = (runtime: string, ms: Readonly<Record<string, number>>): Saved => ({
    runtime,
    cases: [
      {
        ...{ suite: 'layers', name: 'a layer', case: '5 * 3', peakGflops: 50 },
        results: Object.entries(ms).map(([name, median]) => ({
          ...{ name, call: name, median, min: median, spread: 0 },
          samples: Array.from({ length: 9 }, (_, i) => median * (1 + i / 1000)),
        })),
      },
    ],
  })
  const [newer, older] = [
    result('Node v24.1.0', { memory: 1, direct: 3 }),
    result('Node v20.2.0', { memory: 5, direct: 6, 'jax-js': 9 }),
  ]

  test('the older engine has a target, for direct sums if both files have them', () => {
    const [row] = compareRuns(newer, older)
    expect(row).toMatchObject({ form: 'direct', share: 0.5, is: 'slower', atLeast: 0.75 })
    expect(comparisonText([row!], newer, older)).toContain('MISSED target 0.75')
    expect(comparisonText([row!], newer, older)).toContain('0 of 1 targets met')
  })

  test('the same engine has no target', () => {
    expect(compareRuns(newer, newer)).toMatchObject([
      { share: 1, is: 'no difference', atLeast: undefined },
    ])
    expect(comparisonText(compareRuns(older, newer), older, newer)).toContain('B is faster')
  })

  test('a missing or foreign file throws an error with the reason', () => {
    expect(() => readResults(fileURLToPath(new URL('absent.json', import.meta.url)))).toThrow(
      'cannot be read',
    )
    expect(() => readResults(fileURLToPath(new URL('../package.json', import.meta.url)))).toThrow(
      'holds no results of the benchmark',
    )
  })
})

test('baselines and suites are selected by name; a wrong name lists the valid ones', () => {
  const read = parseNames(['a', 'b', 'c'], { all: ['a', 'b', 'c'], none: [] })
  expect(read('b, a,b')).toEqual(['b', 'a'])
  expect(read('all')).toEqual(['a', 'b', 'c'])
  expect(read('none')).toEqual([])
  expect(() => read('a,d')).toThrow("There is no 'd'. Choose from a, b, c, all, none.")
  expect(baselineNames).toContain('jax-js')
})
