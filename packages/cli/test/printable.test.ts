import { expect, test } from 'vitest'
import { printable } from '../src/printable.ts'

test.each([
  ['plain, größe, 畳み込み, 👋', 'plain, größe, 畳み込み, 👋'],
  ['\x1b[31mred\x1b]0;title\x07', '\\x1b[31mred\\x1b]0;title\\x07'],
  ['two\r\nlines\tand\0nul\x7f', 'two\\x0d\\x0alines\\x09and\\x00nul\\x7f'],
  ['\x9b31m and \x85', '\\x9b31m and \\x85'],
  ['a\u2028b\u202ec\u2066d\u200f', 'a\\u{2028}b\\u{202e}c\\u{2066}d\\u{200f}'],
  ['half \ud83d', 'half \\u{d83d}'],
])('%j is printed as %s', (text, shown) => {
  expect(printable(text)).toBe(shown)
})
