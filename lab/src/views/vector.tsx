/**
 * The flattened input or output: a row above a matrix, or a column at the end of its rows. Its
 * cells have the size of the matrix, so a column of the matrix stands below its number, and a row
 * ends at its number.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { Focus, NdArray } from 'stridefold/sync'
import { Grid } from '../grid/grid.tsx'
import type { GridProps, Role } from '../grid/grid-types.ts'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { exactText } from '../model/number-text.ts'
import { indexAt } from '../model/numbers.ts'
import { viewModel } from '../model/shared.ts'
import { pin, preview } from '../state/store.ts'

interface Props extends Pick<GridProps, 'cell' | 'origin'> {
  readonly part: 'input' | 'output'
  readonly isRow: boolean
  /** The numbers, in the shape of the part. */
  readonly numbers: NdArray
  readonly label: string
}

export function Vector({ part, isRow, numbers, label, cell, origin }: Props): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const marks = useComputed(() => highlighted.value.marks(part))
  const indexOf = (row: number, column: number): readonly number[] =>
    indexAt(isRow ? column : row, viewModel.value.shapes[part])
  const focus = (row: number, column: number): Focus =>
    part === 'input' ? { input: indexOf(row, column) } : { output: indexOf(row, column) }
  const at = (row: number, column: number): number | undefined => numbers.data[isRow ? column : row]
  return (
    <Grid
      key={isRow ? 'row' : 'column'}
      name={`toeplitz-${part}`}
      label={w.asVector(label)}
      part={part satisfies Role}
      rows={isRow ? 1 : numbers.data.length}
      columns={isRow ? numbers.data.length : 1}
      value={at}
      marks={marks}
      describe={(row, column) =>
        `${label} [${indexOf(row, column).join(', ')}]: ${exactText(at(row, column))}`
      }
      onPreview={(row, column) => {
        preview.value = focus(row, column)
      }}
      onLeave={() => {
        preview.value = undefined
      }}
      onPin={(row, column) => pin(focus(row, column))}
      rowHead={() => '×'}
      heads={isRow ? 'both' : 'none'}
      {...(cell && { cell })}
      {...(origin && { origin })}
      isBare
      small
    />
  )
}
