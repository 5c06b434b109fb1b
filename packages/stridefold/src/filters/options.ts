/**
 * Which options does a filter take, and what does each one mean? Only types and their
 * documentation; `check-options.ts` checks the values.
 */

import type { BoundaryOption, MissingOptions, PerAxis, RunOptions } from '../geometry/options.ts'
import type { DType } from '../ndarray/dtype.ts'

/** Options that most filters take: how the filter computes, and the values outside the input. */
export interface FilterOptions<D extends DType = DType, Out extends object = object>
  extends RunOptions<D, Out>,
    MissingOptions {
  /**
   * The values outside the input. One border, or one per filtered axis. Default `'symmetric'`,
   * which SciPy calls 'reflect': ba·abcd·dc. The others are `'zero'`, `{ constant: v }`, `'edge'`,
   * `'reflect'`, `'wrap'` and `'missing'`, see `ConvolveOptions`. A constant stands outside the
   * results of the axes before, as in SciPy.
   */
  readonly boundary?: PerAxis<BoundaryOption | 'missing'>
}

/** Options of filters that move along some axes only. */
export interface AxesOptions<D extends DType = DType, Out extends object = object>
  extends FilterOptions<D, Out> {
  /**
   * The axes to filter; negative numbers count from the end. Every slice along the other axes is
   * filtered alone. Default: all axes. Lists with one value per axis follow this list. Example:
   * `[0, 1]` for an image of height × width × channels.
   */
  readonly axes?: readonly number[]
}

/** Options of a Gaussian: its width, and where it ends. */
export interface GaussianOptions<D extends DType = DType, Out extends object = object>
  extends AxesOptions<D, Out> {
  /**
   * The standard deviation in samples, ≥ 0. One value, or one per axis. Default 1. An axis with 0
   * is not filtered.
   */
  readonly sigma?: PerAxis<number>
  /**
   * Where the Gaussian is cut off, in standard deviations, ≥ 0. Default 4. The radius is
   * ⌊truncate·sigma + ½⌋ samples.
   */
  readonly truncate?: number
  /**
   * The radius in samples, a whole number ≥ 0: the Gaussian has 2·radius + 1 weights. One value, or
   * one per axis. Default: from `truncate`, which is ignored if a radius is given.
   */
  readonly radius?: PerAxis<number>
}

/** Options of `gaussianFilter`. */
export interface GaussianFilterOptions<D extends DType = DType, Out extends object = object>
  extends GaussianOptions<D, Out> {
  /**
   * Which derivative of the Gaussian, a whole number ≥ 0. One value, or one per axis. Default 0:
   * the Gaussian itself, a blur. 1 is the slope of the blurred input, 2 its curvature.
   */
  readonly order?: PerAxis<number>
}

/** Options of `uniformFilter`. */
export interface UniformFilterOptions<D extends DType = DType, Out extends object = object>
  extends AxesOptions<D, Out> {
  /**
   * The extent of the window in samples, a whole number ≥ 1. One value, or one per axis. Default 3.
   * An even window has one sample more before the output than after it.
   */
  readonly size?: PerAxis<number>
  /**
   * By how many samples the window is moved towards the start, a whole number. One value, or one
   * per axis. Default 0. The output must stay inside the window: −⌊size/2⌋ ≤ origin < ⌈size/2⌉.
   */
  readonly origin?: PerAxis<number>
}

/** Options of `sobel`, `prewitt` and `scharr`. */
export interface DerivativeOptions<D extends DType = DType, Out extends object = object>
  extends FilterOptions<D, Out> {
  /**
   * The axis of the derivative; negative numbers count from the end. Default −1. All other axes are
   * smoothed.
   */
  readonly axis?: number
}

/** Options of `gradientMagnitude`. */
export interface GradientMagnitudeOptions<D extends DType = DType, Out extends object = object>
  extends AxesOptions<D, Out> {
  /** The filter for each derivative: `'sobel'`, `'prewitt'` or `'scharr'`. Default `'sobel'`. */
  readonly operator?: 'sobel' | 'prewitt' | 'scharr'
}

/** Options of `savitzkyGolay`. */
export interface SavitzkyGolayOptions<D extends DType = DType, Out extends object = object>
  extends RunOptions<D, Out>,
    MissingOptions {
  /** The number of samples to which a polynomial is fitted, a whole number ≥ 1. Default 5. */
  readonly window?: number
  /** The degree of the polynomial, a whole number ≥ 0 and less than `window`. Default 2. */
  readonly order?: number
  /** Which derivative of the polynomial, a whole number ≥ 0. Default 0: its value. */
  readonly derivative?: number
  /** The distance between two samples, in the unit of the axis, not 0. Default 1. */
  readonly spacing?: number
  /** The axis to filter; negative numbers count from the end. Default −1. */
  readonly axis?: number
  /**
   * The results near the ends. Default `'interp'`: the polynomial of the first (last) `window`
   * samples; the axis then needs at least that many. Else the values outside the input, such as
   * `'reflect'` or `'edge'`, see `ConvolveOptions`.
   */
  readonly boundary?: 'interp' | BoundaryOption | 'missing'
}

/** Options of `autocorrelate`. */
export interface AutocorrelateOptions<D extends DType = DType, Out extends object = object>
  extends RunOptions<D, Out> {
  /**
   * Which shifts: `'full'` (default) has all at which the input overlaps itself, 2n − 1 per axis;
   * `'same'` has n of them. Shift 0 is in the middle: at n − 1, or at ⌊n/2⌋.
   */
  readonly mode?: 'full' | 'same'
}
