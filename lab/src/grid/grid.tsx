/**
 * A plane of numbers that can be looked at, pointed at, walked through with the keyboard, and
 * changed. Up to 24×24 cells it is a table of the page; larger planes are drawn on a canvas with
 * the same behaviour (canvas-grid.tsx).
 *
 * Its trick: cells are made once for the numbers. What lights up is put on the cells themselves,
 * those that change and no others, so a focus costs a few writes however large the plane is.
 */

import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Marks } from '../model/marks.ts'
import { CanvasGrid } from './canvas-grid.tsx'
import { DomGrid } from './dom-grid.tsx'

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

export const MAX_CELLS = 24

export function Grid(props: GridProps): JSX.Element {
  return props.rows <= MAX_CELLS &&
    props.columns <= MAX_CELLS * 2 &&
    props.rows * props.columns <= MAX_CELLS * MAX_CELLS ? (
    <DomGrid {...props} />
  ) : (
    <CanvasGrid {...props} />
  )
}
