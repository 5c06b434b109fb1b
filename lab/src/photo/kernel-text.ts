/**
 * Reads a pasted matrix: rows end with a line break or ';', numbers are separated by spaces, tabs
 * or commas. Nested lists of JSON, NumPy and other languages are read too. A number may be a
 * fraction such as 1/9.
 *
 *     1 0 -1; 2 0 -2; 1 0 -1      [[1, 0, -1], [2, 0, -2]]      1/9 1/9 1/9
 */

import type { Weights } from './kernel-weights.ts'
import { maxKernel } from './settings.ts'

/** Why a text is no matrix. The texts of the page have the sentences. */
export type MatrixFault =
  | { readonly kind: 'empty' }
  | { readonly kind: 'word'; readonly word: string }
  | {
      readonly kind: 'ragged'
      readonly row: number
      readonly count: number
      readonly first: number
    }
  | { readonly kind: 'large'; readonly width: number; readonly height: number }

const number = /^[-+−]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i
const maxWord = 20

/** A number or a fraction; NaN for anything else. */
export function numberOf(word: string): number {
  const [over = '', under = '1', ...more] = word.replaceAll('−', '-').split('/')
  if (more.length > 0 || !number.test(over) || !number.test(under)) return Number.NaN
  const value = Number(over) / Number(under)
  return Number.isFinite(value) ? value : Number.NaN
}

export function matrixOf(text: string): Weights | MatrixFault {
  const rows = linesOf(text)
    .map((line) => line.split(/[\s,]+/).filter(Boolean))
    .filter((row) => row.length > 0)
  const width = rows[0]?.length ?? 0
  if (width === 0) return { kind: 'empty' }
  const values: number[] = []
  for (const [i, row] of rows.entries()) {
    if (row.length !== width) return { kind: 'ragged', row: i + 1, count: row.length, first: width }
    for (const word of row) {
      const value = numberOf(word)
      if (Number.isNaN(value)) return { kind: 'word', word: word.slice(0, maxWord) }
      values.push(value)
    }
  }
  if (Math.max(width, rows.length) > maxKernel) return { kind: 'large', width, height: rows.length }
  return { width, height: rows.length, values }
}

/** Brackets end a row where they close a list. Names around them, as `array(…)`, are left out. */
function linesOf(text: string): readonly string[] {
  const inner = /\[.*\]/s.exec(text)?.[0]
  if (inner === undefined) return text.split(/[\n\r;]+/)
  return inner
    .replaceAll(/[\s]+/g, ' ')
    .split(']')
    .map((line) => line.replaceAll(/[[,]/g, ' '))
}
