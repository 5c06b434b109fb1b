/**
 * A plane of numbers that the user can read, point at, navigate with the keyboard, and edit. Up to
 * 24×24 cells it is an HTML table. Larger planes are drawn on a canvas with the same behaviour
 * (canvas-grid.tsx).
 *
 * The cells are created once for the numbers. A focus changes attributes of the affected cells
 * only, so it costs a few writes even in a large plane.
 */

import type { JSX } from 'preact'
import { CanvasGrid } from './canvas-grid.tsx'
import { DomGrid } from './dom-grid.tsx'
import type { GridProps } from './grid-types.ts'

const maxTableCells = 24

/** Whether a plane is small enough for an HTML table. */
export const isTable = ({ rows, columns }: Pick<GridProps, 'rows' | 'columns'>): boolean =>
  rows <= maxTableCells &&
  columns <= maxTableCells * 2 &&
  rows * columns <= maxTableCells * maxTableCells

export function Grid(props: GridProps): JSX.Element {
  return isTable(props) ? <DomGrid {...props} /> : <CanvasGrid {...props} />
}
