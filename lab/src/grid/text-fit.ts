/**
 * Numbers as texts that fit into a cell. The width of a text is measured in the font of the page,
 * so no digit is cut, whatever the font.
 */

import { shortText } from '../model/number-text.ts'
import { fontFamily } from './palette.ts'

/** The height of the text in cells of a fixed size, and the smallest readable height, in pixels. */
export const textHeight = 12
const minTextHeight = 9
/** Space between the text and the sides of its cell, in pixels, both sides together. */
const margin = 4
const measuredHeight = 100

let measured = { family: '', widthByText: new Map<string, number>() }
let context: OffscreenCanvasRenderingContext2D | null = null

/** The width of a text in pixels, at a text height of one pixel. */
function unitWidth(text: string): number {
  const family = fontFamily.value
  if (measured.family !== family) measured = { family, widthByText: new Map() }
  const known = measured.widthByText.get(text)
  if (known !== undefined) return known
  context ??= new OffscreenCanvas(1, 1).getContext('2d')!
  context.font = `${measuredHeight}px ${family}`
  const width = context.measureText(text).width / measuredHeight
  measured.widthByText.set(text, width)
  return width
}

/** The digits that texts are shortened to, most first. */
const digitCounts = [6, 4, 3]

export interface FittedText {
  readonly text: string
  readonly height: number
}

/** The number as large as the cell allows; undefined if the text would be too small to read. */
export function fittedText(number: number, width: number, height: number): FittedText | undefined {
  for (const digits of digitCounts) {
    const text = shortText(number, digits)
    const fitting = Math.min(textHeight, height - 3, (width - margin) / unitWidth(text))
    if (fitting >= minTextHeight) return { text, height: fitting }
  }
  return undefined
}

const minWidth = 22
const usualMaxWidth = 44

/**
 * The width of cells that all these numbers fit into, in pixels. A number that is too long for a
 * usual cell is shown with three digits.
 */
export function fittingWidth(numbers: Iterable<number>): number {
  let width = minWidth
  for (const number of numbers) {
    const whole = unitWidth(shortText(number)) * textHeight
    const short = unitWidth(shortText(number, 3)) * textHeight
    width = Math.max(width, margin + (whole + margin <= usualMaxWidth ? whole : short))
  }
  return Math.ceil(width)
}

/** The shortened number for a cell of a fixed width that `fittingWidth` returned. */
export function cellText(number: number | undefined, width: number): string {
  if (number === undefined) return ''
  const texts = digitCounts.map((digits) => shortText(number, digits))
  return texts.find((text) => unitWidth(text) * textHeight + margin <= width) ?? texts.at(-1)!
}
