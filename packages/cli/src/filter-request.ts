/** What is filtered, and how? Plain data, made from the flags and the input file. */

import type { ConvolveOptions } from 'stridefold'
import type { Kernel } from './kernel-argument.ts'
import type { NpyElements } from './npy.ts'

/** The options of the library, without the channel axis. Mode and border always have a value. */
export type FilterOptions = ConvolveOptions & Required<Pick<ConvolveOptions, 'mode' | 'boundary'>>

/** Sum, largest value, or √(Σ g²), element by element. */
export const combinations = ['magnitude', 'max', 'sum'] as const
export type Combination = (typeof combinations)[number]

export interface FilterRequest {
  /** The name of the input, for messages. */
  readonly name: string
  /** One after the other; with `combine` each filters the input. */
  readonly kernels: readonly Kernel[]
  /** How the results of all kernels become one. */
  readonly combine?: Combination
  /** True: convolution, with the kernel flipped. */
  readonly flip: boolean
  /** Each channel separately, or the sum over all channels. */
  readonly channels: 'each' | 'sum'
  readonly options: FilterOptions
  /**
   * Which samples are missing: those that are NaN, or those with the nodata value of a TIFF, which
   * become NaN. The options of the library then have `missing: 'nan'`.
   */
  readonly missing?: 'nan' | 'nodata'
  /**
   * The type of results that become bytes: int16 if they must be rounded and clipped anyway, uint8
   * if they are bytes whatever the input. Results that are combined must be whole. Default: floats.
   */
  readonly byteResults?: 'int16' | 'uint8'
}

/** An image of any element type. By default strides are those of rows of pixels of channels. */
export interface ImageArray {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly alpha: boolean
  readonly samples: NpyElements
  readonly strides?: readonly number[]
}
