/**
 * Does the benchmark read its suites, count rightly, and notice a wrong result?
 */

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { channelsLast, problem, verify } from '../problem.ts'
import { refusal as jaxRefusal } from '../rivals/jax-js.ts'
import { parseSuite } from '../suite.ts'
import { verdicts } from '../verdicts.ts'

const suites = new URL('../suites/', import.meta.url)

describe('suites', () => {
  test('a line is a case, a name, its kernel and its targets', () => {
    const [entry, ...more] = parseSuite('s', '# comment\n\n5x7 * 3x3 p1 ; small ; kernel gaussian ; peak 0.9 ; tfjs-wasm 1.4\n')
    expect(more).toEqual([])
    expect(entry).toMatchObject({ suite: 's', name: 'small', kernel: 'gaussian', geometry: { key: '1x1x5x7 * 1x1x3x3 p1' } })
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
  ])('%j is refused with its line', (line, what) => {
    expect(() => parseSuite('s', `\n${line}`)).toThrow(`suite s, line 2: `)
    expect(() => parseSuite('s', line)).toThrow(what)
  })

  test.each(readdirSync(suites))('%s can be read and has a target in every line', (file) => {
    const entries = parseSuite(file, readFileSync(new URL(file, suites), 'utf8'))
    expect(entries.length).toBeGreaterThan(0)
    for (const { targets } of entries) expect(targets).not.toEqual([])
  })
})

test('a verdict divides the right way round, and only by what was measured', () => {
  const targets = ['peak', 'whole-last', 'pytorch', 'absent'].map((against) => ({ against, atLeast: 0.9 }))
  const figures = { flops: 8e6, peakGflops: 10, median: { memory: 1, 'whole-last': 2, pytorch: 3 } }
  expect(verdicts(targets, figures)).toEqual([
    { against: 'peak', atLeast: 0.9, ratio: 0.8, met: false },
    { against: 'whole-last', atLeast: 0.9, ratio: 0.5, met: false },
    { against: 'pytorch', atLeast: 0.9, ratio: 3, met: true },
  ])
})

test('a result is held against the definition, in both layouts', () => {
  // 1 2 3 4 under windows of two, strided by two: two channels into two filters.
  const [entry] = parseSuite('s', '1x2x4 * 2x2x2 s2 ; two channels')
  const p = { ...problem(entry!), x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), k: Float32Array.of(1, 0, 0, 1, 2, 0, 0, -1) }
  const y = Float32Array.of(1 + 6, 3 + 8, 2 - 6, 6 - 8)
  verify('right', p, { values: y, layout: 'channels-first' })
  verify('right', p, { values: channelsLast(y, p.outputShape), layout: 'channels-last' })
  expect(() => verify('wrong', p, { values: y, layout: 'channels-last' })).toThrow('wrong computes')
  expect(() => verify('NaN', p, { values: y.fill(Number.NaN), layout: 'channels-first' })).toThrow('NaN computes NaN')
  expect(() => verify('short', p, { values: y.subarray(1), layout: 'channels-first' })).toThrow('4 were expected')
})

test('jax-js is spared what it cannot do, with the reason', () => {
  const of = (line: string): string | undefined => jaxRefusal(problem(parseSuite('s', line)[0]!))
  expect(of('1x8x28x28 * 8x8x3x3 p1 s2 d2 ; a layer')).toBeUndefined()
  expect(of('9x9 * 3x3 ; bytes ; bytes')).toBe('float32 only')
  expect(of('1x1x1024x1024 * 1x1x63x63 ; long')).toContain('ten seconds')
})
