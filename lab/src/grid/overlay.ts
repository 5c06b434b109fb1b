/**
 * Draws the highlighted cells of a plane on a canvas. A few cells are drawn with number and
 * outline. Many cells are only tinted.
 *
 * Neighbours in a row that have one colour are one rectangle. A weight of an image highlights one
 * cell of nearly every window in one colour, so 4,096 cells become 64 rectangles.
 */

import type { TapColour } from '../model/colours.ts'
import type { Marks } from '../model/marks.ts'
import { drawNumber } from './draw-number.ts'

/** More highlighted cells than this are only tinted. */
const tintThreshold = 400

export interface Overlay {
  /** The part of the plane that is drawn. */
  readonly drawnPart: {
    readonly top: number
    readonly left: number
    readonly rows: number
    readonly columns: number
  }
  /** Columns of the whole plane. */
  readonly planeColumns: number
  /** Width and height of a cell, in pixels. */
  readonly size: number
  readonly colourOf: (tap: number) => TapColour
  /** The colour of the outline. */
  readonly ink: string
  readonly value: (row: number, column: number) => number | undefined
}

export function drawMarks(context: CanvasRenderingContext2D, marks: Marks, overlay: Overlay): void {
  const { drawnPart, size } = overlay
  context.clearRect(0, 0, drawnPart.columns * size, drawnPart.rows * size)
  if (marks.size > tintThreshold) tintRuns(context, marks, overlay)
  else for (let i = 0; i < marks.size; i++) writeCell(context, marks, i, overlay)
}

/** Whether a mark lies in the part that is drawn. */
export function isAnyDrawn(marks: Marks, overlay: Overlay): boolean {
  for (let i = 0; i < marks.size; i++) if (cellOf(marks, i, overlay)) return true
  return false
}

/** Row and column of the i-th mark in the drawn part; undefined outside it. */
function cellOf(
  { places }: Marks,
  i: number,
  { drawnPart, planeColumns }: Overlay,
): readonly [row: number, column: number] | undefined {
  const row = Math.floor(places[i]! / planeColumns) - drawnPart.top
  const column = (places[i]! % planeColumns) - drawnPart.left
  return row >= 0 && column >= 0 && row < drawnPart.rows && column < drawnPart.columns
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
  const { drawnPart, size, value } = overlay
  const tap = marks.taps[i]!
  if (tap >= 0) {
    const { background, ink } = overlay.colourOf(tap)
    context.fillStyle = background
    context.fillRect(column * size, row * size, size, size)
    const number = value(drawnPart.top + row, drawnPart.left + column)
    if (number !== undefined) drawNumber(context, number, row, column, size, ink)
  }
  outline(context, row, column, overlay, marks.isFocusedAt(i))
}

function outline(
  context: CanvasRenderingContext2D,
  row: number,
  column: number,
  { size, ink }: Overlay,
  isFocused: boolean,
): void {
  context.strokeStyle = ink
  context.lineWidth = isFocused ? 2 : 1
  context.strokeRect(column * size + 0.5, row * size + 0.5, size - 1, size - 1)
}

/**
 * Tints without numbers. The colour is translucent, so the numbers of the heatmap stay readable.
 */
function tintRuns(context: CanvasRenderingContext2D, marks: Marks, overlay: Overlay): void {
  const { drawnPart, planeColumns, size, colourOf } = overlay
  const { places, taps } = marks
  context.globalAlpha = 0.6
  // A run is `length` consecutive cells of one row with the same tap, from `start` on.
  let [start, length, tap] = [-1, 0, -1]
  const flush = (): void => {
    const row = Math.floor(start / planeColumns) - drawnPart.top
    const from = Math.max(0, (start % planeColumns) - drawnPart.left)
    const to = Math.min(drawnPart.columns, (start % planeColumns) + length - drawnPart.left)
    if (tap < 0 || row < 0 || row >= drawnPart.rows || to <= from) return
    context.fillStyle = colourOf(tap).background
    context.fillRect(from * size, row * size, (to - from) * size, size)
  }
  let focused: number | undefined
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!
    if (marks.isFocusedAt(i)) focused = i
    if (place === start + length && taps[i] === tap && place % planeColumns !== 0) length++
    else {
      flush()
      ;[start, length, tap] = [place, 1, taps[i]!]
    }
  }
  flush()
  const cell = focused === undefined ? undefined : cellOf(marks, focused, overlay)
  if (cell) outline(context, ...cell, overlay, true)
  context.globalAlpha = 1
}
