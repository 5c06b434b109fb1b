/**
 * Draws ridges between sky and water, and a grassy bank with cypresses. A ridge is a line of noise.
 * Ridges near the haze of the sun are paler and warmer. The mist at the foot of a ridge is a
 * gradient.
 */

import { bell, cloud, hash, inside, mix, noise, smooth, wave } from './arithmetic.ts'
import { blend, type Colour, hex, lit, type PixelPoint, paint, type Sample } from './paint.ts'
import { horizon, sunCentre } from './sky.ts'

interface Ridge {
  readonly y: number
  readonly height: number
  readonly scale: number
  readonly seed: number
  readonly octaves: number
  readonly crest: Colour
  readonly foot: Colour
}

const ridges: readonly Ridge[] = [
  {
    y: 0.53,
    height: 0.2,
    scale: 3.1,
    seed: 31,
    octaves: 5,
    crest: hex(0x8d4f95),
    foot: hex(0xf59b78),
  },
  {
    y: 0.565,
    height: 0.13,
    scale: 3.7,
    seed: 47,
    octaves: 5,
    crest: hex(0x5d3a82),
    foot: hex(0xc96a80),
  },
  {
    y: 0.592,
    height: 0.075,
    scale: 5.3,
    seed: 58,
    octaves: 6,
    crest: hex(0x33275f),
    foot: hex(0x6d4078),
  },
]

const haze = hex(0xffc071)
const cypresses = [
  { x: 0.235, height: 0.15, width: 0.016 },
  { x: 0.268, height: 0.2, width: 0.02 },
  { x: 0.672, height: 0.27, width: 0.027 },
  { x: 0.725, height: 0.2, width: 0.022 },
] as const

export const shore = 0.722

export function paintRidges(sample: Sample, { x, y, pixel }: PixelPoint): void {
  if (y < 0.3) return
  for (const ridge of ridges) {
    const valley = 1 - 0.75 * bell((x - sunCentre.x) / 0.2)
    const top =
      ridge.y -
      ridge.height * valley * (cloud(x * ridge.scale + 4, 0.5, ridge.seed, ridge.octaves) - 0.2)
    const coverage = inside(top - y, pixel)
    if (coverage === 0) continue
    const colour = blend(ridge.crest, ridge.foot, smooth(top, horizon + 0.015, y))
    paint(
      sample,
      blend(colour, haze, 0.6 * bell((x - sunCentre.x) / 0.17) * smooth(0.4, 0.58, y)),
      coverage,
    )
  }
}

export function bankTop(x: number): number {
  return shore - 0.058 * smooth(0.1, 0.34, x) - 0.012 * smooth(0.4, 0.75, x) + 0.004 * wave(x * 3.1)
}

export function paintBank(sample: Sample, { x, y, pixel }: PixelPoint): void {
  if (x < 0.1 || y < 0.38) return
  for (const tree of cypresses) {
    const foot = bankTop(tree.x) + 0.006
    const t = (foot - y) / tree.height
    if (t < 0 || t > 1 || Math.abs(x - tree.x) > tree.width * 1.4) continue
    const half =
      tree.width * Math.sqrt(t + 0.02) * (1 - t) * 2.2 * (0.8 + 0.4 * noise(x * 190, y * 120, 71))
    const side = (x - tree.x) / half
    const light = 0.55 + 0.55 * cloud(x * 210, y * 90, 72, 2) - 0.35 * side
    paint(sample, lit(hex(0x2b4a45), light), inside(Math.abs(x - tree.x) - half, pixel * 1.5))
  }
  const tuft = 0.006 * noise(x * 260, 0.5, 73) * hash(Math.floor(x * 300), 1, 74)
  const top = bankTop(x) - tuft
  if (y < top - pixel) return
  const depth = (y - top) / (shore + 0.004 - top)
  const blades = cloud(x * 240 + y * 60, y * 75, 75, 3)
  const sunny = smooth(0.75, 0.05, x)
  const grass = blend(
    hex(0x27452f),
    hex(0x9aa238),
    mix(blades, 1 - depth, 0.35) * (0.45 + 0.6 * sunny),
  )
  const earth = blend(hex(0x33243f), hex(0x7d5147), blades)
  paint(
    sample,
    blend(grass, earth, smooth(0.72, 0.95, depth + 0.25 * (blades - 0.5))),
    inside(Math.max(top - y, y - shore), pixel),
  )
}
