/**
 * The pairs of calls in docs/coming-from.md, and the arrays that they read. The test runs our side
 * of each pair. scripts/coming-from.ts runs the other side and writes the fixture.
 */

import { pageText } from './snippets.ts'

export interface Pair {
  /** The heading above the table. */
  readonly library: string
  readonly theirs: string
  readonly ours: string
  /** Whether the page says that bytes differ by 1. */
  readonly differsByOne: boolean
}

/** The rows of all tables of the page, as lists of cells without code marks. */
const tableRows = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^\|(.*)\|$/gm)].map(([, row]) =>
    row!.split('|').map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  )

const sections = pageText('docs/coming-from.md')
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ title: text.slice(0, text.indexOf('\n')), rows: tableRows(text).slice(2) }))

export const pairs: readonly Pair[] = sections
  .filter(({ title }) => title !== 'Borders')
  .flatMap(({ title, rows }) =>
    rows.map(([label = '', theirs = '', ours = '']) => ({
      ...{ library: title, theirs, ours },
      differsByOne: label.includes('±1'),
    })),
  )

/** A line of the table of borders: our name and the names in the other libraries. */
export const borders: readonly { readonly ours: string; readonly theirs: readonly string[] }[] =
  sections
    .find(({ title }) => title === 'Borders')!
    .rows.map(([, ours, ...theirs]) => ({ ours: ours!.replaceAll("'", ''), theirs }))

/** Whole numbers ≥ 0 without a pattern. */
const numbers = (shape: readonly number[], limit: number) => ({
  shape,
  data: Array.from(
    { length: shape.reduce((n, extent) => n * extent, 1) },
    (_, i) => ((i + 3) * (i + 7) * 37 + (i >> 2) * 11) % limit,
  ),
})

/** The same, with weights below zero. */
const weights = (shape: readonly number[]) => {
  const { data } = numbers(shape, 9)
  return { shape, data: data.map((value) => value - 3) }
}

export interface PlainArray {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

export const arrays: Readonly<Record<string, PlainArray>> = {
  image: numbers([6, 8], 256),
  bytes: numbers([6, 8], 256),
  rgb: numbers([6, 8, 3], 256),
  rgba: numbers([6, 8, 4], 256),
  volume: numbers([4, 5, 6], 256),
  wave: numbers([12], 100),
  taps: { shape: [4], data: [1, 2, 3, 5] },
  k: { shape: [3, 3], data: [1, 2, -1, 0, 3, -2, 2, -1, 1] },
  even: { shape: [2, 2], data: [1, 2, 3, 5] },
  sharpen: { shape: [3, 3], data: [0, -1, 0, -1, 5, -1, 0, -1, 0] },
  nhwc: numbers([1, 6, 8, 3], 10),
  hwio: weights([3, 3, 3, 2]),
  hwim: weights([3, 3, 3, 2]),
  hwoi: weights([3, 3, 2, 3]),
  nchw: numbers([1, 3, 6, 8], 10),
  oihw: weights([2, 3, 3, 3]),
  iohw: weights([3, 2, 3, 3]),
  depthwise: weights([3, 1, 3, 3]),
}

/** Arrays that are bytes on both sides. */
export const byteNames: readonly string[] = ['bytes', 'rgb', 'rgba']
