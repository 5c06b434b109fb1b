/**
 * The texts of both languages: the same numbers in both, and Chinese as a Chinese engineer writes
 * it.
 */

import { expect, test } from 'vitest'
import { en } from '../src/messages/en.ts'
import { zh } from '../src/messages/zh.ts'

/**
 * An argument that serves as a number, a text and a list. Its number tells it from the others.
 */
const argument = (place: number): unknown => [String(71 + place)]

/** All texts by their path. A function gets as many arguments as it takes. */
function textsOf(part: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof part === 'string') return [[path, part]]
  if (typeof part === 'function') {
    const text: unknown = part(...Array.from({ length: part.length }, (_, i) => argument(i)))
    return [[path, String(text)]]
  }
  return Object.entries(part as object).flatMap(([name, value]) =>
    textsOf(value, path === '' ? name : `${path}.${name}`),
  )
}

const english = new Map(textsOf(en))
const chinese = new Map(textsOf(zh))
/** The numbers of the arguments in a text. */
const numbersIn = (text: string): string => [...new Set(text.match(/7[1-9]/g) ?? [])].sort().join()

test('both languages have the same texts', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  expect(english.size).toBeGreaterThan(250)
})

test('a text has the same numbers in both languages', () => {
  const differ = [...english]
    .filter(([path, text]) => numbersIn(text) !== numbersIn(chinese.get(path)!))
    .map(([path, text]) => `${path}: ${text} | ${chinese.get(path)}`)
  expect(differ).toEqual([])
  expect([...english.values()].filter((text) => numbersIn(text) !== '').length).toBeGreaterThan(60)
})

test('no English is left in Chinese, except names and code', () => {
  const left = [...chinese].filter(([, text]) => /[A-Za-z]{2,}( [A-Za-z]+){2,}/.test(text))
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
