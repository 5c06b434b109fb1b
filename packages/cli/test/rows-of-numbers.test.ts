/**
 * Are rows of text parsed as the intended numbers, or rejected if they are ambiguous?
 */

import { describe, expect, test } from 'vitest'
import { inputError } from '../src/failure.ts'
import { csvRows, matrixRows } from '../src/rows-of-numbers.ts'

const csv = (text: string) => csvRows(text, 'k.csv', inputError)
const matrix = (text: string) => matrixRows(text, 'the kernel')

describe('a CSV file', () => {
  test.each([
    ['lines that end with LF', '1,0,-1\n2,0,-2\n'],
    ['with CR LF, and a byte order mark', '\ufeff1,0,-1\r\n2,0,-2\r\n'],
    ['with CR alone', '1,0,-1\r2,0,-2\r'],
    ['blank lines', '\n1,0,-1\n \n2,0,-2\n\n'],
    ['commas and blanks', '1, 0, -1\n 2 , 0 , -2 '],
    ['commas with a blank in some rows', '1, 0, -1\n2,0,-2'],
    ['semicolons', '1;0;-1\n2; 0; -2'],
    ['tabs', '1\t0\t-1\n2\t0\t-2'],
    ['blanks', '  1   0 -1\n2 0  -2  '],
    ['other ways to write a number', '+1,0e5,-.1e1\n2.,-0,-2.0'],
  ])('%s', (_, text) => {
    expect(csv(text)).toEqual([
      [1, 0, -1],
      [2, expect.closeTo(0), -2],
    ])
  })

  test.each([
    ['0,5;0,25', 'row 1 has a comma and row 1 a semicolon'],
    ['1;2\n3, 4', 'row 2 has a comma and row 1 a semicolon'],
    ['0,5 0,25', 'row 1 has a comma, but row 1 separates numbers by spaces'],
    ['0,5\t0,25', 'row 1 has a comma, but row 1 separates numbers by spaces'],
    ['1 2\n0,5', 'row 2 has a comma, but row 1 separates numbers by spaces'],
    ['0,5, 0,25', 'row 1 mixes commas with and without spaces, or spaces and commas'],
    ['0,05,0,25', "row 1 has '05' after a comma"],
    ['1,000', "row 1 has '000' after a comma"],
  ])('%j may hold decimal commas', (text, reason) => {
    expect(() => csv(text)).toThrow(
      `k.csv is ambiguous: ${reason}, so a comma may separate numbers or ` +
        'be a decimal point. ' +
        'Write 0.5, not 0,5, and one kind of separator.',
    )
  })

  test('a matrix in command-line form is ambiguous in a file', () => {
    expect(() => csv('1 0 -1; 2 0 -2')).toThrow(
      'a semicolon may separate numbers or end a row. In a file each line is a row',
    )
  })

  test.each([
    ['1,,2', 1, 2, ''],
    ['1,2\n3,', 2, 2, ''],
    ['1,0x10', 1, 2, '0x10'],
    ['1,Infinity', 1, 2, 'Infinity'],
    ['1,1e999', 1, 2, '1e999'],
    ['1,1_000', 1, 2, '1_000'],
    ['1,\u001b[31m', 1, 2, '\\x1b[31m'],
    [`1,${'9x'.repeat(50_000)}`, 1, 2, `${'9x'.repeat(20)}…`],
  ])('%j is rejected', (text, row, column, word) => {
    expect(() => csv(text)).toThrow(
      `k.csv: row ${row}, column ${column} is '${word}', which is not a finite number.`,
    )
  })

  test('a quarter of a million rows, and very many spaces', () => {
    expect(csv('1\n'.repeat(250_000)).length).toBe(250_000)
    expect(csv(`1${' '.repeat(200_000)}2`)).toEqual([[1, 2]])
  })
})

describe('a matrix on the command line', () => {
  test.each([
    '1 0 -1; 2 0 -2',
    '1,0,-1;2,0,-2;',
    '1, 0, -1; 2,0,-2',
    '1 0 -1\n2 0 -2\n',
    '1 0 -1\r2 0 -2',
    '1 0 -1;\n2 0 -2;; ',
  ])('%j', (text) => {
    expect(matrix(text)).toEqual([
      [1, 0, -1],
      [2, 0, -2],
    ])
  })

  test.each(['0,5 0,25', '0,5, 0,25', '1 2; 0,5 1', '0,5,0,05'])(
    '%j may hold decimal commas',
    (text) => {
      expect(() => matrix(text)).toThrow(/^The kernel is ambiguous: row \d (has|mixes) /)
    },
  )

  test('an empty row in the middle', () => {
    expect(() => matrix('1;;2')).toThrow("The kernel: row 2, column 1 is ''")
  })

  test('120,000 spaces', () => {
    expect(matrix(`1${' '.repeat(120_000)}s`.replace('s', '2'))).toEqual([[1, 2]])
    expect(() => matrix(`1${' '.repeat(120_000)}s`)).toThrow("row 1, column 2 is 's'")
  })
})
