/**
 * An image: the exact samples of a file, row by row, with interleaved channels. Samples are not
 * linearised, colours are not multiplied by alpha, and colour spaces are converted only with a
 * note.
 *
 *   samples[(row · width + column) · channels + channel]      alpha is the last channel
 */

import { inputError } from '../failure.ts'
import { byteSize } from '../units.ts'
import type { TiffTag } from './tiff-tags.ts'

export interface Image {
  readonly width: number
  readonly height: number
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number
  readonly alpha: boolean
  /** Bits per sample. */
  readonly depth: Depth
  readonly samples: Uint8Array | Uint16Array
  /** The ICC colour profile. */
  readonly profile?: Uint8Array
  readonly density?: Density
  /** The tags of a TIFF that say where the image lies on a map. */
  readonly place?: readonly TiffTag[]
}

/** Pixels per metre, along and across. */
export interface Density {
  readonly x: number
  readonly y: number
}

export type Depth = 8 | 16

/** The sample value of white. */
export const maxSampleValue = (depth: Depth): number => 2 ** depth - 1

/** A decoded image, with its file format and notes about every change. */
export interface DecodedImage {
  readonly image: Image
  readonly format: string
  readonly notes: readonly string[]
}

/**
 * Images with more bytes of samples are rejected by default. Filtering takes about eight times as
 * much memory, and a file of some kilobytes may unpack to any size.
 */
export const maxSampleBytes: number = 144 * 2 ** 20

/** Throws if an image of this size has more than `maxBytes` bytes of samples. */
export function checkSize(
  name: string,
  width: number,
  height: number,
  channels: number,
  bytes: number,
  maxBytes: number,
): void {
  const needed = width * height * channels * bytes
  if (needed <= maxBytes) return
  const channelText = `${channels} ${channels === 1 ? 'channel' : 'channels'} of ${8 * bytes} bits`
  throw inputError(
    `${name} is ${width}×${height} with ${channelText}: ${byteSize(needed)} of samples, but ` +
      `the limit is ${byteSize(maxBytes)}. To read it, give --picture-limit ` +
      `${Math.ceil(needed / 2 ** 20)}M.`,
  )
}
