/**
 * Which options does `filterImage` take, and what does it return? Types and their documentation.
 */

import type { BoundaryOption, PerAxis, RunOptions } from '../geometry/options.ts'
import type { ArrayInput } from '../ndarray/interop.ts'

/** An image of bytes: rows of pixels, each with 1 to 4 channels. ImageData is one. */
export interface ImageInput {
  /**
   * The samples: grey; grey and alpha; red, green and blue; or these and alpha. Alpha is the last
   * of 2 or 4 channels.
   */
  readonly data: Uint8Array | Uint8ClampedArray
  /** Pixels per row. */
  readonly width: number
  /** The number of rows. */
  readonly height: number
}

/** One kernel, or a list of kernels to combine. */
export type ImageKernel = ArrayInput | readonly ArrayInput[]

/** Options of `filterImage`. */
export interface FilterImageOptions extends Omit<RunOptions, 'dtype' | 'out' | 'memory'> {
  /**
   * What happens to the alpha channel. Default `'keep'`.
   * - `'keep'`: it stays as it is, and the colours are filtered without it. The colours of
   *   transparent pixels count like all others.
   * - `'filter'`: it is filtered like a colour. A kernel that sums to 0 makes the image
   *   transparent.
   * - `'premultiply'`: colours count as much as they are opaque, and alpha is filtered too. Use it
   *   to blur images with transparent parts: no colour of invisible pixels appears. Throws for
   *   kernels that sum to 0, because colours are divided by the filtered alpha.
   *
   * Images without alpha ignore it.
   */
  readonly alpha?: 'keep' | 'filter' | 'premultiply'
  /**
   * `'each'` filters each colour alone. `'sum'` adds the filtered colours up: all colours of the
   * result are equal. Default `'each'`.
   */
  readonly channels?: 'each' | 'sum'
  /**
   * How results become bytes: they may be negative, or above 255. Default `'clip'`.
   * - `'clip'`: values below 0 become 0, values above 255 become 255.
   * - `'abs'`: the magnitude, then clipped. Edges of both directions are bright.
   * - `'offset'`: 128 is added, then clipped. Zero is middle grey.
   * - `'minmax'`: the smallest value becomes 0 and the largest 255, over all colours.
   *
   * Values round half to even. Alpha is clipped in any case.
   */
  readonly output?: 'clip' | 'abs' | 'offset' | 'minmax'
  /**
   * The values outside the image. One border, or one for rows and one for columns. Default
   * `'reflect'`: the image mirrored at its last pixels. `'missing'`: none; the pixels outside are
   * missing, see `missing`. `ConvolveOptions` describes the others.
   */
  readonly boundary?: PerAxis<BoundaryOption | 'missing'>
  /**
   * Which pixels are missing: an array of rows × columns that is 0 where one is, such as a dead
   * pixel or a cloud. A typed array needs only as many elements. Default: none.
   *
   * A missing pixel is missing in all channels that are filtered. In each it counts as the mean of
   * the present pixels under the kernel, weighted with |k|; see `ConvolveOptions`. With `alpha:
   * 'premultiply'` the colour is that of the present pixels, as opaque as they are. A kept alpha
   * channel stays. A pixel without a result, because no weight of the kernel meets a present pixel,
   * becomes 0 in all channels: transparent if the image has alpha, else black. Its samples count as
   * clipped.
   */
  readonly missing?: ArrayInput
  /**
   * The smallest part of the weights that must meet present pixels, from 0 to 1: a pixel has no
   * result where Σ_present |k| < minimumPresent · Σ|k|. Default 0.
   */
  readonly minimumPresent?: number
  /**
   * How the results of several kernels become one, before `output`. Default: none; required for
   * more than one kernel.
   * - `'magnitude'`: the root of the sum of squares, such as the length of a gradient.
   * - `'max'`: the largest of them.
   * - `'sum'`: their sum.
   */
  readonly combine?: 'magnitude' | 'max' | 'sum'
}

/** How many samples of an image were clipped. */
export interface ImageClipping {
  /**
   * The number of samples that were below 0, above 255, or not a number (these become 0). A sample
   * without a result, see `missing`, is not a number.
   */
  readonly clipped: number
}

/**
 * The result of `filterImage`: an ImageData if the image was one, else an object with the same
 * fields. Both have `clipped`.
 */
export type FilteredImage<I extends ImageInput> = (I extends { readonly colorSpace: unknown }
  ? I
  : {
      /** The samples, in the order of the image. */
      readonly data: Uint8ClampedArray
      /** Pixels per row, as in the image. */
      readonly width: number
      /** The number of rows, as in the image. */
      readonly height: number
    }) &
  ImageClipping
