/**
 * What is a picture here? Exact samples, row by row, channels side by side, as they stand in the file: no gamma, no premultiplied
 * alpha, no conversion between colour spaces that was not said.
 *
 *   samples[(row · width + column) · channels + channel]      alpha, where there is one, is the last channel
 */

export interface Picture {
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
}

export type Depth = 8 | 16

/** The level of white. */
export const topLevel = (depth: Depth): number => 2 ** depth - 1

/** A picture as it was read: from which format, and what had to be changed, in sentences. */
export interface ReadPicture {
  readonly picture: Picture
  readonly format: string
  readonly notes: readonly string[]
}

/** Pictures of more pixels than 16383 × 16383 are refused. */
export const MOST_PIXELS: number = 16383 ** 2
