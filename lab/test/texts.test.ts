/**
 * The texts of both languages: the same numbers in both, and Chinese as a Chinese engineer writes
 * it.
 */

import { expect, test } from 'vitest'
import { en } from '../src/messages/en.ts'
import { zh } from '../src/messages/zh.ts'
import { differing, english as englishWords, numbersIn, textsOf } from './text-walk.ts'

const english = textsOf(en)
const chinese = textsOf(zh)

test('both languages have the same texts', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  expect(english.size).toBeGreaterThan(250)
})

test('a text has the same numbers in both languages', () => {
  expect(differing(english, chinese)).toEqual([])
  expect([...english.values()].filter((text) => numbersIn(text) !== '').length).toBeGreaterThan(60)
})

test('no English is left in Chinese, except names and code', () => {
  const left = [...chinese].filter(([, text]) => englishWords.test(text))
  expect(left).toEqual([])
})

test('Chinese texts have full-width punctuation', () => {
  // What the user types stands in quotes.
  const outside = [...chinese].map(
    ([path, text]) => [path, text.replaceAll(/“[^”]*”/g, '')] as const,
  )
  const patterns = [
    /[\u4e00-\u9fff][,;:?!()"']/,
    /[,;:?!()] ?[\u4e00-\u9fff]/,
    /[\u4e00-\u9fff]\.(?!\w)/,
    /\.\.\./,
  ]
  const half = outside.filter(([, text]) => patterns.some((pattern) => pattern.test(text)))
  expect(half).toEqual([])
})

test('a problem is 算例 everywhere', () => {
  expect([...chinese].filter(([, text]) => /问题|案例|用例|实例|例子/.test(text))).toEqual([])
  expect([...chinese].filter(([path]) => /^problem$/.test(path))).toEqual([['problem', '算例']])
})
