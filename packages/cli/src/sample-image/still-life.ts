/**
 * Draws the foreground: a jetty of planks that run towards the horizon, with a woven basket of
 * apples, a glass ball and a post. Each point of a ball has a surface normal; light, gloss and
 * reflection follow from it.
 */

import { bell, clamp, cloud, hash, inside, mix, smooth, wave } from './arithmetic.ts'
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
import { horizon, skyGradient, sunCentre } from './sky.ts'

interface Ball {
  readonly x: number
  readonly y: number
  readonly radius: number
}

export const jetty = 0.862

const basket = { x: -0.52, rim: 0.812, foot: 0.958, top: 0.135, bottom: 0.105 }
const heap: readonly Ball[] = [
  { x: -0.572, y: 0.772, radius: 0.038 },
  { x: -0.47, y: 0.77, radius: 0.038 },
  { x: -0.521, y: 0.757, radius: 0.041 },
  { x: -0.615, y: 0.8, radius: 0.035 },
  { x: -0.427, y: 0.801, radius: 0.035 },
  { x: -0.548, y: 0.8, radius: 0.037 },
  { x: -0.487, y: 0.802, radius: 0.037 },
]
const fallenApple: Ball = { x: -0.325, y: 0.938, radius: 0.036 }
const glassBall: Ball = { x: -0.222, y: 0.896, radius: 0.054 }
const post = { x: 0.56, halfWidth: 0.034, top: 0.775, foot: 0.955 }

const lightDirection = { x: 0.58, y: -0.58, z: 0.572 }
const warmLight = hex(0xfff3d6)

function paintPlanks(sample: Sample, { x, y, pixel }: PixelPoint): void {
  const coverage = inside(jetty - y, pixel)
  if (coverage === 0) return
  const depth = y - horizon
  const across = (x - sunCentre.x) / depth / 0.34
  const plank = Math.floor(across)
  const grain = cloud(
    across * 19 + 40 * hash(plank, 0, 101),
    1.6 / depth + 30 * hash(plank, 1, 101),
    102,
    4,
  )
  const rings = 0.5 + 0.5 * wave(grain * 5 + across * 1.7)
  const wood = blend(hex(0x5b3340), hex(0xb9765a), 0.55 * rings + 0.45 * hash(plank, 2, 101))
  const sun = bell((x - sunCentre.x) / 0.5)
  paint(sample, lit(wood, mix(0.66, 1.2, sun) * mix(1.08, 0.78, smooth(jetty, 1, y))), coverage)
  const gap = (0.5 - Math.abs(across - plank - 0.5)) * 0.34 * depth
  shade(sample, 0.85 * coverage * inside(gap - 0.0016, pixel + 0.0008))
  glow(sample, hex(0xffc890), coverage * (0.75 * inside(y - jetty - 0.0028, pixel) + 0.1 * sun))
}

/** Casts a shadow on the planks. It is hard near the object and softer farther away. */
function cast(sample: Sample, { x, y }: PixelPoint, ball: Ball): void {
  if (y < jetty) return
  const foot = ball.y + ball.radius * 0.82
  const length = clamp((ball.x - x) / (4 * ball.radius))
  const dx = (x - ball.x + 0.75 * ball.radius) / (1.55 * ball.radius)
  const dy = (y - foot - 0.1 * (ball.x - x)) / (0.34 * ball.radius)
  shade(sample, 0.72 * inside(Math.sqrt(dx * dx + dy * dy) - 1, 0.06 + 1.1 * length))
}

/** The surface normal of a ball at a point, with the coverage; undefined outside the ball. */
function facing(
  ball: Ball,
  { x, y, pixel }: PixelPoint,
): { nx: number; ny: number; nz: number; coverage: number } | undefined {
  const nx = (x - ball.x) / ball.radius
  const ny = (y - ball.y) / ball.radius
  const square = nx * nx + ny * ny
  if (square > 1.1) return undefined
  const coverage = inside((Math.sqrt(square) - 1) * ball.radius, pixel)
  return { nx, ny, nz: Math.sqrt(Math.max(0, 1 - square)), coverage }
}

