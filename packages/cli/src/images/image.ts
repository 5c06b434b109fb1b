/**
 * What is a picture here? Exact samples, row by row, channels side by side, as they stand in the
 * file: no gamma, no premultiplied alpha, no conversion between colour spaces that was not said.
 *
 *   samples[(row · width + column) · channels + channel]      alpha, where there is one, is the last channel
 */

import { inputError } from '../failure.ts'
import { byteSize } from '../units.ts'

export interface Image {
  readonly width: number
  readonly height: number
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number
  readonly alpha: boolean
  /** Bits per sample. */
  readonly depth: Depth
  readonly samples: Uint8Array | Uint16Array
  /** The colour profile that gives the samples their meaning. */
  readonly profile?: Uint8Array
  readonly density?: Density
}

/** Pixels per metre, along and across. */
export interface Density {
  readonly x: number
  readonly y: number
}

export type Depth = 8 | 16

/** The level of white. */
export const maxSampleValue = (depth: Depth): number => 2 ** depth - 1

/** A picture as it was read: from which format, and what had to be changed, in sentences. */
export interface DecodedImage {
  readonly image: Image
  readonly format: string
  readonly notes: readonly string[]
}

/**
 * Pictures whose samples take more bytes are refused, unless that is asked for: filtering takes
 * some eight times as much, and a file of some kilobytes may unpack to any size.
 */
export const maxSampleBytes: number = 144 * 2 ** 20

/** Throws where a picture of this size is larger than `most` bytes. */
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
    `${name} is ${width}×${height} with ${channelText}: ${byteSize(needed)} of samples, and ` +
      `${byteSize(maxBytes)} are the most that is read. ` +
      `If it is to be read, give --picture-limit ${Math.ceil(needed / 2 ** 20)}M.`,
  )
}
