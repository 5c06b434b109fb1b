/**
 * Colours that count as much as they are opaque: they are multiplied by alpha, filtered together
 * with it, and divided by the filtered alpha.
 */

import { OptionError } from '../errors.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import type { FilteredChannels } from './image-channels.ts'
import { inSlices } from './slices.ts'

const white = 255

/** The image in float32, rows × columns × channels, with colours multiplied by alpha. */
export function premultiplied(
  data: Uint8Array | Uint8ClampedArray,
  [height, width, channels]: readonly [number, number, number],
  turn: Turn | undefined,
): Eventual<NdArray> {
  const values = new Float32Array(data.length)
  const multiply = (firstPixel: number, endPixel: number): void => {
    for (let pixel = firstPixel; pixel < endPixel; pixel++) {
      const last = (pixel + 1) * channels - 1
      const opacity = data[last]! / white
      for (let i = pixel * channels; i < last; i++) values[i] = data[i]! * opacity
      values[last] = data[last]!
    }
  }
  return after(inSlices(width * height, multiply, turn), () =>
    view(values, [height, width, channels]),
  )
}

/** Divides filtered colours by the filtered alpha, in place. Invisible colours become 0. */
export function fromPremultiplied(
  { colours, alpha }: FilteredChannels,
  turn: Turn | undefined,
): Eventual<void> {
  const opacity = alpha!
  const pixels = Math.floor(opacity.values.length / opacity.pixelStep)
  const count = colours.channelStep === 0 ? 1 : colours.pixelStep - 1
  const divide = (firstPixel: number, endPixel: number): void => {
    for (let pixel = firstPixel; pixel < endPixel; pixel++) {
      const visible = opacity.values[opacity.first + pixel * opacity.pixelStep]!
      // Below half a level the byte of alpha is 0.
      const factor = visible >= 0.5 ? white / visible : 0
      const first = colours.first + pixel * colours.pixelStep
      for (let i = first; i < first + count; i++) colours.values[i]! *= factor
    }
  }
  return inSlices(pixels, divide, turn)
}

/** Throws for a kernel whose weights sum to 0: it makes alpha 0 everywhere. */
export function checkDivisible(kernel: NdArray): void {
  let [sum, magnitude] = [0, 0]
  for (const weight of contiguousCopy(kernel).data) {
    sum += weight
    magnitude += Math.abs(weight)
  }
  if (Math.abs(sum) > magnitude * 1e-6) return
  throw new OptionError(
    'OPTION_CONFLICT',
    "filterImage: alpha 'premultiply' divides by the filtered alpha, but the kernel sums to 0, " +
      "so that is 0 everywhere. Use alpha: 'keep'.",
  )
}
