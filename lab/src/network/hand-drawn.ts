/**
 * Shapes as a hand draws them: strokes of the page's brush along an outline that is not quite
 * right, filled or not. The network of the page is trained on these too, because a shape that is
 * drawn with a brush has round corners and no noise.
 */

import { type Images, names, type Random, side } from '../../../examples/shapes/draw.ts'
import { type Drawing, emptyDrawing, filled, mostInk, pixelsOf, stroke } from './drawing.ts'

/** Corners of each class, and how far every second one is from the centre. */
const outlines: readonly (readonly [corners: number, inner: number])[] = [
  [16, 1],
  [4, 1],
  [3, 1],
  [10, 0.45],
]
/** How far a corner is off, as a share of the radius. */
const wobble = 0.16

export function handDrawn(count: number, next: Random): Images {
  const pixels = new Float32Array(count * side * side)
  const labels = Uint8Array.from({ length: count }, () => Math.floor(next() * names.length))
  labels.forEach((label, i) => {
    pixels.set(pixelsOf(oneDrawing(label, next)), i * side * side)
  })
  return { pixels, labels, count }
}

function oneDrawing(label: number, next: Random): Drawing {
  const [corners, inner] = outlines[label]!
  const radius = (3.5 + 4 * next()) * (label === 0 ? 0.85 : 1)
  const middle = (): number => radius + 1 + (side - 2 * radius - 2) * next()
  const [x, y, turn] = [middle(), middle(), 2 * Math.PI * next()]
  const off = (): number => 1 + (label === 0 ? 0.5 : 1) * wobble * (next() - 0.5)
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / corners
    const distance = radius * off() * (i % 2 === 0 ? 1 : inner)
    return [x + distance * Math.cos(angle), y + distance * Math.sin(angle)] as const
  })
  const drawn = points.reduce(
    (drawing, point, i) => stroke(drawing, point, points[(i + 1) % corners]!, mostInk),
    emptyDrawing,
  )
  return next() < 0.5 ? drawn : filled(drawn)
}
