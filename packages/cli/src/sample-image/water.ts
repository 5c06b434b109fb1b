/**
 * Draws the water. Each point shows the colour of its mirror image, shifted by ripples that become
 * denser towards the horizon. Distant land is mirrored at the horizon, the bank and the boat at
 * their own base lines.
 */

import { bell, clamp, inside, mix, noise, smooth, wave } from './arithmetic.ts'
import { boatWaterline, paintBoat } from './boat.ts'
import { paintHouse } from './house.ts'
import { paintBank, paintRidges, shore } from './land.ts'
import { glow, hex, type PixelPoint, paint, type Sample } from './paint.ts'
import { horizon, paintSky, sunCentre } from './sky.ts'

const deepWater = hex(0x1c2560)
const glitter = hex(0xfff0b8)

/**
 * The slope of the surface, about −1 to 1. It fades where ripples would be finer than the samples.
 */
function ripple(x: number, depth: number, pixel: number): number {
  const far = 1 / (depth + 0.022)
  const visible = smooth(2.5 * pixel, 6 * pixel, 1 / (far * far * 1.5))
  const bend = noise(x * (4 + far * 0.5), far * 0.7, 91)
  return (
    visible *
    (0.6 * wave(far * 1.5 + bend * 1.6 + x * 0.6) + 0.4 * wave(far * 2.9 - x * 3.1 + bend * 2.3))
  )
}

export function paintWater(sample: Sample, { x, y, pixel }: PixelPoint): void {
  if (y < horizon - pixel) return
  const depth = Math.max(0, y - horizon)
  const slope = ripple(x, depth, pixel)
  const shift = slope * (0.006 + 0.16 * depth)
  const mirrored = {
    x: x + 0.15 * shift,
    y: Math.min(horizon - 0.001, horizon - 1.35 * depth + shift),
    pixel: pixel * 1.5,
  }
  const reflection: Sample = [0, 0, 0]
  paintSky(reflection, mirrored)
  paintRidges(reflection, mirrored)
  paint(reflection, deepWater, clamp(0.12 + 1.1 * depth - 0.16 * slope))

  const path = bell((x - sunCentre.x) / (0.022 + 0.24 * depth))
  const sparkle = smooth(
    0.25,
    0.95,
    slope + 0.9 * noise(x * 70, 26 / (depth + 0.05), 92) - 0.25 + 0.25 * path,
  )
  glow(reflection, glitter, path * mix(0.35, 1, sparkle) * (0.25 + 0.75 * sparkle))

  const nearShift = slope * (0.002 + 0.045 * depth)
  if (x > 0.08 && y > shore - 0.002) {
    const bank = { x: x + nearShift * 0.4, y: 2 * shore - y + nearShift, pixel: pixel * 1.5 }
    paintBank(reflection, bank)
    paintHouse(reflection, bank)
    paint(reflection, deepWater, 0.3 * smooth(0.08, 0.3, x))
  }
  if (y > boatWaterline)
    paintBoat(
      reflection,
      { x: x + nearShift, y: 2 * boatWaterline - y + nearShift, pixel: pixel * 1.5 },
      0.72,
    )
  paint(sample, reflection, inside(horizon - y, pixel))
}
