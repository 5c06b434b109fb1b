/**
 * The types that the kinds of grid share: the props of a grid, and the kinds of its cells.
 */

import type { ReadonlySignal } from '@preact/signals'
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
  /**
   * What the plane is, for a screen reader, and a name that tells it from the others of the page.
   */
  readonly label: string
  readonly name: string
  readonly part: Role
  readonly rows: number
  readonly columns: number
  readonly value: (row: number, column: number) => number | undefined
  readonly kind?: (row: number, column: number) => CellKind
  /** What is written at the sides; usually the number of the row and column. */
  readonly rowHead?: (row: number) => string
  readonly columnHead?: (column: number) => string
  /** What lights up, by row · columns + column. */
  readonly marks: ReadonlySignal<Marks>
  /** How many colours there are. */
  readonly of: number
  /** The cell in words, its number included. */
  readonly describe: (row: number, column: number) => string
  readonly onPreview?: (row: number, column: number) => void
  readonly onLeave?: () => void
  readonly onPin?: (row: number, column: number) => void
  /** Where numbers may be changed. */
  readonly onEdit?: (row: number, column: number, value: number) => void
  /** Where the pointer paints with this number. */
  readonly paint?: number | undefined
  readonly small?: boolean
}
