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

export const maxTableCells = 24

export function Grid(props: GridProps): JSX.Element {
  return props.rows <= maxTableCells &&
    props.columns <= maxTableCells * 2 &&
    props.rows * props.columns <= maxTableCells * maxTableCells ? (
    <DomGrid {...props} />
  ) : (
    <CanvasGrid {...props} />
  )
}
