/**
 * The types that the kinds of grid share: the props of a grid, and the kinds of its cells.
 */

import type { ReadonlySignal, Signal } from '@preact/signals'
import type { Marks } from '../model/marks.ts'

export type CellKind =
  | 'value'
  | 'padding'
  | 'inserted'
  | 'cropped'
  | 'zero'
  | 'above'
  | 'below'
  | 'skipped'
  | 'repeated'
  | 'outside'
  | 'written'
export type Role = 'input' | 'kernel' | 'output' | 'matrix' | 'memory'

export interface GridProps {
  /** The label for screen readers, and a name that is unique on the page. */
  readonly label: string
  readonly name: string
  readonly part: Role
  readonly rows: number
  readonly columns: number
  readonly value: (row: number, column: number) => number | undefined
  readonly kind?: (row: number, column: number) => CellKind
  /** The headers of rows and columns. Default: their numbers. */
  readonly rowHead?: (row: number) => string
  readonly columnHead?: (column: number) => string
  /** The highlighted cells, by row · columns + column. */
  readonly marks: ReadonlySignal<Marks>
  /** The text of a cell for screen readers, with its number. */
  readonly describe: (row: number, column: number) => string
  readonly onPreview?: (row: number, column: number) => void
  readonly onLeave?: () => void
  readonly onPin?: (row: number, column: number) => void
  /** Called with an edited number. Absent: the plane is read-only. */
  readonly onEdit?: (row: number, column: number, value: number) => void
  /** If set, pressing the pointer writes this number. */
  readonly paint?: number | undefined
  readonly small?: boolean
  /** The width and height of every cell, in pixels. Default: as large as the numbers need. */
  readonly cell?: CellSize
  /** Which headers are drawn. Default: both. */
  readonly heads?: 'both' | 'rows' | 'columns' | 'none'
  /** The first drawn row and column of a plane that is too large to draw, shared with others. */
  readonly origin?: { readonly row?: Signal<number>; readonly column?: Signal<number> }
  /** Whether the line below a canvas leaves out the active cell. */
  readonly isBare?: boolean
}

export interface CellSize {
  readonly width: number
  readonly height: number
}
