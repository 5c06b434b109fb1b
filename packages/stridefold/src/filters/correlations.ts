/** How similar are an array and a template, or an array and itself, at every shift? */

import type { RunOptions } from '../geometry/options.ts'
import type { DType } from '../ndarray/dtype.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { ResultDType, SumDType } from '../ndarray/result-type.ts'
import { now } from '../runtime/eventual.ts'
import type { AutocorrelateOptions } from './options.ts'
import { normalizedCorrelation, selfCorrelation } from './similarity.ts'

/**
 * Returns the similarity of a template and each window of the input, from −1 to 1: the correlation
 * of both after their means are subtracted, divided by their standard deviations. 1 where a window
 * is the template, up to brightness and contrast. The template stays inside the input: n samples
 * and k of the template give n − k + 1 results per axis. As `skimage.feature.match_template`.
 *
 * - `x`: an array of any rank.
 * - `template`: an array of the same rank, not larger.
 * - `options`: dtype, out, threads and more; `RunOptions` describes them.
 *
 * A flat window has the result 0, and so has every window if the template is flat. Flat: its values
 * differ by no more than the rounding of the sums, relative to their distance from the mean of the
 * input. All sums are float64. The result is float32; it is float64 if an operand is float64 or
 * int32; `dtype` overrides both. Throws `OptionError` for options that are not valid
 * (`OPTION_INVALID`, `OPTION_UNKNOWN`), for another rank (`RANK_MISMATCH`), and for a template
 * larger than the input (`WINDOW_TOO_LARGE`). In 'stridefold' the promise rejects with these
 * errors.
 *
 * Costs one correlation in float64, by FFT for a large template, and two sums over boxes. Allocates
 * the result and five arrays of float64 of the shape of the input.
 *
 * @example
 * correlateNormalized([5, 5, 5, 9, 5], [0, 1, 0]) // [0, -0.5, 1]
 */
export function correlateNormalized<
  X extends ArrayInput,
  T extends ArrayInput,
  D extends DType = SumDType<X, T>,
  Out extends object = object,
>(x: X, template: T, options?: RunOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(normalizedCorrelation(x, template, options))
}

/**
 * Returns the correlation of an array with itself: y[s] = Σ_i x[i + s] · x[i], for every shift s.
 * Symmetric, and largest at shift 0. As `scipy.signal.correlate(x, x)`.
 *
 * - `x`: an array of any rank. Subtract its mean first if only variations matter.
 * - `options`: mode ('full' by default: 2n − 1 shifts per axis, 0 in the middle), dtype, out and
 *   more; `AutocorrelateOptions` describes them.
 *
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`). In
 * 'stridefold' the promise rejects with this error. Costs an FFT for all but small arrays, and
 * several if the tiles of one would be too small. Allocates the result, spectra, and one more array
 * of the result's shape for several FFTs.
 *
 * @example
 * autocorrelate([1, 2, 3]) // [3, 8, 14, 8, 3]
 */
export function autocorrelate<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: AutocorrelateOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(selfCorrelation(x, options))
}
