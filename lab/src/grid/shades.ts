/**
 * A plane of numbers as shades: blue above zero, orange below, stronger the further away.
 *
 * Its trick: a cell is one pixel of a small picture, which is then drawn enlarged; so a plane of 160 × 160 cells costs one call, not
 * 25,600 rectangles.
 */

import { type CellKind, cellText } from './grid.tsx'

export interface Shown {
  readonly rows: number
  readonly columns: number
  /** Pixels along a cell's side. */
  readonly size: number
  readonly value: (row: number, column: number) => number | undefined
  readonly kind: (row: number, column: number) => CellKind
}

const isPale = (kind: CellKind): boolean => kind === 'zero' || kind === 'skipped'

type Colour = readonly [red: number, green: number, blue: number]

export function drawShades(context: CanvasRenderingContext2D, { rows, columns, size, value, kind }: Shown): void {
  const style = getComputedStyle(context.canvas)
  const numbers = Array.from({ length: rows * columns }, (_, i) => value(Math.floor(i / columns), i % columns))
  const scale = numbers.reduce<number>((most, n = 0) => (Number.isFinite(n) ? Math.max(most, Math.abs(n)) : most), 0) || 1
  const colours = { negative: colourOf(style, '--negative'), hatch: colourOf(style, '--hatch'), positive: colourOf(style, '--positive') }
  const inks = { strong: style.getPropertyValue('--ground-0'), usual: style.color }
  const picture = new ImageData(columns, rows)
  const texts: (() => void)[] = []
  for (const [i, number] of numbers.entries()) {
    const [row, column] = [Math.floor(i / columns), i % columns]
    const what = kind(row, column)
    if (what === 'outside' || what === 'repeated') texts.push(() => drawKind(context, what, row, column, size, style))
    if (number === undefined) continue
    const strength = Number.isFinite(number) ? Math.min(1, Math.abs(number) / scale) : 1
    const colour = number < 0 ? colours.negative : what === 'padding' ? colours.hatch : colours.positive
    picture.data.set(colour, i * 4)
    picture.data[i * 4 + 3] = 255 * (isPale(what) ? 0.05 : Number.isFinite(number) ? 0.12 + 0.88 * strength : 1)
    if (!isPale(what) && size >= LEAST_WRITTEN) {
      texts.push(() => drawNumber(context, number, row, column, size, strength > 0.6 ? inks.strong : inks.usual))
    }
  }
  const small = new OffscreenCanvas(columns, rows)
  small.getContext('2d')!.putImageData(picture, 0, 0)
  context.clearRect(0, 0, columns * size, rows * size)
  context.imageSmoothingEnabled = false
  context.drawImage(small, 0, 0, columns * size, rows * size)
  if (size > 4) {
    for (let column = 1; column <= columns; column++) context.clearRect(column * size - 1, 0, 1, rows * size)
    for (let row = 1; row <= rows; row++) context.clearRect(0, row * size - 1, columns * size, 1)
  }
  for (const text of texts) text()
}

/** What must be seen without colour: a stroke across a place that is none, a line under one that stands in several cells. */
function drawKind(
  context: CanvasRenderingContext2D,
  what: 'outside' | 'repeated',
  row: number,
  column: number,
  size: number,
  style: CSSStyleDeclaration,
): void {
  const [left, top] = [column * size, row * size]
  if (what === 'repeated') {
    context.fillStyle = style.getPropertyValue('--memory')
    context.fillRect(left, top + size - 3, size - 1, 2)
    return
  }
  context.strokeStyle = style.getPropertyValue('--focus')
  context.beginPath()
  context.moveTo(left, top + size - 1)
  context.lineTo(left + size - 1, top)
  context.stroke()
}

/** Cells from this size on have room for a number, which is readable from this height on, in pixels. */
const LEAST_WRITTEN = 13
const LEAST_HEIGHT = 7.5

/** The number itself, as large as there is room for; left out where it would be too small to read. */
export function drawNumber(
  context: CanvasRenderingContext2D,
  number: number,
  row: number,
  column: number,
  size: number,
  ink: string,
): void {
  const text = cellText(number)
  const height = Math.min(12, size - 4, size / (0.62 * text.length))
  if (height < LEAST_HEIGHT) return
  context.fillStyle = ink
  context.font = `${height}px system-ui, sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(text, (column + 0.5) * size, (row + 0.5) * size + 0.5)
}

/** A colour of the page as numbers, however the style sheet spells it: the browser paints it, and we look. */
function colourOf(style: CSSStyleDeclaration, name: string): Colour {
  const dot = document.createElement('canvas')
  dot.style.colorScheme = style.colorScheme
  const context = dot.getContext('2d')!
  context.fillStyle = style.getPropertyValue(name)
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
  return [red, green, blue]
}
