/**
 * Draws the sky: a dusk gradient, the glow of the sun, streaks of cloud lit from below, stars, and
 * a moon. The moon is a zone plate: rings whose frequency grows with the radius. A filter shows on
 * it which frequencies it keeps.
 */

import { bell, clamp, cloud, hash, inside, smooth, wave } from './arithmetic.ts'
import { blend, type Colour, glow, hex, type PixelPoint, paint, type Sample } from './paint.ts'

export const horizon = 0.6
export const sunCentre: { readonly x: number; readonly y: number } = { x: 0.03, y: 0.515 }

const moon = { x: -0.42, y: 0.215, radius: 0.125, finestPeriod: 0.0046 }
const sunRadius = 0.043

const gradientStops: readonly (readonly [y: number, colour: Colour])[] = [
  [0, hex(0x141a4a)],
  [0.16, hex(0x2e2a72)],
  [0.3, hex(0x6a3b8f)],
  [0.41, hex(0xc4548a)],
  [0.49, hex(0xf3805f)],
  [0.56, hex(0xfdb85a)],
  [0.64, hex(0xffe08a)],
]

const cloudShadow = hex(0x5a3a7e)
const cloudLight = hex(0xff9d76)
const moonLight = hex(0xfdf3d2)
const moonDark = hex(0x3a3578)

export function skyGradient(y: number): Colour {
  let [fromY, from] = gradientStops[0]!
  for (const [toY, to] of gradientStops) {
    if (y < toY)
      return blend(from, to, smooth(fromY, toY, y) * 0.4 + 0.6 * clamp((y - fromY) / (toY - fromY)))
    fromY = toY
    from = to
  }
  return from
}

function paintStars(sample: Sample, { x, y, pixel }: PixelPoint): void {
  if (y > 0.34) return
  const cell = 0.035
  const column = Math.floor(x / cell)
  const row = Math.floor(y / cell)
  const strength = hash(column, row, 11)
  if (strength < 0.45) return
  const dx = x - (column + 0.2 + 0.6 * hash(column, row, 12)) * cell
  const dy = y - (row + 0.2 + 0.6 * hash(column, row, 13)) * cell
  const size = 0.0006 + 0.0014 * (strength - 0.45) + pixel * 0.3
  glow(
    sample,
    moonLight,
    bell(Math.sqrt(dx * dx + dy * dy) / size) * (1 - smooth(0.14, 0.34, y)) * strength,
  )
}

function paintMoon(sample: Sample, { x, y, pixel }: PixelPoint): void {
  const dx = x - moon.x
  const dy = y - moon.y
  const r = Math.sqrt(dx * dx + dy * dy)
  glow(sample, hex(0xa9a4ff), 0.42 * bell(Math.max(0, r - moon.radius * 0.7) / 0.09))
  if (r > moon.radius * 1.1) return
  const turns = (r * r) / (2 * moon.radius * moon.finestPeriod)
  const period = (moon.radius * moon.finestPeriod) / Math.max(r, 0.001)
  const contrast = smooth(2 * pixel, 4 * pixel, period)
  const ring = 0.5 + 0.5 * contrast * wave(turns + 0.25)
  paint(sample, blend(moonDark, moonLight, 0.06 + 0.94 * ring), inside(r - moon.radius, pixel))
  paint(sample, moonLight, inside(Math.abs(r - moon.radius) - 0.0016, pixel))
}

function paintClouds(sample: Sample, { x, y }: PixelPoint): void {
  if (y > 0.56) return
  const drift = x + 0.35 * y
  const density = cloud(drift * 2.6 + 9, y * 17, 21, 4)
  const cover = smooth(0.5, 0.74, density) * smooth(0.1, 0.3, y) * (1 - smooth(0.46, 0.56, y))
  if (cover === 0) return
  const beneath = clamp((density - cloud(drift * 2.6 + 9, y * 17 + 0.45, 21, 3)) * 3.2 + 0.35)
  const nearSun = bell((x - sunCentre.x) / 0.5)
  paint(
    sample,
    blend(
      cloudShadow,
      cloudLight,
      clamp(beneath * (0.35 + 0.65 * nearSun) + 0.5 * smooth(0.3, 0.5, y)),
    ),
    0.82 * cover,
  )
}

export function paintSky(sample: Sample, place: PixelPoint): void {
  const { x, y, pixel } = place
  paint(sample, skyGradient(y), 1)
  paintStars(sample, place)
  const dx = x - sunCentre.x
  const dy = y - sunCentre.y
  const r = Math.sqrt(dx * dx + dy * dy)
  glow(sample, hex(0xffb060), 0.75 * bell(r / 0.2))
  paintMoon(sample, place)
  paintClouds(sample, place)
  glow(sample, hex(0xffd27a), 0.8 * bell(Math.max(0, r - sunRadius) / 0.045))
  paint(
    sample,
    blend(hex(0xfffbe0), hex(0xffe28a), smooth(0, sunRadius, r)),
    inside(r - sunRadius, pixel),
  )
}
