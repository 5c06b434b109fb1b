/**
 * Draws a sailing boat, with thin lines and saturated red. Each of its two sails is a triangle of
 * three half-planes. The hull is cut from parabolas. The rigging is less than two pixels wide.
 */

import { clamp, inside, mix, smooth, wave } from './arithmetic.ts'
import { isWritten, wordWidth } from './lettering.ts'
import { blend, hex, lit, type PixelPoint, paint, type Sample } from './paint.ts'

export const boatWaterline = 0.706

const mast = { x: -0.2, top: 0.352, foot: 0.672 }
const hullExtents = { bow: -0.312, stern: -0.092, deck: 0.672 }
const nameSign = { word: 'stridefold', x: -0.207, y: 0.6835, dot: 0.00131 }

type Point = readonly [x: number, y: number]

/**
 * The signed distance to the line through two points (y points down). It is negative on the left,
 * seen from the first point to the second.
 */
function leftOf([ax, ay]: Point, [bx, by]: Point, x: number, y: number): number {
  const dx = bx - ax
  const dy = by - ay
  return (dx * (y - ay) - dy * (x - ax)) / Math.sqrt(dx * dx + dy * dy)
}

function triangle(a: Point, b: Point, c: Point, x: number, y: number): number {
  return Math.max(leftOf(a, b, x, y), leftOf(b, c, x, y), leftOf(c, a, x, y))
}

function stroke([ax, ay]: Point, [bx, by]: Point, x: number, y: number): number {
  const dx = bx - ax
  const dy = by - ay
  const t = clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy))
  const ex = x - ax - t * dx
  const ey = y - ay - t * dy
  return Math.sqrt(ex * ex + ey * ey)
}

const mainSail: readonly [Point, Point, Point] = [
  [mast.x + 0.004, 0.368],
  [mast.x + 0.004, 0.645],
  [-0.074, 0.638],
]
const jibSail: readonly [Point, Point, Point] = [
  [mast.x - 0.007, 0.4],
  [-0.3, 0.652],
  [mast.x - 0.012, 0.642],
]
const rigging: readonly (readonly [Point, Point])[] = [
  [
    [mast.x, mast.top],
    [hullExtents.bow + 0.004, hullExtents.deck],
  ],
  [
    [mast.x, mast.top],
    [hullExtents.stern - 0.002, hullExtents.deck],
  ],
  [
    [-0.074, 0.641],
    [-0.11, hullExtents.deck],
  ],
]

function paintSails(sample: Sample, { x, y, pixel }: PixelPoint, strength: number): void {
  const belly = 0.016 * wave(clamp((y - 0.37) / 0.28) * 0.5)
  const main = triangle(...mainSail, x - belly * clamp((x - mast.x) / 0.06), y)
  const across = clamp((x - mast.x) / 0.126)
  const band = Math.floor((y - 0.09 * across * across - 0.36) / 0.046)
  const cloth = band % 3 === 1 ? hex(0xfff0d2) : hex(0xe0202c)
  const weave = 0.97 + 0.03 * wave((y - 0.09 * across * across) / 0.0092)
  paint(
    sample,
    lit(cloth, weave * mix(0.74, 1.08, smooth(0, 0.8, across))),
    strength * inside(main, pixel),
  )
  const jib = triangle(...jibSail, x + belly * 0.7, y)
  const fold = clamp((x + 0.3) / 0.1)
  paint(sample, blend(hex(0xffe3b5), hex(0xb98fae), fold * fold), strength * inside(jib, pixel))
}

function paintHull(sample: Sample, { x, y, pixel }: PixelPoint, strength: number): void {
  const t = (x - hullExtents.bow) / (hullExtents.stern - hullExtents.bow)
  const deck = hullExtents.deck - 0.018 * (1 - t) * (1 - t) + 0.007 * wave(t * 0.5)
  const rake = (y - hullExtents.deck) * 0.75
  const hull = Math.max(
    deck - y,
    y - boatWaterline - 0.001,
    hullExtents.bow - 0.006 + rake - x,
    x - hullExtents.stern + rake * 0.35,
  )
  const coverage = strength * inside(hull, pixel)
  if (coverage === 0) return
  paint(sample, lit(hex(0x1b3fa8), 0.7 + 0.6 * t), coverage)
  paint(sample, hex(0xfff1d8), coverage * inside(Math.abs(y - deck - 0.0035) - 0.0017, pixel))
  paint(sample, hex(0xd8333a), coverage * inside(boatWaterline - 0.006 - y, pixel))
  const dots = (x - nameSign.x) / nameSign.dot + wordWidth(nameSign.word) / 2
  if (isWritten(nameSign.word, dots, (y - nameSign.y) / nameSign.dot))
    paint(sample, hex(0xfff4d0), coverage)
}

/** `strength` is below 1 for the reflection of the boat. */
export function paintBoat(sample: Sample, place: PixelPoint, strength: number): void {
  const { x, y, pixel } = place
  if (x < -0.33 || x > -0.05 || y < 0.34 || y > 0.72) return
  for (const [from, to] of rigging)
    paint(sample, hex(0x2a1d3f), strength * 0.85 * inside(stroke(from, to, x, y) - 0.0005, pixel))
  paintSails(sample, place, strength)
  const spar = Math.min(
    stroke([mast.x, mast.top], [mast.x, mast.foot], x, y),
    stroke([mast.x, 0.65], [-0.07, 0.643], x, y),
  )
  paint(
    sample,
    blend(hex(0x6b3f2a), hex(0xf0b878), smooth(-0.002, 0.002, x - mast.x)),
    strength * inside(spar - 0.0022, pixel),
  )
  paintHull(sample, place, strength)
}
