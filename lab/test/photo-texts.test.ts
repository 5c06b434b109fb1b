/** The texts of the picture page: the same in both languages, and Chinese punctuation. */

import { kernels } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { en } from '../src/photo/messages/en.ts'
import { zh } from '../src/photo/messages/zh.ts'

/** An argument that serves as a number and a text. Its number tells it from the others. */
const argument = (place: number): unknown => String(71 + place)

function textsOf(part: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof part === 'string') return [[path, part]]
  if (typeof part === 'function') {
    if (path === 'matrixFault')
      return [
        { kind: 'empty' },
        { kind: 'word', word: 'x' },
        { kind: 'ragged', row: 71, count: 72, first: 73 },
        { kind: 'large', width: 71, height: 72 },
      ].map((fault) => [`${path}.${fault.kind}`, String(part(fault))])
    const text: unknown = part(...Array.from({ length: part.length }, (_, i) => argument(i)))
    return [[path, String(text)]]
  }
  return Object.entries(part as object).flatMap(([name, value]) =>
    textsOf(value, path === '' ? name : `${path}.${name}`),
  )
}

const english = new Map(textsOf(en))
const chinese = new Map(textsOf(zh))
const numbersIn = (text: string): string => [...new Set(text.match(/7[1-9]/g) ?? [])].sort().join()

test('both languages have the same texts with the same numbers', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  expect(english.size).toBeGreaterThan(120)
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

test('every named kernel and every parameter has a name in both languages', () => {
  const names = kernels.list.map(({ name }) => name)
  const parameters = kernels.list
    .flatMap((kernel) => kernel.parameters.map(({ name }) => name))
    .filter((name) => name !== 'rank')
  for (const texts of [en, zh]) {
    expect(Object.keys(texts.kernels)).toEqual(names)
    expect(Object.keys(texts.parameters).sort()).toEqual([...new Set(parameters)].sort())
  }
})
