/**
 * Draws a brick house, with straight lines: a periodic wall, a roof of round tiles, window bars, a
 * hard shadow under the eaves and soft light around the windows. Each part is a box; parts are
 * painted from far to near.
 */

import { bell, cloud, hash, inside, mix, smooth, wave } from './arithmetic.ts'
import { isWritten, wordWidth } from './lettering.ts'
import {
  blend,
  type Colour,
  glow,
  hex,
  lit,
  type PixelPoint,
  paint,
  type Sample,
  shade,
} from './paint.ts'

const wallBox = { left: 0.335, right: 0.61, top: 0.49, bottom: 0.668 }
const roof = { ridge: 0.385, eaves: 0.5, overhang: 0.022, slope: 0.055 }
const chimney = { left: 0.535, right: 0.572, top: 0.345, bottom: 0.43 }
const sign = { x: 0.4755, y: 0.534, dot: 0.002, word: 'stridefold' }
const door = { left: 0.453, right: 0.498, top: 0.572, bottom: 0.668 }
const windows = [
  { x: 0.395, y: 0.598, halfWidth: 0.028, halfHeight: 0.032 },
  { x: 0.553, y: 0.598, halfWidth: 0.028, halfHeight: 0.032 },
] as const

const brickSize = { width: 0.0205, height: 0.0098, joint: 0.0017 }
const tileSize = { width: 0.0135, height: 0.0125 }
const lampColour = hex(0xffc548)

/** The distance to a box, negative inside. */
function box(dx: number, dy: number, halfWidth: number, halfHeight: number): number {
  return Math.max(Math.abs(dx) - halfWidth, Math.abs(dy) - halfHeight)
}

