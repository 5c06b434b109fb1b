/**
 * The captions of the docked views of memory and signal with counts of one.
 */

import { expect, test } from 'vitest'
import { memoryText } from '../src/stage/docks/memory-text.ts'
import { signalText } from '../src/stage/docks/signal-text.ts'

test('a kernel with one weight, or with one column, is not said in the plural', () => {
  const { en } = memoryText
  expect(en.oneRun(1, 2)).toBe('The window is one element of it. The next window starts 2 further.')
  expect(en.oneRun(5, 1)).toContain('one run of 5 in it')
  expect(en.runs(7, 1, 64)).toContain('7 elements of it, always')
  expect(en.runs(3, 3, 64)).toContain('3 short runs of 3 in it, always')
  expect(en.touches(1, 1)).not.toContain('lines')
  expect(signalText.en.rowCaption(4, 1, 1, 1)).not.toContain('products')
  expect(signalText.en.rowCaption(4, 2, 4, 2)).toContain('the other is pale')
  expect(signalText.en.rowCaption(4, 3, 9, 3)).toContain('the others are pale')
  expect(signalText.en.signalCaption(1, 'sum')).not.toContain('samples')
})

test('both languages have all texts, and Chinese has full-width punctuation', () => {
  for (const texts of [memoryText, signalText]) {
    expect(Object.keys(texts.zh)).toEqual(Object.keys(texts.en))
    for (const text of Object.values(texts.zh))
      if (typeof text === 'string') expect(text).not.toMatch(/[\u4e00-\u9fff] ?[,:;.]/)
  }
})
