/**
 * A matrix as a grid whose cells select a focus; transposed on request.
 */

import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Focus } from 'stridefold/sync'
import { useDerived } from '../grid/derived.ts'
import { Grid } from '../grid/grid.tsx'
import type { CellKind, GridProps, Role } from '../grid/grid-types.ts'
import { messages } from '../messages/messages.ts'
import type { Marks } from '../model/marks.ts'
import { exactText } from '../model/number-text.ts'
import { pin, preview } from '../state/store.ts'

export interface MatrixProps extends Pick<GridProps, 'cell' | 'heads' | 'origin' | 'isBare'> {
  readonly name: string
  readonly label: string
  readonly part: Role
  readonly shape: readonly [rows: number, columns: number]
  readonly value: (row: number, column: number) => number | undefined
  /** The highlighted cells, by row · columns + column of `shape`. */
  readonly marks: ReadonlySignal<Marks>
  readonly focus: (row: number, column: number) => Focus | undefined
  readonly isZero?: (row: number, column: number) => boolean
  readonly kind?: (row: number, column: number) => CellKind
  readonly rowHead?: (row: number) => string
  readonly columnHead?: (column: number) => string
  /** More text about a cell for screen readers. */
  readonly more?: (row: number, column: number) => string
  /** Whether the matrix is drawn transposed. */
  readonly isTransposed?: boolean
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
    isTransposed = false,
    ...drawing
  } = props
  const [rows, columns] = shape
  const transposedMarks = useDerived(
    () => marks.value.mapPlaces((place) => (place % columns) * rows + Math.floor(place / columns)),
    [marks, rows, columns],
  )
  const w = messages()
  /** Converts a function of matrix indices to a function of drawn indices. */
  const of =
    <T,>(read: (row: number, column: number) => T) =>
    (row: number, column: number): T =>
      isTransposed ? read(column, row) : read(row, column)
  return (
    <Grid
      key={isTransposed ? 'transposed' : 'as it is'}
      {...drawing}
      name={name}
      label={label}
      part={part}
      rows={isTransposed ? columns : rows}
      columns={isTransposed ? rows : columns}
      value={of(value)}
      {...(kind && { kind: of(kind) })}
      {...(isZero && { kind: of((row, column) => (isZero(row, column) ? 'zero' : 'value')) })}
      {...(rowHead && { [isTransposed ? 'columnHead' : 'rowHead']: rowHead })}
      {...(columnHead && { [isTransposed ? 'rowHead' : 'columnHead']: columnHead })}
      marks={isTransposed ? transposedMarks : marks}
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
