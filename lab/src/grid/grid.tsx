/**
 * A plane of numbers that can be looked at, pointed at, walked through with the keyboard, and
 * changed. Up to 24×24 cells it is a table of the page; larger planes are drawn on a canvas with
 * the same behaviour (canvas-grid.tsx).
 *
 * Its trick: cells are made once for the numbers. What lights up is put on the cells themselves,
 * those that change and no others, so a focus costs a few writes however large the plane is.
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
