/**
 * What lights up in a plane on a canvas: few cells are written and outlined one by one, many are
 * tinted.
 *
 * Its trick: of many, neighbours in a row that have one colour are one rectangle. A weight of a
 * picture lights a cell of nearly every window with the same colour, so 4,096 cells are 64
 * rectangles.
 */

import { tapColour } from '../model/colours.ts'
import type { Marks } from '../model/marks.ts'
import { drawNumber } from './heatmap.ts'

/** Lit cells from which on they are tinted. */
const MANY = 400

export interface Overlay {
  /** The part of the plane that is drawn. */
  readonly seen: {
    readonly top: number
    readonly left: number
    readonly rows: number
    readonly columns: number
  }
  /** Columns of the whole plane. */
  readonly across: number
  /** Pixels along a cell's side. */
  readonly size: number
  /** How many colours there are. */
  readonly of: number
  /** What the place that is pointed at is outlined with. */
  readonly ink: string
  readonly value: (row: number, column: number) => number | undefined
}

export function drawMarks(context: CanvasRenderingContext2D, marks: Marks, overlay: Overlay): void {
  const { seen, size } = overlay
  context.clearRect(0, 0, seen.columns * size, seen.rows * size)
  if (marks.size > MANY) tintRuns(context, marks, overlay)
  else for (let i = 0; i < marks.size; i++) writeCell(context, marks, i, overlay)
}

/** Whether a mark stands in the part that is drawn. */
export function isAnySeen(marks: Marks, overlay: Overlay): boolean {
  for (let i = 0; i < marks.size; i++) if (cellOf(marks, i, overlay)) return true
  return false
}

/** Row and column of the i-th mark within what is drawn, or undefined outside. */
function cellOf(
  { places }: Marks,
  i: number,
  { seen, across }: Overlay,
): readonly [row: number, column: number] | undefined {
  const row = Math.floor(places[i]! / across) - seen.top
  const column = (places[i]! % across) - seen.left
  return row >= 0 && column >= 0 && row < seen.rows && column < seen.columns
    ? [row, column]
    : undefined
}

function writeCell(
  context: CanvasRenderingContext2D,
  marks: Marks,
  i: number,
  overlay: Overlay,
): void {
  const cell = cellOf(marks, i, overlay)
  if (!cell) return
  const [row, column] = cell
  const { seen, size, value } = overlay
  const tap = marks.taps[i]!
  if (tap >= 0) {
    const { background, ink } = tapColour(tap, overlay.of)
    context.fillStyle = background
    context.fillRect(column * size, row * size, size, size)
    const number = value(seen.top + row, seen.left + column)
    if (number !== undefined) drawNumber(context, number, row, column, size, ink)
  }
  outline(context, row, column, overlay, marks.isSelf(i))
}

function outline(
  context: CanvasRenderingContext2D,
  row: number,
  column: number,
  { size, ink }: Overlay,
  isSelf: boolean,
): void {
  context.strokeStyle = ink
  context.lineWidth = isSelf ? 2 : 1
  context.strokeRect(column * size + 0.5, row * size + 0.5, size - 1, size - 1)
}

/** The numbers below stay readable: there are too many to write again. */
function tintRuns(context: CanvasRenderingContext2D, marks: Marks, overlay: Overlay): void {
  const { seen, across, size, of } = overlay
  const { places, taps } = marks
  context.globalAlpha = 0.6
  // A run is one row of cells with one tap: from `start`, `length` cells, in the places that follow
  // one another.
  let [start, length, tap] = [-1, 0, -1]
  const flush = (): void => {
    const row = Math.floor(start / across) - seen.top
    const from = Math.max(0, (start % across) - seen.left)
    const to = Math.min(seen.columns, (start % across) + length - seen.left)
    if (tap < 0 || row < 0 || row >= seen.rows || to <= from) return
    context.fillStyle = tapColour(tap, of).background
    context.fillRect(from * size, row * size, (to - from) * size, size)
  }
  let self: number | undefined
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!
    if (marks.isSelf(i)) self = i
    if (place === start + length && taps[i] === tap && place % across !== 0) length++
    else {
      flush()
      ;[start, length, tap] = [place, 1, taps[i]!]
    }
  }
  flush()
  const cell = self === undefined ? undefined : cellOf(marks, self, overlay)
  if (cell) outline(context, ...cell, overlay, true)
  context.globalAlpha = 1
}
