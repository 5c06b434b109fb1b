/**
 * The parts of the page “Detective” without a browser: its examples have a finding each, settings
 * survive the link, arrays survive the text, and both languages have the same texts.
 */

import { expect, test } from 'vitest'
import { textOf } from '../src/detective/array-text.ts'
import { differenceOf } from '../src/detective/difference.ts'
import { type ExampleName, exampleNames, exampleOf } from '../src/detective/examples.ts'
import { type Fact, factsOf } from '../src/detective/facts.ts'
import type { Finding } from '../src/detective/finding.ts'
import { en } from '../src/detective/messages/en.ts'
import { zh } from '../src/detective/messages/zh.ts'
import { programOf } from '../src/detective/program.ts'
import { type Outcome, search } from '../src/detective/search.ts'
import { maxLinked, readSettings, writeSettings } from '../src/detective/settings.ts'
import { matrixOf } from '../src/exchange/matrix-text.ts'
import { planes, randomCase } from './detective-loops.ts'

function outcomeOf(name: ExampleName): Outcome {
  const running = search(exampleOf(name))
  for (;;) {
    const { done, value } = running.next()
    if (done) return value
  }
}

const findingOf = (outcome: Outcome): Finding => {
  if (outcome.kind === 'equal') return outcome.findings[0]!
  if (outcome.kind === 'nearest') return outcome.finding
  throw new Error(outcome.kind)
}

test.each<[ExampleName, readonly Fact['kind'][]]>([
  ['turned', ['orientation', 'padding']],
  ['last', ['last']],
  ['bytes', ['rule']],
  ['border', ['padding', 'border']],
  ['im2col', ['trap']],
])('the example %s', (name, kinds) => {
  const outcome = outcomeOf(name)
  expect(outcome.kind).toBe('equal')
  const changes = factsOf(findingOf(outcome)).filter(({ isUsual }) => !isUsual)
  expect(changes.map(({ kind }) => kind)).toEqual(kinds)
})

test('one wrong number is found, and nothing else differs', () => {
  const outcome = outcomeOf('wrong')
  expect(outcome.kind).toBe('nearest')
  const { places, largest, got, expected, areOutside } = differenceOf(findingOf(outcome))
  expect(places).toEqual([10])
  expect(largest).toBe(10)
  expect(got[10]! - expected[10]!).toBe(-4)
  expect(areOutside).toBe(false)
})

test('an example that fits has no difference', () => {
  for (const name of exampleNames.filter((each) => each !== 'wrong'))
    expect(differenceOf(findingOf(outcomeOf(name))).places, name).toEqual([])
})

test('arrays survive the link and the text', () => {
  const { x, k, y } = planes(randomCase(3, { input: [4, 5], kernel: [2, 3] }))
  const fraction = { shape: [2, 1, 2], values: [0.5, -1.25, 1e-7, 3] }
  for (const arrays of [
    { x, k, y },
    { x: fraction },
    { k, y: { shape: [3], values: [1, 2, -3] } },
  ]) {
    const settings = { example: undefined, arrays }
    expect(readSettings(writeSettings(settings))).toEqual({ settings, faults: [] })
  }
  for (const array of [x, k, y, fraction, { shape: [3], values: [1, 2, 3] }])
    expect(matrixOf(textOf(array))).toEqual(array)
  for (const example of exampleNames)
    expect(readSettings(writeSettings({ example, arrays: {} })).settings.example).toBe(example)
  expect(maxLinked).toBeGreaterThan(x.values.length)
})

test('parts of the link that are not valid are named', () => {
  expect(readSettings('x:2x2:1,2,3;k:1:4;example:none')).toEqual({
    settings: { example: undefined, arrays: { k: { shape: [1], values: [4] } } },
    faults: ['x:2x2:1,2,3', 'example:none'],
  })
  expect(readSettings('').settings.example).toBe('turned')
})

