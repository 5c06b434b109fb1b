/**
 * Draws the highlighted cells of a plane on a canvas. A few cells are drawn with number and
 * outline. Many cells are only tinted.
 *
 * Neighbours in a row that have one colour are one rectangle. A weight of an image highlights one
 * cell of nearly every window in one colour, so 4,096 cells become 64 rectangles.
 */

import type { TapColour } from '../model/colours.ts'
import type { Marks } from '../model/marks.ts'
import { type CanvasCell, drawNumber } from './draw-number.ts'
import type { CellKind } from './grid-types.ts'
import { drawHatch } from './heatmap.ts'

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
  /** The size of a cell, in pixels. */
  readonly width: number
  readonly height: number
  readonly colourOf: (tap: number) => TapColour
  /** The colours of a cell where several taps meet. */
  readonly mixed: TapColour
  /** The colour of the outline, and of the line between it and the cell. */
  readonly ink: string
  readonly halo: string
  /** Whether the focus is pinned, or only the cell under the pointer. */
  readonly isPinned: boolean
  readonly value: (row: number, column: number) => number | undefined
  readonly kind: (row: number, column: number) => CellKind
}

export function drawMarks(context: CanvasRenderingContext2D, marks: Marks, overlay: Overlay): void {
  const { drawnPart, width, height } = overlay
  context.clearRect(0, 0, drawnPart.columns * width, drawnPart.rows * height)
  if (marks.size > tintThreshold) tintRuns(context, marks, overlay)
  else for (let i = 0; i < marks.size; i++) writeCell(context, marks, i, overlay)
  for (let i = 0; i < marks.size; i++) {
    const cell = marks.isFocusedAt(i) ? cellOf(marks, i, overlay) : undefined
    if (cell) ring(context, cell, overlay)
  }
}

/** Whether a mark lies in the part that is drawn. */
export function isAnyDrawn(marks: Marks, overlay: Overlay): boolean {
  for (let i = 0; i < marks.size; i++) if (cellOf(marks, i, overlay)) return true
  return false
}

/** The i-th mark in the drawn part; undefined outside it. */
function cellOf(
  { places }: Marks,
  i: number,
  { drawnPart, planeColumns, width, height }: Overlay,
): CanvasCell | undefined {
  const row = Math.floor(places[i]! / planeColumns) - drawnPart.top
  const column = (places[i]! % planeColumns) - drawnPart.left
  return row >= 0 && column >= 0 && row < drawnPart.rows && column < drawnPart.columns
    ? { row, column, width, height }
    : undefined
}

function writeCell(
  context: CanvasRenderingContext2D,
  marks: Marks,
  i: number,
  overlay: Overlay,
): void {
  const cell = cellOf(marks, i, overlay)
  const tap = marks.taps[i]!
  if (!cell || tap < 0) return
  const { row, column, width, height } = cell
  const { drawnPart, value, kind } = overlay
  const [planeRow, planeColumn] = [drawnPart.top + row, drawnPart.left + column]
  const { background, ink } = marks.isMixedAt(i) ? overlay.mixed : overlay.colourOf(tap)
  context.fillStyle = background
  context.fillRect(column * width, row * height, width, height)
  if (kind(planeRow, planeColumn) === 'padding') drawHatch(context, cell, ink)
  const number = value(planeRow, planeColumn)
  if (number !== undefined) drawNumber(context, number, cell, ink)
  context.strokeStyle = overlay.ink
  context.lineWidth = 1
  context.strokeRect(column * width + 0.5, row * height + 0.5, width - 1, height - 1)
}

/** The ring of the focused cell. A pinned cell has a thicker ring and a full corner. */
function ring(context: CanvasRenderingContext2D, cell: CanvasCell, overlay: Overlay): void {
  const { ink, halo, isPinned } = overlay
  const [left, top] = [cell.column * cell.width, cell.row * cell.height]
  const line = isPinned ? 3 : 2
  const stroke = (colour: string, inset: number, lineWidth: number): void => {
    context.strokeStyle = colour
    context.lineWidth = lineWidth
    context.strokeRect(
      left + inset,
      top + inset,
      Math.max(0, cell.width - 2 * inset),
      Math.max(0, cell.height - 2 * inset),
    )
  }
  stroke(halo, line + 0.5, 1)
  stroke(ink, line / 2, line)
  if (!isPinned) return
  const corner = Math.min(9, cell.width / 2, cell.height / 2)
  context.fillStyle = ink
  context.beginPath()
  context.moveTo(left, top)
  context.lineTo(left + corner, top)
  context.lineTo(left, top + corner)
  context.fill()
}

/**
 * Tints without numbers. The colour is translucent, so the numbers of the heatmap stay readable.
 */
function tintRuns(context: CanvasRenderingContext2D, marks: Marks, overlay: Overlay): void {
  const { drawnPart, planeColumns, width, height, colourOf } = overlay
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
    context.fillRect(from * width, row * height, (to - from) * width, height)
  }
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!
    if (place === start + length && taps[i] === tap && place % planeColumns !== 0) length++
    else {
      flush()
      ;[start, length, tap] = [place, 1, taps[i]!]
    }
  }
  flush()
  context.globalAlpha = 1
}