function between(
  left: number,
  right: number,
  top: number,
  bottom: number,
  { x, y }: PixelPoint,
): number {
  return box(x - (left + right) / 2, y - (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2)
}

function brick({ x, y, pixel }: PixelPoint): Colour {
  const row = Math.floor(y / brickSize.height)
  const along = x / brickSize.width + (row & 1) / 2
  const column = Math.floor(along)
  const fromJoint = Math.min(
    (0.5 - Math.abs(along - column - 0.5)) * brickSize.width,
    (0.5 - Math.abs(y / brickSize.height - row - 0.5)) * brickSize.height,
  )
  const clay = lit(
    blend(hex(0x9c3b2c), hex(0xd8774a), hash(column, row, 81)),
    0.86 + 0.28 * cloud(x * 330, y * 330, 82, 2),
  )
  return blend(clay, hex(0xcdb5a3), inside(fromJoint - brickSize.joint / 2, pixel + 0.0004))
}

function tile({ x, y, pixel }: PixelPoint): Colour {
  const row = Math.floor(y / tileSize.height)
  const along = x / tileSize.width + (row & 1) / 2
  const column = Math.floor(along)
  const u = 2 * (along - column) - 1
  const drop = y / tileSize.height - row
  const rim = drop - (0.98 - 0.42 * u * u)
  const slate = blend(hex(0x2f4668), hex(0x5b7396), hash(column, row, 83))
  const bulge = lit(slate, 0.75 + 0.45 * drop - 0.22 * u)
  return blend(lit(slate, 0.42), bulge, inside(rim, pixel / tileSize.height + 0.05))
}

function paintSmoke(sample: Sample, { x, y }: PixelPoint): void {
  const t = (chimney.top - y) / 0.26
  if (t < 0 || t > 1) return
  const centre = 0.553 + 0.05 * t * t + 0.018 * wave(t * 1.4) * t
  const width = 0.012 + 0.05 * t
  const puff = smooth(0.28, 0.72, cloud(x * 34, y * 34, 84, 4) + 0.1)
  paint(
    sample,
    blend(hex(0xffc9b0), hex(0x9f8ac4), t),
    0.62 * puff * bell((x - centre) / width) * (1 - t) * smooth(0, 0.06, t),
  )
}

function paintRoof(sample: Sample, place: PixelPoint): void {
  const { x, y, pixel } = place
  const t = (y - roof.ridge) / (roof.eaves - roof.ridge)
  const reach = mix(-roof.slope, roof.overhang, t)
  const edge = Math.max(
    wallBox.left - reach - x,
    x - wallBox.right - reach,
    roof.ridge - y,
    y - roof.eaves,
  )
  const coverage = inside(edge, pixel)
  if (coverage > 0) {
    const shadow = inside(
      Math.max(
        chimney.left + 0.3 * (y - 0.41) - x,
        x - chimney.right - 0.75 * (y - 0.41),
        y - 0.462,
        0.41 - y,
      ),
      pixel,
    )
    paint(
      sample,
      lit(tile(place), (1.24 - 0.9 * (x - wallBox.left)) * (1 - 0.5 * shadow)),
      coverage,
    )
    paint(sample, hex(0xf2b98a), coverage * inside(y - roof.ridge - 0.004, pixel) * 0.8)
  }
  const gutter = between(
    wallBox.left - roof.overhang,
    wallBox.right + roof.overhang,
    roof.eaves - 0.001,
    roof.eaves + 0.005,
    place,
  )
  paint(
    sample,
    blend(hex(0xf0e2cf), hex(0x8c6f86), smooth(roof.eaves, roof.eaves + 0.005, y)),
    inside(gutter, pixel),
  )
}

function paintWindow(
  sample: Sample,
  { x, y, pixel }: PixelPoint,
  window: (typeof windows)[number],
): void {
  const dx = x - window.x
  const dy = y - window.y
  const pane = box(dx, dy, window.halfWidth, window.halfHeight)
  paint(sample, hex(0xf5ecdc), inside(pane - 0.005, pixel))
  const lamp = bell((dx + 0.006) / 0.03) * bell((dy - 0.004) / 0.04)
  paint(sample, blend(hex(0xd9702a), hex(0xfff2b0), lamp), inside(pane, pixel))
  const curtain = Math.max(
    0.008 + 0.3 * (dy + window.halfHeight) ** 2 * 9 - (window.halfWidth - Math.abs(dx)),
    0,
  )
  if (curtain === 0)
    paint(sample, lit(hex(0xffe6c0), 0.82 + 0.18 * wave(dx * 260)), inside(pane, pixel) * 0.75)
  const bar = Math.min(Math.abs(dx), Math.abs(dy + 0.008))
  paint(sample, hex(0x6b3d33), inside(bar - 0.0011, pixel) * inside(pane, pixel))
  paint(
    sample,
    hex(0xe8d9c8),
    inside(box(dx, dy - window.halfHeight - 0.008, window.halfWidth + 0.009, 0.003), pixel),
  )
  shade(
    sample,
    0.5 *
      inside(
        box(dx - 0.002, dy - window.halfHeight - 0.0135, window.halfWidth + 0.008, 0.0025),
        pixel,
      ),
  )
}

function paintDoor(sample: Sample, place: PixelPoint): void {
  const { x, y, pixel } = place
  paint(
    sample,
    hex(0xf5ecdc),
    inside(
      between(door.left - 0.005, door.right + 0.005, door.top - 0.005, door.bottom, place),
      pixel,
    ),
  )
  const planks = 0.8 + 0.2 * Math.abs(wave((x - door.left) / 0.018))
  const leaf = inside(between(door.left, door.right, door.top, door.bottom, place), pixel)
  paint(sample, lit(hex(0x0f8f8a), planks * (1.1 - 1.8 * (y - door.top))), leaf)
  const dx = x - door.right + 0.008
  const dy = y - 0.624
  paint(sample, hex(0xffd873), inside(Math.sqrt(dx * dx + dy * dy) - 0.0028, pixel))
}

function paintSign(sample: Sample, { x, y, pixel }: PixelPoint): void {
  const halfWidth = (wordWidth(sign.word) * sign.dot) / 2
  const dx = x - sign.x
  const dy = y - sign.y
  shade(sample, 0.5 * inside(box(dx - 0.004, dy - 0.005, halfWidth + 0.008, 0.0125), pixel + 0.003))
  const board = box(dx, dy, halfWidth + 0.008, 0.0125)
  paint(sample, hex(0x24305e), inside(board, pixel))
  paint(sample, hex(0xf7d98c), inside(Math.abs(board + 0.0022) - 0.0005, pixel))
  if (isWritten(sign.word, (dx + halfWidth) / sign.dot, dy / sign.dot + 3.6))
    paint(sample, hex(0xfff4d0), 1)
}

export function paintHouse(sample: Sample, place: PixelPoint): void {
  const { x, y, pixel } = place
  if (x < 0.25 || y > 0.74) return
  paintSmoke(sample, place)
  if (y < 0.32) return
  const stack = inside(
    between(chimney.left, chimney.right, chimney.top, chimney.bottom, place),
    pixel,
  )
  if (stack > 0) paint(sample, lit(brick(place), 1.1 - 14 * Math.max(0, x - 0.553)), stack)
  paint(
    sample,
    hex(0x6b4a52),
    inside(between(chimney.left - 0.004, chimney.right + 0.004, 0.342, 0.351, place), pixel),
  )
  const wall = inside(
    between(wallBox.left, wallBox.right, wallBox.top, wallBox.bottom, place),
    pixel,
  )
  if (wall > 0) {
    paint(sample, lit(brick(place), 1.12 - 1.1 * (x - wallBox.left)), wall)
    shade(sample, 0.5 * wall * inside(y - 0.517 - 0.03 * (x - wallBox.left), pixel))
    paintSign(sample, place)
    paintDoor(sample, place)
    for (const window of windows) paintWindow(sample, place, window)
  }
  paintRoof(sample, place)
  for (const window of windows) {
    const dx = (x - window.x) / 0.06
    const dy = (y - window.y) / 0.065
    glow(sample, lampColour, 0.3 * bell(Math.sqrt(dx * dx + dy * dy)))
  }
}
