/**
 * Renders the sample image. Each pixel is the mean of four samples, painted from far to near. Edges
 * are also softened by the width of a sample, so that they show no steps. Weak grain, from a hash
 * of the pixel, hides bands in the gradients.
 */

import { hash } from './arithmetic.ts'
import { paintBoat } from './boat.ts'
import { paintHouse } from './house.ts'
import { paintBank, paintRidges } from './land.ts'
import type { PixelPoint, Sample } from './paint.ts'
import { paintSky } from './sky.ts'
import { paintStillLife } from './still-life.ts'
import { paintWater } from './water.ts'

export interface ImageSize {
  readonly width: number
  readonly height: number
}

const samplesPerSide = 2
const grainStrength = 0.45

function paintSample(sample: Sample, place: PixelPoint): void {
  paintSky(sample, place)
  paintRidges(sample, place)
  paintWater(sample, place)
  paintBank(sample, place)
  paintHouse(sample, place)
  paintBoat(sample, place, 1)
  paintStillLife(sample, place)
}

/**
 * Opaque RGBA, row by row. The image is designed for 3 : 2; other shapes show more or less of the
 * left and right.
 */
export function renderSampleImage({ width, height }: ImageSize): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(width * height * 4)
  const step = 1 / (height * samplesPerSide)
  const sample: Sample = [0, 0, 0]
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let red = 0
      let green = 0
      let blue = 0
      for (let part = 0; part < samplesPerSide * samplesPerSide; part++) {
        const x =
          (column * samplesPerSide + (part % samplesPerSide) + 0.5) * step - width / height / 2
        const y = (row * samplesPerSide + Math.floor(part / samplesPerSide) + 0.5) * step
        paintSample(sample, { x, y, pixel: step * 1.5 })
        red += sample[0]
        green += sample[1]
        blue += sample[2]
      }
      const grain = (hash(column, row, 1) - 0.5) * grainStrength
      const scale = 255 / (samplesPerSide * samplesPerSide)
      pixels.set(
        [red * scale + grain, green * scale + grain, blue * scale + grain, 255],
        (row * width + column) * 4,
      )
    }
  }
  return pixels
}
