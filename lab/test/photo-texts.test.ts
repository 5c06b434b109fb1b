/** The texts of the picture page: the same in both languages, and Chinese punctuation. */

import { kernels } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { en } from '../src/photo/messages/en.ts'
import { zh } from '../src/photo/messages/zh.ts'
import { differing, english as englishWords, textsOf } from './text-walk.ts'

const special = {
  matrixFault: [
    { kind: 'empty' },
    { kind: 'word', word: 'x' },
    { kind: 'ragged', row: 71, count: 72, first: 73 },
    { kind: 'large', width: 71, height: 72 },
  ],
}
const english = textsOf(en, special)
const chinese = textsOf(zh, special)

test('both languages have the same texts with the same numbers', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  expect(english.size).toBeGreaterThan(120)
  expect(differing(english, chinese)).toEqual([])
})

test('Chinese is Chinese, with full-width punctuation', () => {
  for (const [path, text] of chinese) {
    expect(text, path).not.toMatch(englishWords)
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
