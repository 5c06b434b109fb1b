/** The texts of the race: the same in both languages, and Chinese punctuation. */

import { prepareAlgorithms, problem, wholeCallName } from '@stridefold/measure/browser'
import { expect, test } from 'vitest'
import { courses, families } from '../src/race/courses.ts'
import { en } from '../src/race/messages/en.ts'
import { reasonIn, reasons } from '../src/race/messages/reasons.ts'
import { zh } from '../src/race/messages/zh.ts'
import { comparisonsOf } from '../src/race/printed.ts'

const texts = { en, zh }
const comparisons = courses.flatMap((course) => comparisonsOf(course, []))

/** Texts whose arguments are not all numbers and words. */
const special: Readonly<Record<string, (of: typeof en) => readonly string[]>> = {
  notes: (of) => [...of.notes(undefined), ...of.notes({ stepMs: 71, sampleMs: 72 })],
  sizeOf: (of) => families.map((family) => of.sizeOf(family, 71)),
  printed: (of) => (['loops', 'pytorch', 'conv', 'conv_matmul'] as const).map(of.printed),
  crossing: (of) => [of.crossing('71', ['72'], '73'), of.crossing('71', ['72', '74'], '73')],
  fastest: (of) => [of.fastest(['71', '72'])],
  comparisonTime: (of) =>
    comparisons.flatMap((row) => (row.kind === 'time' ? [of.comparisonTime(row)] : [])),
  comparisonSpeedup: (of) =>
    comparisons.flatMap((row) => (row.kind === 'speedup' ? [of.comparisonSpeedup(row)] : [])),
  readTime: (of) => [of.readTime('71', 72)],
  verifiedTitle: (of) => [of.verifiedTitle(71, '72', '73')],
  printedTime: (of) => [of.printedTime(71, 72)],
  times: (of) => [of.times(71)],
  timesAt: (of) => [of.timesAt(71, '72')],
}

function textsOf(
  of: typeof en,
  part: unknown = of,
  path = '',
): readonly (readonly [string, string])[] {
  if (typeof part === 'string') return [[path, part]]
  if (special[path]) return special[path](of).map((text, i) => [`${path}.${i}`, text])
  if (typeof part === 'function') {
    const words = Array.from({ length: part.length }, (_, i) => String(71 + i))
    return [[path, String(part(...words))]]
  }
  return Object.entries(part as object).flatMap(([name, value]) =>
    textsOf(of, value, path === '' ? name : `${path}.${name}`),
  )
}

const english = new Map(textsOf(texts.en))
const chinese = new Map(textsOf(texts.zh))
const numbersIn = (text: string): string => [...new Set(text.match(/7[1-9]/g) ?? [])].sort().join()

test('both languages have the same texts with the same numbers', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  expect(english.size).toBeGreaterThan(90)
  const differ = [...english].filter(
    ([path, text]) => numbersIn(text) !== numbersIn(chinese.get(path)!),
  )
  expect(differ).toEqual([])
})

test('Chinese is Chinese, with full-width punctuation', () => {
  for (const [path, text] of chinese) {
    expect(text, path).not.toMatch(/[A-Za-z]{2,}( [A-Za-z]+){2,}/)
    expect(text, path).not.toMatch(/[\u4e00-\u9fff] ?([,:;!?]|\.(?!npy))/)
  }
})

test('every reason that a course can give is known in Chinese, and every known one is used', () => {
  const given = new Set([
    'cannot reshape array of size 4761 into shape (529,6)',
    'Array buffer allocation failed',
  ])
  for (const { caseOf, sizes, weights } of courses)
    for (const n of [sizes[0]!, sizes[3]!]) {
      // Nothing is run: every prediction is above the limit.
      const { refused, close } = prepareAlgorithms(problem(caseOf(n), { weights }), {
        ...{ mostMs: 0, without: [wholeCallName] },
      })
      for (const { kind, reason } of refused) if (kind !== 'slow') given.add(reason)
      close()
    }
  expect([...given].filter((sentence) => reasonIn('zh', sentence) === undefined)).toEqual([])
  for (const { pattern } of reasons)
    expect(
      [...given].some((sentence) => pattern.test(sentence)),
      String(pattern),
    ).toBe(true)
  expect(reasonIn('en', 'something else')).toBe('something else')
  expect(reasonIn('zh', 'something else')).toBeUndefined()
})