function gloss(facingLight: number, sharpness: number): number {
  return bell((1 - facingLight) * sharpness)
}

function paintApple(sample: Sample, place: PixelPoint, ball: Ball): void {
  const face = facing(ball, place)
  if (face === undefined) return
  const { nx, ny, nz, coverage } = face
  const light = nx * lightDirection.x + ny * lightDirection.y + nz * lightDirection.z
  const streak = cloud(nx * 9 + ball.x * 70, ny * 2.2 + ball.y * 50, 111, 3)
  const skin = blend(
    hex(0xd3121f),
    hex(0xf7b733),
    smooth(0.5, 0.85, streak + 0.24 * nx * ball.radius * 20 * (ball.x + 0.52)),
  )
  const dimple = bell((nx - 0.05) / 0.24) * bell((ny + 0.72) / 0.16)
  paint(sample, lit(skin, (0.26 + 0.9 * Math.max(0, light)) * (1 - 0.6 * dimple)), coverage)
  glow(
    sample,
    hex(0xff9a5e),
    0.45 * coverage * smooth(0.55, 0.05, nz) * smooth(-0.1, 0.8, nx - ny * 0.4),
  )
  glow(sample, warmLight, 0.95 * coverage * gloss(light, 26))
  const stem = Math.abs(
    place.x - ball.x - 0.1 * ball.radius - 0.2 * (ball.y - 0.75 * ball.radius - place.y),
  )
  const within = Math.abs(place.y - ball.y + 0.95 * ball.radius) < 0.24 * ball.radius
  if (within) paint(sample, hex(0x3d2417), inside(stem - 0.0015, place.pixel))
}

function paintGlass(sample: Sample, place: PixelPoint): void {
  const face = facing(glassBall, place)
  if (face === undefined) return
  const { nx, ny, nz, coverage } = face
  const light = nx * lightDirection.x + ny * lightDirection.y + nz * lightDirection.z
  const bend = ny * (1.25 - 0.5 * nz)
  const world: Colour =
    bend < 0.16
      ? skyGradient(clamp(0.56 + bend * 0.62))
      : blend(hex(0xc98a60), hex(0x3a1f3a), clamp((bend - 0.16) * 1.6))
  const depth = blend(hex(0x0b58d8), hex(0x061a5c), smooth(0.9, -0.7, nx * 0.6 + ny))
  paint(sample, blend(depth, world, 0.22 + 0.62 * (1 - nz) * (1 - nz)), coverage)
  glow(sample, hex(0x35c6ff), 0.75 * coverage * bell((nx + 0.42) / 0.34) * bell((ny - 0.5) / 0.26))
  glow(sample, hex(0xffffff), coverage * gloss(light, 60))
  const paneX = (nx - 0.36) / 0.13
  const paneY = (ny + 0.42 + 0.3 * nx) / 0.16
  const cross = Math.min(Math.abs(paneX), Math.abs(paneY)) - 0.09
  const reflectedWindow =
    inside(Math.max(Math.abs(paneX), Math.abs(paneY)) - 1, 0.15) * (1 - inside(cross, 0.08))
  glow(sample, warmLight, 0.9 * coverage * reflectedWindow)
}

function paintHandle(sample: Sample, { x, y, pixel }: PixelPoint): void {
  if (y > basket.rim || y < 0.62) return
  const dx = (x - basket.x) / 0.122
  const dy = (y - basket.rim) / 0.168
  const r = Math.sqrt(dx * dx + dy * dy)
  const off = (r - 1) * 0.135
  const twist = wave(dx * 6.5 + off * 60 + (dy < -0.6 ? 0 : dy * 7))
  const round = 1 - (off / 0.0085) ** 2
  paint(
    sample,
    lit(hex(0xc98a45), (0.5 + 0.4 * Math.max(0, round)) * (0.82 + 0.22 * twist) + 0.2 * dx),
    inside(Math.abs(off) - 0.0085, pixel),
  )
}

