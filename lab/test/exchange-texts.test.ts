/** The texts of the dialogs: the same in both languages, and Chinese punctuation. */

import { expect, test } from 'vitest'
import { en } from '../src/exchange/messages/en.ts'
import { figureWords } from '../src/exchange/messages/figure-words.ts'
import { zh } from '../src/exchange/messages/zh.ts'
import type { OfferFault } from '../src/exchange/offer.ts'

const spot = { line: 71, column: 72 }
const faults: readonly OfferFault[] = [
  { kind: 'empty' },
  { kind: 'word', found: '74', ...spot },
  { kind: 'ragged', count: 74, first: 75, ...spot },
  { kind: 'open', ...spot },
  { kind: 'rest', found: '74', ...spot },
  { kind: 'comma', ...spot },
  { kind: 'many', count: 71, most: 72 },
  { kind: 'axes', shape: [71, 72] },
  { kind: 'code', system: 'numpy', message: '' },
  { kind: 'file', message: '' },
  { kind: 'problem', message: '' },
]
const facts = {
  ...{ input: '71', kernel: '72', output: '73', flip: true, stride: '74', padding: '75' },
  ...{ dilation: '76', groups: '77', border: '78' },
}

function textsOf(part: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof part === 'string') return [[path, part]]
  if (path === 'fault')
    return faults.map((fault) => [`fault.${fault.kind}`, (part as typeof en.fault)(fault)])
  if (path === 'facts') return [[path, (part as typeof en.facts)(facts)]]
  if (typeof part === 'function') {
    const isOfRoles = ['assumed', 'ownNumbers', 'missing'].includes(path)
    const argument = (i: number): unknown => (isOfRoles ? ['input', 'kernel'] : String(71 + i))
    return [[path, String(part(...Array.from({ length: part.length }, (_, i) => argument(i))))]]
  }
  return Object.entries(part as object).flatMap(([name, value]) =>
    textsOf(value, path === '' ? name : `${path}.${name}`),
  )
}

const english = new Map(textsOf({ ...en, figure: figureWords.en }))
const chinese = new Map(textsOf({ ...zh, figure: figureWords.zh }))
const numbersIn = (text: string): string => [...new Set(text.match(/7[1-9]/g) ?? [])].sort().join()

test('both languages have the same texts with the same numbers', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  expect(english.size).toBeGreaterThan(70)
  for (const [path, text] of english) {
    expect(text, path).not.toBe('')
    expect(numbersIn(chinese.get(path)!), path).toBe(numbersIn(text))
  }
})

test('Chinese is Chinese, with full-width punctuation', () => {
  for (const [path, text] of chinese) {
    if (path === 'placeholder') continue
    const outside = text.replaceAll(/nn\.Conv2d\([^)]*\)|0,5/g, '')
    expect(outside, path).not.toMatch(/[A-Za-z]{2,}( [A-Za-z]+){2,}/)
    expect(outside, path).not.toMatch(/[\u4e00-\u9fff] ?([,:;!?()]|\.(?!npy))/)
  }
})
