/**
 * Writes a number into a cell of a canvas.
 */

import { fontFamily } from './palette.ts'
import { fittedText } from './text-fit.ts'

/** A cell of a canvas: its place, and its width and height in pixels. */
export interface CanvasCell {
  readonly row: number
  readonly column: number
  readonly width: number
  readonly height: number
}

/** Draws the number as large as the cell allows, or not at all if it would be unreadable. */
export function drawNumber(
  context: CanvasRenderingContext2D,
  number: number,
  { row, column, width, height }: CanvasCell,
  ink: string,
): void {
  const fitted = fittedText(number, width, height)
  if (!fitted) return
  context.fillStyle = ink
  context.font = `${fitted.height}px ${fontFamily.value}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(fitted.text, (column + 0.5) * width, (row + 0.5) * height + 0.5)
}
