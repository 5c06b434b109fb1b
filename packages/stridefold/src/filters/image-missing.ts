/**
 * Pixels of an image that are missing: which ones, and what a result without any present pixel
 * becomes. Bytes have no NaN, so a mask says which pixels are missing, and a pixel without a result
 * is 0 in all channels. Where an image has alpha, that is transparent.
 */

import { OptionError } from '../errors.ts'
import { readable } from '../ndarray/allocations.ts'
import { asShaped } from '../ndarray/check-shape.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { asStrided } from '../ndarray/windows.ts'
import type { Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import type { CheckedFilterOptions } from './check-options.ts'
import type { Samples } from './image-levels.ts'
import { inSlices } from './slices.ts'

const call = 'filterImage'

type ImageOptions = CheckedFilterOptions<typeof call>

/** Whether pixels may be missing. */
export const mayMissPixels = ({ missing, boundary }: ImageOptions): boolean =>
  missing !== undefined || [boundary].flat().includes('missing')

/** The mask as an array of rows × columns. Throws `OptionError` unless it fits the image. */
export function pixelMask(
  { missing }: ImageOptions,
  { width, height }: { readonly width: number; readonly height: number },
): NdArray | undefined {
  if (missing === undefined) return undefined
  if (missing !== 'nan')
    return readable(asShaped(`${call}: missing`, missing, [height, width]), `${call}: missing`)
  throw new OptionError(
    'OPTION_INVALID',
    `${call}: option 'missing' is 'nan', but bytes have no NaN. Give an array of ${height} rows ` +
      `× ${width} columns that is 0 where a pixel is missing.`,
  )
}

/** The same mask for every channel, without a copy. */
export function forChannels(mask: NdArray, count: number): NdArray {
  const { shape, strides, offset } = mask
  return asStrided(mask, { shape: [...shape, count], strides: [...strides, 0], offset })
}

/** Writes 0 into all channels of the pixels of which a channel has no result. */
export function clearEmpty(
  { colours, alpha }: { readonly colours: Samples; readonly alpha: Samples | undefined },
  bytes: Uint8ClampedArray,
  channels: number,
  turn: Turn | undefined,
): Eventual<void> {
  const count = channels % 2 === 0 ? channels - 1 : channels
  const planes: Samples[] = Array.from(
    { length: colours.channelStep === 0 ? 1 : count },
    (_, c) => ({
      ...colours,
      first: colours.first + c * colours.channelStep,
    }),
  )
  if (alpha !== undefined) planes.push(alpha)
  const clear = (firstPixel: number, endPixel: number): void => {
    for (const { values, first, pixelStep } of planes) {
      for (let pixel = firstPixel; pixel < endPixel; pixel++)
        if (Number.isNaN(values[first + pixel * pixelStep]!))
          bytes.fill(0, pixel * channels, (pixel + 1) * channels)
    }
  }
  return inSlices(bytes.length / channels, clear, turn)
}
