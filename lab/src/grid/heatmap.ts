/**
 * Draws a plane of numbers as a heatmap: blue above zero, orange below, stronger for larger
 * magnitudes.
 *
 * Each cell is one pixel of a small image, which is drawn enlarged. So a plane of 160 × 160 cells
 * costs one call, not 25,600 rectangles.
 */

import { drawNumber, minCellSize } from './draw-number.ts'
import type { CellKind } from './grid-types.ts'
import type { Palette } from './palette.ts'

export interface HeatmapOptions {
  readonly rows: number
  readonly columns: number
  /** Width and height of a cell, in pixels. */
  readonly size: number
  readonly value: (row: number, column: number) => number | undefined
  readonly kind: (row: number, column: number) => CellKind
  readonly colours: Palette
}

const isPale = (kind: CellKind): boolean => kind === 'zero' || kind === 'skipped'

export function drawHeatmap(context: CanvasRenderingContext2D, options: HeatmapOptions): void {
  const { rows, columns, size, value, kind, colours } = options
  const numbers = new Array<number | undefined>(rows * columns)
  let scale = 0
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const number = value(row, column)
      numbers[i] = number
      if (number !== undefined && Number.isFinite(number)) scale = Math.max(scale, Math.abs(number))
    }
  }
  scale ||= 1
  const image = new ImageData(columns, rows)
  const pixels = image.data
  // Numbers and symbols are drawn after the colours.
  const foreground: (() => void)[] = []
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const number = numbers[i]
      const cellKind = kind(row, column)
      if (cellKind === 'outside' || cellKind === 'repeated')
        foreground.push(() => drawKind(context, cellKind, row, column, options))
      if (number === undefined) continue
      const strength = Number.isFinite(number) ? Math.min(1, Math.abs(number) / scale) : 1
      const [red, green, blue] = (
        number < 0 ? colours.negative : cellKind === 'padding' ? colours.hatch : colours.positive
      ).rgb
      pixels[i * 4] = red
      pixels[i * 4 + 1] = green
      pixels[i * 4 + 2] = blue
      pixels[i * 4 + 3] =
        255 * (isPale(cellKind) ? 0.05 : Number.isFinite(number) ? 0.12 + 0.88 * strength : 1)
      if (!isPale(cellKind) && size >= minCellSize) {
        foreground.push(() =>
          drawNumber(
            context,
            number,
            row,
            column,
            size,
            (strength > 0.6 ? colours['ground-0'] : colours.text).css,
          ),
        )
      }
    }
  }
  const small = new OffscreenCanvas(columns, rows)
  small.getContext('2d')!.putImageData(image, 0, 0)
  context.clearRect(0, 0, columns * size, rows * size)
  context.imageSmoothingEnabled = false
  context.drawImage(small, 0, 0, columns * size, rows * size)
  if (size > 4) {
    for (let column = 1; column <= columns; column++)
      context.clearRect(column * size - 1, 0, 1, rows * size)
    for (let row = 1; row <= rows; row++) context.clearRect(0, row * size - 1, columns * size, 1)
  }
  for (const draw of foreground) draw()
}

/**
 * Marks the kind of a cell without colour: a stroke across a cell outside the memory, a line under
 * an element that occurs several times.
 */
function drawKind(
  context: CanvasRenderingContext2D,
  cellKind: 'outside' | 'repeated',
  row: number,
  column: number,
  { size, colours }: HeatmapOptions,
): void {
  const [left, top] = [column * size, row * size]
  if (cellKind === 'repeated') {
    context.fillStyle = colours.memory.css
    context.fillRect(left, top + size - 3, size - 1, 2)
    return
  }
  context.strokeStyle = colours.focus.css
  context.beginPath()
  context.moveTo(left, top + size - 1)
  context.lineTo(left + size - 1, top)
  context.stroke()
}
