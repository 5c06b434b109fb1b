/**
 * Splits Python-like or JavaScript-like text into tokens. A line break is a token only outside of
 * brackets, where it may end a statement.
 */

import { OptionError } from 'stridefold/sync'
import { formatted } from './wording.ts'

export type Dialect = 'python' | 'javascript'

export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'mark' | 'break' | 'end'
  readonly text: string
  readonly value?: string | number
  readonly at: number
}

const patterns: Readonly<Record<Dialect, { readonly comment: RegExp; readonly marks: RegExp }>> = {
  python: { comment: /#[^\n]*/y, marks: /\.\.\.|\*\*|\/\/|[()[\]{},.:;=+\-*/%<>]/y },
  javascript: {
    comment: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y,
    marks: /\.\.\.|\*\*|[()[\]{},.:;=+\-*/%<>]/y,
  },
}
const blanks = /[ \t\r]+|\\\r?\n/y
const numbers = /(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const names = /[A-Za-z_$][\w$]*/y
const strings = /([ruRU]?)("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`)/y

/** The error for text that is not read: where it is, what is there, and what was expected. */
export function syntaxError(text: string, at: number, expected: string): OptionError {
  const word = text.slice(at).split(/\s/, 1)[0]!.slice(0, 40)
  const found = at >= text.length ? 'the end' : formatted(word || 'a line break')
  return new OptionError(
    'CODE_INVALID',
    `The code, character ${at + 1}: found ${found}, expected ${expected}.`,
  )
}

export function tokensOf(
  text: string,
  dialect: Dialect,
): { readonly tokens: Token[]; readonly comments: string[] } {
  const { comment, marks } = patterns[dialect]
  const tokens: Token[] = []
  const comments: string[] = []
  let at = 0
  let depth = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(text)
  }
  while (at < text.length) {
    const blank = match(blanks)
    if (blank) {
      at += blank[0].length
      continue
    }
    const remark = match(comment)
    if (remark) {
      comments.push(remark[0])
      at += remark[0].length
      continue
    }
    if (text[at] === '\n') {
      if (depth === 0) tokens.push({ kind: 'break', text: '\n', at })
      at++
      continue
    }
    const string = match(strings)
    const found = string ?? match(numbers) ?? match(names) ?? match(marks)
    if (found === null) throw syntaxError(text, at, 'a name, a number, a string or an operator')
    const [word] = found
    if (string) tokens.push({ kind: 'string', text: word, value: unquoted(string), at })
    else if (/^[\d.]*\d/.test(word))
      tokens.push({ kind: 'number', text: word, value: Number(word.replaceAll('_', '')), at })
    else if (/^[A-Za-z_$]/.test(word)) tokens.push({ kind: 'name', text: word, at })
    else {
      if ('([{'.includes(word)) depth++
      if (')]}'.includes(word)) depth = Math.max(depth - 1, 0)
      tokens.push({ kind: 'mark', text: word, at })
    }
    at += word.length
  }
  tokens.push({ kind: 'end', text: '', at })
  return { tokens, comments }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' }

function unquoted([, prefix, quoted]: RegExpExecArray): string {
  const body = quoted!.slice(1, -1)
  if (prefix?.toLowerCase() === 'r') return body
  return body.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter)
}