function paintBasket(sample: Sample, { x, y, pixel }: PixelPoint): void {
  const v = (y - basket.rim) / (basket.foot - basket.rim)
  const half = mix(basket.top, basket.bottom, v) + 0.02 * wave(clamp(v) * 0.5)
  const u = (x - basket.x) / half
  if (Math.abs(u) > 1.15 || v < -0.2 || v > 1.3) return
  const sag = 0.026 * Math.sqrt(Math.max(0, 1 - u * u))
  const height = y - basket.rim - sag
  const coverage = inside(
    Math.max(-height, y - basket.foot - sag * 0.9, (Math.abs(u) - 1) * half),
    pixel,
  )
  if (coverage > 0) {
    const round = u * (1 + 0.32 * u * u * u * u)
    const along = round * 9
    const down = height / 0.0128
    const row = Math.floor(down)
    const stake = along + (row & 1) * 0.5
    const over = 0.5 + 0.5 * wave(stake)
    const reed = down - row - 0.5
    const straw = blend(
      hex(0x8a5428),
      hex(0xe9b567),
      0.7 * over + 0.3 * hash(row, Math.floor(stake), 121),
    )
    const bulge = (1 - 2.9 * reed * reed) * (0.5 + 0.5 * over)
    paint(sample, lit(straw, bulge * (0.72 + 0.5 * u - 0.35 * u * u) + 0.14), coverage)
    shade(sample, 0.55 * coverage * smooth(0.02, 0, height))
  }
  const rim = height + 0.002
  const cord = 0.6 + 0.4 * wave(u * 17 + rim * 70)
  const rimEdge = Math.max(Math.abs(rim) - 0.0085, (Math.abs(u) - 1.05) * half)
  paint(
    sample,
    lit(hex(0xdba35a), cord * (1 - (rim / 0.012) ** 2) * (0.85 + 0.35 * u)),
    inside(rimEdge, pixel),
  )
}

function paintPost(sample: Sample, { x, y, pixel }: PixelPoint): void {
  const u = (x - post.x) / post.halfWidth
  if (y > jetty) {
    const t = (x - post.x) / 0.3
    const edge = Math.abs(y - post.foot - 0.02 - 0.26 * (x - post.x)) - 0.02
    if (t > 0 && t < 1) shade(sample, 0.6 * inside(edge, 0.002 + 0.03 * t) * (1 - t))
  }
  if (Math.abs(u) > 1.3 || y < post.top - 0.03) return
  const curve = Math.sqrt(Math.max(0, 1 - u * u))
  const body = Math.max(
    (Math.abs(u) - 1) * post.halfWidth,
    post.top - y,
    y - post.foot - 0.012 * curve,
  )
  const bark = cloud(x * 260, y * 22, 131, 4)
  paint(
    sample,
    lit(blend(hex(0x4a2d35), hex(0xa8705a), bark), 0.5 + 0.45 * curve - 0.42 * u),
    inside(body, pixel),
  )
  const topY = (y - post.top) / 0.012
  const r = Math.sqrt(u * u + topY * topY)
  paint(sample, lit(hex(0xe2aa7c), 0.86 + 0.14 * wave(r * 4.2)), inside((r - 1) * 0.012, pixel))
  const turn = (y - 0.83 - 0.012 * curve) / 0.0125
  const lay = Math.floor(turn)
  if (lay < 0 || lay > 3) return
  const rope = turn - lay - 0.5
  const strand = 0.72 + 0.28 * wave(u * 4.2 + rope * 0.8)
  const edge = (Math.abs(u) - 1.1) * post.halfWidth
  paint(
    sample,
    lit(hex(0xf0d9a8), strand * (1 - 3 * rope * rope) * (0.8 - 0.35 * u)),
    inside(edge, pixel),
  )
}

export function paintStillLife(sample: Sample, place: PixelPoint): void {
  if (place.y < 0.62) return
  paintPlanks(sample, place)
  if (place.x > 0.45) paintPost(sample, place)
  if (place.x > 0) return
  cast(sample, place, { x: basket.x, y: 0.87, radius: 0.128 })
  cast(sample, place, glassBall)
  cast(sample, place, fallenApple)
  if (place.y < 0.86) for (const apple of heap) paintApple(sample, place, apple)
  paintHandle(sample, place)
  paintBasket(sample, place)
  paintGlass(sample, place)
  paintApple(sample, place, fallenApple)
}
