/**
 * Text tables: columns two spaces apart, each as wide as its widest cell. The width is the width on
 * a terminal, where a Chinese character takes two columns.
 */

import widthOf from 'string-width'

type Cell = string
type Row = readonly Cell[]

export type Alignment = 'left' | 'right'

/** A table without a head, such as names with their values. */
export function plainTable(rows: readonly Row[], alignment: Alignment = 'left'): string {
  return layOut(
    rows,
    columnWidths(rows),
    Array.from(rows[0] ?? [], () => alignment),
  )
}

/** A table with a line under its head. `alignments` has one entry per column. */
export function headedTable(
  head: Row,
  rows: readonly Row[],
  alignments: readonly Alignment[],
): string {
  const widths = columnWidths([head, ...rows])
  return layOut([head, widths.map((width) => '─'.repeat(width)), ...rows], widths, alignments)
}

function columnWidths(rows: readonly Row[]): number[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))
  return widths
}

function layOut(
  rows: readonly Row[],
  widths: readonly number[],
  alignments: readonly Alignment[],
): string {
  const padCell = (cell: Cell, column: number): string => {
    const blanks = ' '.repeat(widths[column]! - widthOf(cell))
    return alignments[column] === 'right' ? blanks + cell : cell + blanks
  }
  return rows.map((row) => row.map(padCell).join('  ').trimEnd()).join('\n')
}
