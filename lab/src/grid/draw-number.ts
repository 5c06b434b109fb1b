/**
 * Writes a number into a cell of a canvas.
 */

import { shortText } from '../model/number-text.ts'

/** The smallest cell with a number, and the smallest readable text height, both in pixels. */
export const minCellSize = 13
const minTextHeight = 7.5

/**
 * Draws the number as large as the cell allows. Draws nothing if the text would be too small to
 * read.
 */
export function drawNumber(
  context: CanvasRenderingContext2D,
  number: number,
  row: number,
  column: number,
  size: number,
  ink: string,
): void {
  const heightOf = (text: string): number => Math.min(12, size - 4, size / (0.62 * text.length))
  const text = [6, 3]
    .map((digits) => shortText(number, digits))
    .find((text) => heightOf(text) >= minTextHeight)
  if (text === undefined) return
  const height = heightOf(text)
  context.fillStyle = ink
  context.font = `${height}px system-ui, sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(text, (column + 0.5) * size, (row + 0.5) * size + 0.5)
}
