/**
 * A table of numbers in which the reader points at one. It is one tab stop: arrow keys move, Enter
 * or Space chooses. The cell that the page has selected is the current one.
 */

import { type Signal, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { cellAfter } from '../grid/keys.ts'
import { numberText } from '../stage/number.ts'
import { part } from '../state/store.ts'
import type { Table } from './answers.ts'
import { inLanguage, texts } from './messages/index.ts'
import type { Question, Text } from './story.ts'

const focus = part('focus')

interface CellTableProps {
  readonly known: Table
  readonly ask: Question
  readonly onChoose?: (row: number, column: number) => void
  /** Whether the answer is known: the right cells are marked. */
  readonly isSettled?: boolean
}

interface Cell {
  readonly row: number
  readonly column: number
}

export function CellTable({ known, ask, onChoose, isSettled }: CellTableProps): JSX.Element {
  const table = useRef<HTMLTableElement>(null)
  const current: Signal<Cell> = useSignal({ row: 0, column: 0 })
  const { cells, right } = known
  const columns = cells[0]!.length
  const array = ask.kind === 'cell' ? ask.of : ask.kind === 'find' ? ask.is : undefined
  useSignalEffect(() => {
    const at = typeof array === 'string' ? indexIn(focus.value, array) : undefined
    if (at && at.row < cells.length && at.column < columns) current.value = at
  })
  const [rowNames, columnNames] = ask.kind === 'find' ? [ask.rows, ask.columns] : []
  const nameOf = (names: readonly Text[] | undefined, i: number): string =>
    names?.[i] ? inLanguage(names[i]) : String(i + 1)
  const onKeyDown = (event: KeyboardEvent): void => {
    const { row, column } = current.value
    // The page keys turn the steps.
    if (event.key.startsWith('Page')) return
    const next = cellAfter(event, current.value, { rows: cells.length, columns })
    if (next) {
      current.value = next
      table.current!.querySelector<HTMLElement>(`[data-at="${next.row},${next.column}"]`)?.focus()
    } else if (event.key === 'Enter' || event.key === ' ') onChoose?.(row, column)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class={`cell-scroll of-${typeof array === 'string' ? array : 'numbers'}`}>
      <table
        ref={table}
        class="cell-table"
        role="grid"
        aria-labelledby="story-question"
        aria-readonly="true"
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const cell = (event.target as Element).closest<HTMLElement>('[data-at]')
          const [row, column] = cell?.dataset.at?.split(',').map(Number) ?? []
          if (row === undefined || column === undefined) return
          current.value = { row, column }
          onChoose?.(row, column)
        }}
      >
        {columnNames && (
          <thead aria-hidden="true">
            <tr>
              {rowNames && <td />}
              {columnNames.map((name) => (
                <th key={name}>{inLanguage(name)}</th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {cells.map((line, row) => (
            <tr key={row}>
              {rowNames && <th aria-hidden="true">{nameOf(rowNames, row)}</th>}
              {line.map((value, column) => {
                const isRight = isSettled === true && right.has(row * columns + column)
                const isCurrent = current.value.row === row && current.value.column === column
                return (
                  <td
                    key={column}
                    role="gridcell"
                    data-at={`${row},${column}`}
                    data-right={isRight}
                    aria-selected={isRight || (isCurrent && !isSettled)}
                    tabIndex={isCurrent ? 0 : -1}
                    aria-label={texts().cellAt(
                      nameOf(rowNames, row),
                      nameOf(columnNames, column),
                      numberText(value),
                    )}
                  >
                    {numberText(value)}
                    {isRight && <i aria-hidden="true">✓</i>}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The cell of an array that the page has selected. */
function indexIn(selected: (typeof focus)['value'], array: string): Cell | undefined {
  const [name, index] = Object.entries(selected ?? {})[0] ?? []
  if (name !== array || !Array.isArray(index)) return undefined
  return { row: index.length === 3 ? 0 : Number(index.at(-2)), column: Number(index.at(-1)) }
}
