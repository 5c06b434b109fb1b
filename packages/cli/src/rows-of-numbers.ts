/**
 * Parses rows of numbers: a matrix on the command line, or a CSV file. Reads the text once, from
 * left to right.
 *
 *   1 0 -1; 2 0 -2      1, 0, -1      1;0;-1 (CSV only)
 *
 * Some users write 0,5 for 0.5. So a comma that may be a decimal point is never taken as a
 * separator: the wrong numbers would go unnoticed.
 */

import { type Failure, usageError } from './failure.ts'
import { printable } from './printable.ts'

export type CreateError = (message: string) => Failure

export type Rows = readonly (readonly number[])[]

/** A matrix: `;` or a line break ends a row, spaces or commas separate numbers. */
export function matrixRows(text: string, name: string): Rows {
  const rows = linesOf(text).flatMap((line) => {
    const parts = line.split(';')
    while (parts.length > 1 && parts.at(-1)!.trim() === '') parts.pop()
    return parts
  })
  const words = rows.map(cellsOf)
  // Such a matrix has a first column of zeros, which nobody needs. 0,5;0,25 means 0.5 and 0.25.
  const areDecimals = words.every(
    ({ cells: [first = '', ...more], separators }) =>
      separators.bareComma && more.length === 1 && /^[-+]?0+$/.test(first),
  )
  if (areDecimals) throw usageError(ambiguous(name, `every row is like '${quoteWord(rows[0]!)}'`))
  return words.map((row, r) => numbersOf(row, r, name, usageError))
}

/**
 * A CSV file: each line is a row. Commas, semicolons, tabs or spaces separate numbers, one kind per
 * file.
 */
export function csvRows(text: string, name: string, createError: CreateError): Rows {
  const rows = linesOf(text.replace(/^\ufeff/, '')).map(cellsOf)
  const firstRowWith = (kind: keyof Separators): number =>
    rows.findIndex(({ separators }) => separators[kind])
  const [bare, semicolon, blank] = [
    firstRowWith('bareComma'),
    firstRowWith('semicolon'),
    firstRowWith('blank'),
  ]
  const anyComma =
    bare >= 0
      ? bare
      : rows.findIndex(({ separators: { comma, spacedComma } }) => comma || spacedComma)
  if (anyComma >= 0 && semicolon >= 0)
    throw createError(
      ambiguous(name, `row ${anyComma + 1} has a comma and row ${semicolon + 1} a semicolon`),
    )
  if (bare >= 0 && blank >= 0)
    throw createError(
      ambiguous(
        name,
        `row ${bare + 1} has a comma, but row ${blank + 1} separates numbers by spaces`,
      ),
    )
  if (semicolon >= 0 && blank >= 0) {
    throw createError(
      `${sentenceStart(name)} is ambiguous: a semicolon may separate numbers or end a row. In ` +
        'a file each line is a row; use one kind of separator.',
    )
  }
  return rows.map((row, r) => numbersOf(row, r, name, createError))
}

const linesOf = (text: string): string[] =>
  text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')

/**
 * The separators in a row: a comma between two digits, a comma beside a space, any other comma, …
 */
interface Separators {
  bareComma: boolean
  spacedComma: boolean
  comma: boolean
  semicolon: boolean
  blank: boolean
}

interface Row {
  readonly cells: readonly string[]
  readonly separators: Separators
}

function cellsOf(row: string): Row {
  const cells: string[] = []
  const separators: Separators = {
    bareComma: false,
    spacedComma: false,
    comma: false,
    semicolon: false,
    blank: false,
  }
  let isAfterWord = false
  for (const { 0: token, index } of row.matchAll(/[^\s,;]+|[,;]/g)) {
    if (token === ',' || token === ';') {
      if (!isAfterWord) cells.push('')
      if (token === ';') separators.semicolon = true
      else if (/^\d,\d/.test(row.slice(Math.max(index - 1, 0), index + 2)))
        separators.bareComma = true
      else if (/^.?,\s|^\s,/.test(row.slice(Math.max(index - 1, 0), index + 2)))
        separators.spacedComma = true
      else separators.comma = true
      isAfterWord = false
    } else {
      if (isAfterWord) separators.blank = true
      cells.push(token)
      isAfterWord = true
    }
  }
  // A separator at the end means that a number is missing.
  if (!isAfterWord) cells.push('')
  return { cells, separators }
}

const numberPattern = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

function numbersOf(
  { cells, separators }: Row,
  r: number,
  name: string,
  createError: CreateError,
): number[] {
  if (separators.bareComma && (separators.blank || separators.spacedComma)) {
    throw createError(
      ambiguous(name, `row ${r + 1} mixes commas with and without spaces, or spaces and commas`),
    )
  }
  return cells.map((word, c) => {
    const value = numberPattern.test(word) ? Number(word) : Number.NaN
    if (!Number.isFinite(value)) {
      throw createError(
        `${sentenceStart(name)}: row ${r + 1}, column ${c + 1} is '${quoteWord(word)}', which ` +
          'is not a finite number.',
      )
    }
    if (separators.bareComma && c > 0 && /^0\d/.test(word)) {
      throw createError(ambiguous(name, `row ${r + 1} has '${quoteWord(word)}' after a comma`))
    }
    return value
  })
}

const ambiguous = (name: string, reason: string): string =>
  `${sentenceStart(name)} is ambiguous: ${reason}, so a comma may separate numbers or be ` +
  'a decimal point. Write 0.5, not 0,5, and one kind of separator.'

export const sentenceStart = (name: string): string => name.replace(/^the /, 'The ')

const maxShown = 40

/** A word of the input for a message, shortened. */
export const quoteWord = (word: string): string =>
  printable(word.length > maxShown ? `${word.slice(0, maxShown)}…` : word)
