/**
 * A drawing of 20×20 pixels with 16 levels of ink. The network sees −1 for paper and 1 for ink, as
 * in the drawings that it was trained on.
 */

import { draw, names, type Random, random, side } from '../../../examples/shapes/draw.ts'

export { side }
export type ShapeName = (typeof names)[number]
export const shapeNames: readonly ShapeName[] = names

/** The level of each pixel, row by row. */
export type Drawing = readonly number[]

export const mostInk = 15
export const emptyDrawing: Drawing = Array.from({ length: side * side }, () => 0)

export const pixelsOf = (drawing: Drawing): Float32Array<ArrayBuffer> =>
  Float32Array.from(drawing, (level) => (2 * level) / mostInk - 1)

export const isEmpty = (drawing: Drawing): boolean => drawing.every((level) => level === 0)

/** One hexadecimal digit for each pixel. */
export const drawingText = (drawing: Drawing): string =>
  drawing.map((level) => level.toString(16)).join('')

export function drawingFrom(text: string): Drawing | undefined {
  if (text.length !== side * side || !/^[0-9a-f]*$/.test(text)) return undefined
  return [...text].map((digit) => Number.parseInt(digit, 16))
}

const brushRadius = 0.8

/** The drawing with a stroke of the brush, in units of pixels; ink 0 erases. */
export function stroke(
  drawing: Drawing,
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  ink: number,
): Drawing {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const length = Math.hypot(dx, dy)
  return drawing.map((level, i) => {
    const [x, y] = [(i % side) + 0.5 - from[0], Math.floor(i / side) + 0.5 - from[1]]
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, (x * dx + y * dy) / length ** 2))
    const distance = Math.hypot(x - along * dx, y - along * dy)
    const share = Math.max(0, Math.min(1, brushRadius + 0.5 - distance))
    if (share === 0) return level
    const wanted = Math.round(mostInk * share)
    return ink === 0 ? Math.min(level, mostInk - wanted) : Math.max(level, wanted)
  })
}

/** Fills what is enclosed by ink: all paper that the edge does not reach. */
export function filled(drawing: Drawing): Drawing {
  const isOutside = new Set<number>()
  const waiting: number[] = []
  const visit = (row: number, column: number): void => {
    const place = row * side + column
    if (row < 0 || column < 0 || row >= side || column >= side) return
    if (isOutside.has(place) || drawing[place]! > mostInk / 2) return
    isOutside.add(place)
    waiting.push(place)
  }
  for (let i = 0; i < side; i++)
    for (const [row, column] of [
      [0, i],
      [side - 1, i],
      [i, 0],
      [i, side - 1],
    ] as const)
      visit(row, column)
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const [row, column] = [Math.floor(place / side), place % side]
    visit(row - 1, column)
    visit(row + 1, column)
    visit(row, column - 1)
    visit(row, column + 1)
  }
  return drawing.map((level, place) => (isOutside.has(place) ? level : mostInk))
}

/** A drawing of the kind that was trained on, with its noise. The same seed gives the same one. */
export function sampleOf(shape: ShapeName, seed: number): Drawing {
  const next = random(seed * 7919 + 13)
  const wanted = shapeNames.indexOf(shape)
  const pixels = drawUntil(wanted, next)
  return Array.from(pixels, (value) =>
    Math.max(0, Math.min(mostInk, Math.round(((value + 1) / 2) * mostInk))),
  )
}

function drawUntil(wanted: number, next: Random): Float32Array {
  for (;;) {
    const { pixels, labels } = draw(1, next)
    if (labels[0] === wanted) return pixels
  }
}
