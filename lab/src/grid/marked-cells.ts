/**
 * The extent of the highlighted cells of a plane: the first and the last row and column, and the
 * cell that matters most, which is the focused one if it is in this plane.
 */

import type { Marks } from '../model/marks.ts'
import type { Cell } from './keys.ts'

export interface MarkedCells {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
  readonly main: Cell
}

/** Undefined if nothing is highlighted. */
export function markedCells(marks: Marks, columns: number): MarkedCells | undefined {
  if (marks.size === 0) return undefined
  let [top, left, bottom, right] = [Infinity, Infinity, -1, -1]
  let main = 0
  for (let i = 0; i < marks.size; i++) {
    const row = Math.floor(marks.places[i]! / columns)
    const column = marks.places[i]! % columns
    top = Math.min(top, row)
    left = Math.min(left, column)
    bottom = Math.max(bottom, row)
    right = Math.max(right, column)
    if (marks.isFocusedAt(i)) main = i
  }
  const place = marks.places[main]!
  return {
    top,
    left,
    bottom,
    right,
    main: { row: Math.floor(place / columns), column: place % columns },
  }
}
