/**
 * A matrix as a grid whose cells are a focus; the same matrix turned over its diagonal where that
 * is asked for.
 */

import type { ReadonlySignal } from '@preact/signals'
import { exactText } from '../model/number-text.ts'
import type { JSX } from 'preact'
import type { Focus } from 'stridefold/sync'
import { useDerived } from '../grid/derived.ts'
import { type CellKind, Grid, type Role } from '../grid/grid.tsx'
import type { Marks } from '../model/marks.ts'
import { viewModel } from '../model/shared.ts'
import { pin, preview } from '../state/store.ts'
import { messages } from '../words/words.ts'

export interface MatrixProps {
  readonly name: string
  readonly label: string
  readonly part: Role
  readonly shape: readonly [rows: number, columns: number]
  readonly value: (row: number, column: number) => number | undefined
  /** What lights up, by row · columns + column of `shape`. */
  readonly marks: ReadonlySignal<Marks>
  readonly focus: (row: number, column: number) => Focus | undefined
  readonly isZero?: (row: number, column: number) => boolean
  readonly kind?: (row: number, column: number) => CellKind
  readonly rowHead?: (row: number) => string
  readonly columnHead?: (column: number) => string
  /** What else is to be said of a cell. */
  readonly more?: (row: number, column: number) => string
  /** Whether rows are drawn as columns. */
  readonly isTurned?: boolean
}

export function MatrixGrid(props: MatrixProps): JSX.Element {
  const {
    name,
    label,
    part,
    shape,
    value,
    marks,
    focus,
    isZero,
    kind,
    rowHead,
    columnHead,
    more,
    isTurned = false,
  } = props
  const [rows, columns] = shape
  const turned = useDerived(
    () => marks.value.moved((place) => (place % columns) * rows + Math.floor(place / columns)),
    [marks, rows, columns],
  )
  const w = messages()
  /** A question about a drawn cell, asked of the matrix. */
  const of =
    <T,>(ask: (row: number, column: number) => T) =>
    (row: number, column: number): T =>
      isTurned ? ask(column, row) : ask(row, column)
  return (
    <Grid
      key={isTurned ? 'turned' : 'as it is'}
      name={name}
      label={label}
      part={part}
      rows={isTurned ? columns : rows}
      columns={isTurned ? rows : columns}
      value={of(value)}
      {...(kind && { kind: of(kind) })}
      {...(isZero && { kind: of((row, column) => (isZero(row, column) ? 'zero' : 'value')) })}
      {...(rowHead && { [isTurned ? 'columnHead' : 'rowHead']: rowHead })}
      {...(columnHead && { [isTurned ? 'rowHead' : 'columnHead']: columnHead })}
      marks={isTurned ? turned : marks}
      of={viewModel.value.taps}
      describe={of((row, column) =>
        [
          `${w.cellAt(row, column)}: ${exactText(value(row, column))}`,
          isZero?.(row, column) ? w.kinds.zero : '',
          more?.(row, column) ?? '',
        ]
          .filter(Boolean)
          .join(', '),
      )}
      onPreview={of((row, column) => {
        preview.value = focus(row, column)
      })}
      onLeave={() => {
        preview.value = undefined
      }}
      onPin={of((row, column) => pin(focus(row, column)))}
      small
    />
  )
}
