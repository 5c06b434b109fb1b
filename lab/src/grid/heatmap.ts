/**
 * Draws a plane of numbers as greys. If no number is negative, black is zero and white is the
 * largest. Otherwise zero is mid-grey, and both ends are the largest magnitude. The greys do not
 * change with the theme. The cells of the border are hatched. Either all cells show their digits,
 * or none if they do not fit into one of them.
 *
 * Each cell is one pixel of a small image, which is drawn enlarged. So a plane of 160 × 160 cells
 * costs one call, not 25,600 rectangles.
 */

import { type CanvasCell, drawNumber } from './draw-number.ts'
import type { CellKind } from './grid-types.ts'
import type { Palette } from './palette.ts'
import { fittedText } from './text-fit.ts'

export interface HeatmapOptions {
  readonly rows: number
  readonly columns: number
  /** The size of a cell, in pixels. */
  readonly width: number
  readonly height: number
  readonly value: (row: number, column: number) => number | undefined
  readonly kind: (row: number, column: number) => CellKind
  readonly colours: Palette
}

/** The grey of a number: 0 is black, 255 is white. */
const greyOf = (number: number, scale: number, isSigned: boolean): number => {
  const part = Number.isFinite(number) ? number / scale : Math.sign(number)
  return Math.round(isSigned ? 127.5 + 127.5 * part : 255 * part)
}

/** The darkest grey on which black is easier to read than white. */
const middleGrey = 118

const isPale = (kind: CellKind): boolean => kind === 'zero' || kind === 'skipped'

export function drawHeatmap(context: CanvasRenderingContext2D, options: HeatmapOptions): void {
  const { rows, columns, width, height, value, kind, colours } = options
  const numbers = new Array<number | undefined>(rows * columns)
  let [scale, isSigned, hasDigits] = [0, false, true]
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const number = value(row, column)
      numbers[i] = number
      if (number === undefined) continue
      isSigned ||= number < 0
      if (Number.isFinite(number)) scale = Math.max(scale, Math.abs(number))
      hasDigits &&= isPale(kind(row, column)) || fittedText(number, width, height) !== undefined
    }
  }
  scale ||= 1
  const cellOf = (row: number, column: number): CanvasCell => ({ row, column, width, height })
  const image = new ImageData(columns, rows)
  const pixels = image.data
  // Numbers and symbols are drawn after the colours.
  const foreground: (() => void)[] = []
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const number = numbers[i]
      const cellKind = kind(row, column)
      if (cellKind === 'outside' || cellKind === 'repeated')
        foreground.push(() => drawKind(context, cellKind, cellOf(row, column), colours))
      if (number === undefined) continue
      const isBorder = cellKind === 'padding'
      const grey = greyOf(number, scale, isSigned)
      const { rgb } = colours[isBorder ? 'paper' : 'ink']
      const isPlain = isBorder || isPale(cellKind)
      pixels.set(isPlain ? rgb : [grey, grey, grey], i * 4)
      pixels[i * 4 + 3] = isPale(cellKind) ? 13 : 255
      if (isBorder)
        foreground.push(() => drawHatch(context, cellOf(row, column), colours.hatch.css))
      if (!isPale(cellKind) && hasDigits) {
        const ink = isBorder ? colours.ink.css : grey > middleGrey ? '#000' : '#fff'
        foreground.push(() => drawNumber(context, number, cellOf(row, column), ink))
      }
    }
  }
  const small = new OffscreenCanvas(columns, rows)
  small.getContext('2d')!.putImageData(image, 0, 0)
  context.clearRect(0, 0, columns * width, rows * height)
  context.imageSmoothingEnabled = false
  context.drawImage(small, 0, 0, columns * width, rows * height)
  if (Math.min(width, height) > 4) {
    for (let column = 1; column <= columns; column++)
      context.clearRect(column * width - 1, 0, 1, rows * height)
    for (let row = 1; row <= rows; row++) context.clearRect(0, row * height - 1, columns * width, 1)
  }
  for (const draw of foreground) draw()
}

/** Lines at 135° through a cell, 6 pixels apart. */
export function drawHatch(
  context: CanvasRenderingContext2D,
  { row, column, width, height }: CanvasCell,
  colour: string,
): void {
  const [left, top] = [column * width, row * height]
  context.strokeStyle = colour
  context.lineWidth = 1
  context.beginPath()
  // The line x + y = from, from the upper or right side to the left or lower side.
  for (let from = 3; from < width + height; from += 6) {
    const [right, bottom] = [Math.min(from, width), Math.min(from, height)]
    context.moveTo(left + right, top + from - right)
    context.lineTo(left + from - bottom, top + bottom)
  }
  context.stroke()
}

/**
 * Marks the kind of a cell without colour: a stroke across a cell outside the memory, a line under
 * an element that occurs several times.
 */
function drawKind(
  context: CanvasRenderingContext2D,
  cellKind: 'outside' | 'repeated',
  { row, column, width, height }: CanvasCell,
  colours: Palette,
): void {
  const [left, top] = [column * width, row * height]
  if (cellKind === 'repeated') {
    context.fillStyle = colours.in.css
    context.fillRect(left, top + height - 3, width - 1, 2)
    return
  }
  context.strokeStyle = colours.ink.css
  context.beginPath()
  context.moveTo(left, top + height - 1)
  context.lineTo(left + width - 1, top)
  context.stroke()
}
