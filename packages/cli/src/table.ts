/**
 * Tables for people: cli-table3 with lines no louder than needed.
 */

import Table from 'cli-table3'
import widthOf from 'string-width'

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

type Cell = string

export type Alignment = 'left' | 'right'

/** Rows without lines, such as facts with their names. */
export function plainTable(rows: readonly (readonly Cell[])[], alignment: Alignment = 'left'): string {
  const colAligns = (rows[0] ?? []).map(() => alignment)
  const table = new Table({ chars: NO_LINES, colAligns, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] } })
  table.push(...rows.map((row) => [...row]))
  return withoutTrailingBlanks(table.toString())
}

/** A table with a line under its head; `alignments` one per column. */
export function headedTable(head: readonly Cell[], rows: readonly (readonly Cell[])[], alignments: readonly Alignment[]): string {
  const rule = head.map((_, column) => '─'.repeat(Math.max(...[head, ...rows].map((row) => widthOf(row[column] ?? '')))))
  const table = new Table({
    chars: NO_LINES,
    colAligns: [...alignments],
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  table.push(...[head, rule, ...rows].map((row) => [...row]))
  return withoutTrailingBlanks(table.toString())
}

const withoutTrailingBlanks = (text: string): string => text.replace(/[ \t]+$/gm, '')