test('code has the lines for what was found', () => {
  const code = (name: ExampleName, system: Parameters<typeof programOf>[1]): string => {
    const program = programOf(findingOf(outcomeOf(name)), system)
    return 'text' in program ? program.text : JSON.stringify(program)
  }
  expect(code('turned', 'scipy')).toContain('y = ndimage.convolve(x, k')
  expect(code('border', 'opencv')).toContain('cv2.BORDER_REFLECT_101')
  expect(code('bytes', 'numpy')).toMatch(/y = y % 256$/)
  expect(code('last', 'pytorch')).toContain('x = x.permute(2, 0, 1)')
  expect(code('last', 'scipy')).toContain('reason')
  expect(code('im2col', 'numpy')).toContain('trap')
  expect(code('turned', 'stridefold')).toContain('convolve(x, k')
})

const facts: readonly Fact[] = [
  ...(['as-is', 'turned', 'rows', 'columns'] as const).map(
    (orientation) => ({ kind: 'orientation', orientation }) as const,
  ),
  ...(
    ['valid', 'equal', 'same', 'same-lower', 'layer-same', 'full', 'sides', 'moved'] as const
  ).map(
    (name) =>
      ({
        kind: 'padding',
        name,
        sides: [
          [1, 2],
          [0, -1],
        ],
      }) as const,
  ),
  ...(['edge', 'reflect', 'symmetric', 'wrap'] as const).map(
    (boundary) => ({ kind: 'border', boundary }) as const,
  ),
  { kind: 'border', boundary: { constant: -1 } },
  { kind: 'stride', values: [1, 2] },
  { kind: 'dilation', values: [2, 2] },
  { kind: 'transposed', array: 'k' },
  { kind: 'reshaped', array: 'y', order: 'OHW', letters: 'HWO' },
  { kind: 'last', arrays: ['x', 'y'] },
  { kind: 'last', arrays: ['x', 'k', 'y'] },
  { kind: 'weights', letters: 'HWCO' },
  { kind: 'groups', groups: 2, isDepthwise: false },
  { kind: 'groups', groups: 3, isDepthwise: true },
  { kind: 'sharing', sharing: 'each' },
  { kind: 'sharing', sharing: 'sum' },
  ...(['sum', 'taps', 'divisor', 'negated', 'number'] as const).map(
    (reason) => ({ kind: 'factor', factor: 0.25, reason }) as const,
  ),
  { kind: 'offsets', offsets: [0.5] },
  { kind: 'offsets', offsets: [0.5, -1] },
  { kind: 'rule', rule: { kind: 'decimals', digits: 3 } },
  ...(['nearest', 'truncated', 'down'] as const).map(
    (how) => ({ kind: 'rule', rule: { kind: 'whole', how } }) as const,
  ),
  { kind: 'rule', rule: { kind: 'relu' } },
  { kind: 'rule', rule: { kind: 'magnitude' } },
  { kind: 'rule', rule: { kind: 'clipped', high: 255, how: 'nearest' } },
  { kind: 'rule', rule: { kind: 'wrapped', how: 'truncated' } },
  { kind: 'trap', trap: 'rows' },
  { kind: 'trap', trap: 'reshaped' },
]

test('every fact has a sentence of its own in both languages', () => {
  for (const texts of [en, zh]) {
    const sentences = facts.map(texts.fact)
    expect(sentences.every((sentence) => !sentence.includes('undefined'))).toBe(true)
    expect(new Set(sentences).size).toBe(facts.length)
  }
  for (const fact of facts) expect(zh.fact(fact), fact.kind).toMatch(/[\u4e00-\u9fff]/)
})

test('both languages have the same texts', () => {
  const names = (texts: object): string[] => Object.keys(texts).sort()
  expect(names(zh)).toEqual(names(en))
  for (const text of Object.values(zh).filter((each) => typeof each === 'string'))
    expect(text).not.toMatch(/[\u4e00-\u9fff] ?[,:;!?]/)
})
