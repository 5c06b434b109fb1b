/**
 * The asynchronous calls. Do not change this file: `npm run asynchronous` writes it from the
 * synchronous calls and their documentation.
 */

import { computeLater } from './compute-later.ts'
import { filterOptions } from './filters/check-options.ts'
import { derivative, gradientOf, laplacian } from './filters/differences.ts'
import { gaussian, gaussianGradient, laplaceOfGaussian } from './filters/gaussian.ts'
import { filteredImage } from './filters/image.ts'
import type {
  FilteredImage,
  FilterImageOptions,
  ImageInput,
  ImageKernel,
} from './filters/image-options.ts'
import type {
  AutocorrelateOptions,
  AxesOptions,
  DerivativeOptions,
  GaussianFilterOptions,
  GaussianOptions,
  GradientMagnitudeOptions,
  SavitzkyGolayOptions,
  UniformFilterOptions,
} from './filters/options.ts'
import { polynomialFilter } from './filters/polynomial.ts'
import { normalizedCorrelation, selfCorrelation } from './filters/similarity.ts'
import { uniform } from './filters/uniform.ts'
import { validateCallOptions, validateSignalOptions } from './geometry/check-options.ts'
import type {
  ConvolveOptions,
  LayerOptions,
  RunOptions,
  TransposedOptions,
} from './geometry/options.ts'
import { convBiasGradient as convBiasGradientSync } from './gradients/bias.ts'
import { inputGradient, transposedInputGradient } from './gradients/input-as-layer.ts'
import {
  type ForwardGradientOptions,
  gradientOptions,
  type TransposedGradientOptions,
} from './gradients/options.ts'
import { transposedWeightGradient, weightGradient } from './gradients/weight-of-layer.ts'
import { computeConvolution } from './missing/signal.ts'
import type { DType } from './ndarray/dtype.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import type { ResultDType, SumDType } from './ndarray/result-type.ts'
import { computeLayer } from './runtime/call.ts'

/**
 * Returns the convolution of `input` with `kernel`, which it flips:
 * y[q] = Σ_t x[q·stride − t·dilation + before′] · k[t], with before′ = dilation·(k − 1) − before.
 * This is the convolution of mathematics and of `numpy.convolve`, whose default mode is 'full'.
 *
 * - `input`: an array of any rank: an `NdArray`, a typed array, nested numbers, ImageData (H×W×4),
 *   or an array of another library, recognised by its structure.
 * - `kernel`: an array of the rank of the input. With `channelAxis` it may have one axis less, and
 *   serves all channels; with the rank of the input it has one kernel per channel.
 * - `options`: mode (default 'same'), boundary ('zero'), stride (1), dilation (1), channelAxis,
 *   missing, bias, dtype, out and more; `ConvolveOptions` describes each of them.
 *
 * The result is float32. It is float64 if an operand is float64 or int32; `dtype` overrides both.
 * The call changes no argument except `out`. In 'stridefold' it reads the arrays in a later turn of
 * the event loop: leave them alone until the promise settles.
 *
 * Throws `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for
 * arrays that do not fit together (`RANK_MISMATCH`, `WINDOW_TOO_LARGE`), and if the named algorithm
 * cannot compute the problem (`ALGORITHM_REFUSED`). Throws `UnavailableError` if there is not
 * enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In 'stridefold' the promise rejects with these
 * errors.
 *
 * Costs at most outputs × weights products; a separable or large kernel needs far fewer. Allocates
 * the result and the workspace that `plan(…).workspaceBytes` counts. 3840×2160 floats take 6.4 ms
 * with a 3×3 kernel, and 3.3 ms with arrays in backend memory (Node 24, decision 11).
 *
 * @example
 * await convolve([1, 2, 3], [0, 1, 0.5], { mode: 'full' }) // [0, 1, 2.5, 4, 1.5]
 * await convolve([1, NaN, 3], [1, 1, 1], { missing: 'nan' }) // [1.5, 6, 4.5]
 */
export function convolve<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateSignalOptions, 'convolve', options, (checkedOptions, turn) =>
    computeConvolution('convolve', input, kernel, checkedOptions, turn),
  )
}

/**
 * Returns the correlation of `input` with the kernel as it is, not flipped:
 * y[q] = Σ_t x[q·stride + t·dilation − before] · k[t]. Image filters and networks call this
 * convolution. `scipy.ndimage.correlate` and `cv2.filter2D` compute it too, with other default
 * borders.
 *
 * - `input`: an array of any rank: an `NdArray`, a typed array, nested numbers, ImageData (H×W×4),
 *   or an array of another library, recognised by its structure.
 * - `kernel`: an array of the rank of the input, or of one axis less with `channelAxis`.
 * - `options`: mode (default 'same'), boundary ('zero'), stride (1), dilation (1), channelAxis,
 *   missing, bias, dtype, out and more; `ConvolveOptions` describes each of them.
 *
 * The result is float32. It is float64 if an operand is float64 or int32; `dtype` overrides both.
 * The call changes no argument except `out`. In 'stridefold' it reads the arrays in a later turn of
 * the event loop: leave them alone until the promise settles.
 *
 * Throws `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for
 * arrays that do not fit together (`RANK_MISMATCH`, `WINDOW_TOO_LARGE`), and if the named algorithm
 * cannot compute the problem (`ALGORITHM_REFUSED`). Throws `UnavailableError` if there is not
 * enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In 'stridefold' the promise rejects with these
 * errors.
 *
 * Costs at most outputs × weights products; a separable or large kernel needs far fewer. Allocates
 * the result and the workspace that `plan(…).workspaceBytes` counts. 3840×2160 floats take 6.4 ms
 * with a 3×3 kernel, and 3.3 ms with arrays in backend memory (Node 24, decision 11).
 *
 * @example
 * await correlate([1, 2, 3], [0, 1, 0.5], { mode: 'full' }) // [0.5, 2, 3.5, 3, 0]
 * await correlate([1, 2, 6], [1, 1, 1], { boundary: 'missing' }) // [4.5, 9, 12]
 */
export function correlate<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateSignalOptions, 'correlate', options, (checkedOptions, turn) =>
    computeConvolution('correlate', input, kernel, checkedOptions, turn),
  )
}

/**
 * Returns the input blurred with a Gaussian, or a derivative of the blurred input. The result has
 * the shape of the input. As `scipy.ndimage.gaussian_filter`.
 *
 * - `x`: an array of any rank.
 * - `options`: sigma in samples (default 1), order of the derivative (0), truncate (4 sigma),
 *   radius, axes (all), boundary ('symmetric'), dtype, out and more; `GaussianFilterOptions`
 *   describes them.
 *
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. A
 * derivative is that with respect to samples. Throws `OptionError` for options that are not valid
 * (`OPTION_INVALID`, `OPTION_UNKNOWN`), and for axes and lists that do not fit the input
 * (`AXES_INVALID`, `AXES_MISMATCH`). In 'stridefold' the promise rejects with these errors.
 *
 * Costs 8·sigma + 1 products per sample and axis. Allocates the result; the passes of all axes run
 * on boxes that stay in the cache. 256×256×128 uint16 samples with sigma 2 take 87 ms of one core
 * (SciPy 1.10: 298 ms; AMD EPYC, CPU time, Node 20, 2026-11-29). More than 2¹⁸ weights in the
 * product of all axes cost one more array of the input's shape in float.
 *
 * @example
 * await gaussianFilter([0, 0, 4, 0, 0], { radius: 1 }) // [0, 1.09627, 1.80745, 1.09627, 0]
 * await gaussianFilter([0, 0, 4, 0, 0], { radius: 1, order: 1 }) // [0, 1.09627, 0, -1.09627, 0]
 */
export function gaussianFilter<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: GaussianFilterOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'gaussianFilter', options, (checkedOptions, turn) =>
    gaussian(x, checkedOptions, turn),
  )
}

/**
 * Returns the mean of a window around each sample. The result has the shape of the input. As
 * `scipy.ndimage.uniform_filter`, but without rounding to the type of the input.
 *
 * - `x`: an array of any rank.
 * - `options`: size of the window in samples (default 3), origin (0), axes (all), boundary
 *   ('symmetric'), dtype, out and more; `UniformFilterOptions` describes them.
 *
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for axes and
 * lists that do not fit the input (`AXES_INVALID`, `AXES_MISMATCH`), and for an origin outside the
 * window (`OPTION_CONFLICT`). In 'stridefold' the promise rejects with these errors.
 *
 * Costs a few products per sample and axis: a large window is a product of small ones. Allocates
 * the result. More than 2¹⁸ samples in a window cost one more array of the input's shape in float.
 *
 * @example
 * await uniformFilter([3, 0, 6, 9]) // [2, 3, 5, 8]
 * await uniformFilter([4, 0, 6, 8], { size: 2 }) // [4, 2, 3, 7]
 */
export function uniformFilter<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: UniformFilterOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'uniformFilter', options, (checkedOptions, turn) =>
    uniform(x, checkedOptions, turn),
  )
}

/**
 * Returns the input smoothed by polynomials: each result is the value, or a derivative, of the
 * polynomial that fits the samples around it best (Savitzky and Golay 1964). It keeps the height of
 * narrow peaks better than a mean. As `scipy.signal.savgol_filter`.
 *
 * - `x`: an array of any rank; every line along `axis` is filtered alone.
 * - `options`: window in samples (default 5), order of the polynomial (2), derivative (0), spacing
 *   of the samples (1), axis (−1), boundary ('interp'), dtype, out and more;
 *   `SavitzkyGolayOptions` describes them.
 *
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for an order
 * that is not below the window (`OPTION_CONFLICT`), for a window that does not fit the axis with
 * 'interp' (`WINDOW_TOO_LARGE`), and for an axis that does not exist (`AXES_INVALID`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs `window` products per sample; with 'interp' also about `window` short calls for the ends.
 * Allocates the result.
 *
 * @example
 * await savitzkyGolay([3, 0, 6, 9, 9], { window: 3, order: 1 }) // [1.5, 3, 5, 8, 9.5]
 */
export function savitzkyGolay<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: SavitzkyGolayOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'savitzkyGolay', options, (checkedOptions, turn) =>
    polynomialFilter(x, checkedOptions, turn),
  )
}

/**
 * Returns the derivative of Sobel along one axis: the difference of the two neighbours along it,
 * smoothed with 1, 2, 1 along every other axis. Positive where the values grow. The result has the
 * shape of the input. As `scipy.ndimage.sobel`.
 *
 * - `x`: an array of any rank.
 * - `options`: axis (default −1, the last), boundary ('symmetric'), dtype, out and more;
 *   `DerivativeOptions` describes them.
 *
 * The weights are not divided by their sum: a slope of 1 per sample gives 2·4 = 8 in an image. The
 * result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for an axis
 * that does not exist (`AXES_INVALID`), and for a list of another length than the rank
 * (`AXES_MISMATCH`). In 'stridefold' the promise rejects with these errors. Costs at most 3 to the
 * power of the rank products per sample, and allocates the result.
 *
 * @example
 * await sobel([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) // [[4, 8, 4], [4, 8, 4], [4, 8, 4]]
 */
export function sobel<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: DerivativeOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'sobel', options, (checkedOptions, turn) =>
    derivative('sobel', x, checkedOptions, turn),
  )
}

/**
 * Returns the derivative of Prewitt along one axis: the difference of the two neighbours along it,
 * smoothed with 1, 1, 1 along every other axis. Positive where the values grow. The result has the
 * shape of the input. As `scipy.ndimage.prewitt`.
 *
 * - `x`: an array of any rank.
 * - `options`: axis (default −1, the last), boundary ('symmetric'), dtype, out and more;
 *   `DerivativeOptions` describes them.
 *
 * The weights are not divided by their sum: a slope of 1 per sample gives 2·3 = 6 in an image. The
 * result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for an axis
 * that does not exist (`AXES_INVALID`), and for a list of another length than the rank
 * (`AXES_MISMATCH`). In 'stridefold' the promise rejects with these errors. Costs at most 3 to the
 * power of the rank products per sample, and allocates the result.
 *
 * @example
 * await prewitt([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) // [[3, 6, 3], [3, 6, 3], [3, 6, 3]]
 */
export function prewitt<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: DerivativeOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'prewitt', options, (checkedOptions, turn) =>
    derivative('prewitt', x, checkedOptions, turn),
  )
}

/**
 * Returns the derivative of Scharr along one axis: the difference of the two neighbours along it,
 * smoothed with 3, 10, 3 along every other axis. Positive where the values grow. The result has the
 * shape of the input. Its response depends less on the angle
 * of an edge than that of `sobel` (Scharr 2000). As `cv2.Scharr`, with another default border.
 *
 * - `x`: an array of any rank.
 * - `options`: axis (default −1, the last), boundary ('symmetric'), dtype, out and more;
 *   `DerivativeOptions` describes them.
 *
 * The weights are not divided by their sum: a slope of 1 per sample gives 2·16 = 32 in an image.
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for an axis
 * that does not exist (`AXES_INVALID`), and for a list of another length than the rank
 * (`AXES_MISMATCH`). In 'stridefold' the promise rejects with these errors. Costs at most 3 to the
 * power of the rank products per sample, and allocates the result.
 *
 * @example
 * await scharr([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) // [[16, 32, 16], [16, 32, 16], [16, 32, 16]]
 */
export function scharr<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: DerivativeOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'scharr', options, (checkedOptions, turn) =>
    derivative('scharr', x, checkedOptions, turn),
  )
}

/**
 * Returns the sum of the second differences along all axes: the discrete Laplacian, with weights
 * 1, −2, 1 along each axis. The result has the shape of the input. As `scipy.ndimage.laplace`.
 *
 * - `x`: an array of any rank.
 * - `options`: axes (default all), boundary ('symmetric'), dtype, out and more; `AxesOptions`
 *   describes them.
 *
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), and for axes
 * and lists that do not fit the input (`AXES_INVALID`, `AXES_MISMATCH`). In 'stridefold' the
 * promise rejects with these errors. Costs at most 3 to the power of the axes products per sample,
 * and allocates the result.
 *
 * @example
 * await laplace([0, 1, 4, 9, 16]) // [1, 2, 2, 2, -7]
 */
export function laplace<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: AxesOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'laplace', options, (checkedOptions, turn) =>
    laplacian(x, checkedOptions, turn),
  )
}

/**
 * Returns the Laplacian of the input blurred with a Gaussian: negative on bright blobs of radius
 * √n·sigma in n dimensions. The result has the shape of the input. As
 * `scipy.ndimage.gaussian_laplace`; a list of borders has one per axis, as SciPy documents it.
 *
 * - `x`: an array of any rank.
 * - `options`: sigma in samples (default 1), truncate (4 sigma), radius, axes (all), boundary
 *   ('symmetric'), dtype, out and more; `GaussianOptions` describes them.
 *
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), and for axes
 * and lists that do not fit the input (`AXES_INVALID`, `AXES_MISMATCH`). In 'stridefold' the
 * promise rejects with these errors. Costs as many Gaussians as there are axes. Allocates the
 * result; more than 2¹⁸ weights in the product of all axes cost two more arrays of the input's
 * shape in float.
 *
 * @example
 * await gaussianLaplace([0, 0, 4, 0, 0], { radius: 1 }) // [0, 0, -1.80745, 0, 0]
 */
export function gaussianLaplace<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: GaussianOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'gaussianLaplace', options, (checkedOptions, turn) =>
    laplaceOfGaussian(x, checkedOptions, turn),
  )
}

/**
 * Returns the length of the gradient of the input blurred with a Gaussian: √Σ (∂x/∂axis)², in units
 * per sample. The result has the shape of the input. As
 * `scipy.ndimage.gaussian_gradient_magnitude`; a list of borders has one per axis, as SciPy
 * documents it.
 *
 * - `x`: an array of any rank.
 * - `options`: sigma in samples (default 1), truncate (4 sigma), radius, axes (all), boundary
 *   ('symmetric'), dtype, out and more; `GaussianOptions` describes them.
 *
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), and for axes
 * and lists that do not fit the input (`AXES_INVALID`, `AXES_MISMATCH`). In 'stridefold' the
 * promise rejects with these errors. Costs as many Gaussians as there are axes, and a pass over the
 * result for each. Allocates the result and one more array of its shape.
 *
 * @example
 * await gaussianGradientMagnitude([0, 0, 4, 0, 0], { radius: 1 }) // [0, 1.09627, 0, 1.09627, 0]
 */
export function gaussianGradientMagnitude<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: GaussianOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'gaussianGradientMagnitude', options, (checkedOptions, turn) =>
    gaussianGradient(x, checkedOptions, turn),
  )
}

/**
 * Returns the length of the gradient: √Σ g², where g are the derivatives of Sobel, Prewitt or
 * Scharr along all axes. The result has the shape of the input. As
 * `scipy.ndimage.generic_gradient_magnitude`; the weights are not divided by their sum.
 *
 * - `x`: an array of any rank.
 * - `options`: operator (default 'sobel'), axes (all), boundary ('symmetric'), dtype, out and more;
 *   `GradientMagnitudeOptions` describes them.
 *
 * The result is float32. It is float64 for float64 and int32 input; `dtype` overrides both. Throws
 * `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), and for axes
 * and lists that do not fit the input (`AXES_INVALID`, `AXES_MISMATCH`). In 'stridefold' the
 * promise rejects with these errors. Costs one filter and one pass over the result for each axis.
 * Allocates the result and one more array of its shape.
 *
 * @example
 * await gradientMagnitude([[0, 0], [0, 1]], { operator: 'prewitt' }) // [[1.41421, 2.23607],
 * //  [2.23607, 2.82843]]
 * await gradientMagnitude([0, 3, 3, 0]) // [3, 3, 3, 3]
 */
export function gradientMagnitude<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: GradientMagnitudeOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'gradientMagnitude', options, (checkedOptions, turn) =>
    gradientOf(x, checkedOptions, turn),
  )
}

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
 * await correlateNormalized([5, 5, 5, 9, 5], [0, 1, 0]) // [0, -0.5, 1]
 */
export function correlateNormalized<
  X extends ArrayInput,
  T extends ArrayInput,
  D extends DType = SumDType<X, T>,
  Out extends object = object,
>(x: X, template: T, options?: RunOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'correlateNormalized', options, (checkedOptions, turn) =>
    normalizedCorrelation(x, template, checkedOptions, turn),
  )
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
 * await autocorrelate([1, 2, 3]) // [3, 8, 14, 8, 3]
 */
export function autocorrelate<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: AutocorrelateOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(filterOptions, 'autocorrelate', options, (checkedOptions, turn) =>
    selfCorrelation(x, checkedOptions, turn),
  )
}

/**
 * Returns the image filtered with a kernel, or with several that are combined. The kernel is not
 * flipped (`correlate`), and the result has the size of the image. Alpha stays as it is, unless
 * `alpha` says otherwise.
 *
 * - `image`: ImageData, or `{ data, width, height }` of bytes with 1 to 4 channels. Alpha is the
 *   last of 2 or 4 channels.
 * - `kernel`: rows of numbers, or an array of rank 2; of rank 3 (rows × columns × filtered
 *   channels) with one kernel per channel. Or a list of such kernels, with `combine`.
 * - `options`: alpha ('keep'), channels ('each'), output ('clip'), boundary ('reflect'), combine,
 *   missing (a mask of pixels to leave out), threads, signal and more; `FilterImageOptions`
 *   describes them.
 *
 * `clipped` counts the samples that did not fit into bytes. Sums are float32. The call changes no
 * argument; in 'stridefold' leave the image alone until the promise settles. Throws `OptionError`
 * for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for an image whose data does
 * not fit its size (`PICTURE_INVALID`), for kernels of other ranks (`RANK_MISMATCH`), for a mask of
 * another shape (`SHAPE_MISMATCH`), for several kernels without `combine`, and for `alpha:
 * 'premultiply'` with `combine` or with a kernel that sums to 0 (`OPTION_CONFLICT`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs one `correlate` in float32 per kernel, and one pass over the samples. Allocates the result,
 * and one array of float32 per kernel. A blur, whose sums are bytes for any image, needs neither:
 * 640×480 RGBA with a Gaussian of 5×5 takes 2.4 ms of one core, and 0.4 ms more with a new sigma
 * (AMD EPYC under load, CPU time, Node 24, 2026-11-29). Missing pixels cost what missing samples do
 * (docs/missing.md), in float32.
 *
 * @example
 * const image = { data: Uint8Array.of(0, 9, 0, 255), width: 4, height: 1 }
 * const edges = await filterImage(image, [[1, 0, -1]], { output: 'abs' })
 * edges.data // [0, 0, 246, 0]
 * const { clipped } = await filterImage(image, [[1, 1, 1]], { boundary: 'zero' })
 * clipped // 1
 */
export function filterImage<I extends ImageInput>(
  image: I,
  kernel: ImageKernel,
  options?: FilterImageOptions,
): Promise<FilteredImage<I>> {
  return computeLater(filterOptions, 'filterImage', options, (checkedOptions, turn) =>
    filteredImage(image, kernel, checkedOptions, turn),
  )
}

/**
 * Returns the result of a 1-D layer, N×O×W′. Like every network layer, it is a correlation summed
 * over channels: it does not flip the weight.
 * y[n, o, q] = Σ_c Σ_t x[n, c, q·stride + t·dilation − before] · w[o, c, t], then bias and
 * activation. As `conv1d` in PyTorch.
 *
 * - `input`: N×C×W, or N×W×C with `layout: 'channels-last'`.
 * - `weight`: O×(C/groups)×kW, or the order of `weightLayout`.
 * - `options`: stride (default 1), padding (0), dilation (1), groups (1), bias, boundary ('zero'),
 *   layout, weightLayout, activation, dtype, out and more; `LayerOptions` describes each of them.
 *
 * An axis of n samples under k weights has
 * ⌊(n + before + after − dilation·(k − 1) − 1) / stride⌋ + 1 outputs. The result is float32. It is
 * float64 if an operand is float64 or int32; `dtype` overrides both. The call changes no argument
 * except `out`.
 *
 * Throws `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for
 * arrays that do not fit together (`RANK_MISMATCH`, `CHANNELS_MISMATCH`, `BIAS_MISMATCH`,
 * `WINDOW_TOO_LARGE`), and if the named algorithm cannot compute the problem (`ALGORITHM_REFUSED`).
 * Throws `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs at most N·O·W′·(C/groups)·kW products; `winograd` and `fft` need fewer. Allocates the
 * result, packed weights, which later calls with the same weights use again, and copies of arrays
 * on the heap.
 *
 * @example
 * await conv1d([[[1, 2, 3, 4]]], [[[1, 10]]], { stride: 2 }) // [[[21, 43]]]
 */
export function conv1d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'conv1d', options, (checkedOptions, turn) =>
    computeLayer('conv1d', input, weight, checkedOptions, turn),
  )
}

/**
 * Returns the result of a 2-D layer, N×O×H′×W′. Like every network layer, it is a correlation
 * summed over channels: it does not flip the weight.
 * y[n, o, q] = Σ_c Σ_t x[n, c, q·stride + t·dilation − before] · w[o, c, t], then bias and
 * activation. As `conv2d` in PyTorch.
 *
 * - `input`: N×C×H×W, or N×H×W×C with `layout: 'channels-last'`.
 * - `weight`: O×(C/groups)×kH×kW, or the order of `weightLayout`, which channels last require.
 * - `options`: stride (default 1), padding (0), dilation (1), groups (1), bias, boundary ('zero'),
 *   layout, weightLayout, activation, dtype, out and more; `LayerOptions` describes each of them.
 *
 * An axis of n samples under k weights has
 * ⌊(n + before + after − dilation·(k − 1) − 1) / stride⌋ + 1 outputs. The result is float32. It is
 * float64 if an operand is float64 or int32; `dtype` overrides both. The call changes no argument
 * except `out`.
 *
 * Throws `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for
 * arrays that do not fit together (`RANK_MISMATCH`, `CHANNELS_MISMATCH`, `BIAS_MISMATCH`,
 * `WINDOW_TOO_LARGE`), and if the named algorithm cannot compute the problem (`ALGORITHM_REFUSED`).
 * Throws `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs at most N·O·H′·W′·(C/groups)·kH·kW products; `winograd` and `fft` need fewer. Allocates the
 * result, packed weights, which later calls with the same weights use again, and copies of arrays
 * on the heap. A layer of 64 → 64 channels, 3×3 over 56×56, takes 1.2 ms (one core of an Intel Xeon
 * with AVX-512, Node 24, docs/benchmarks.md).
 *
 * @example
 * await conv2d([[[[3, 9, 0], [2, 8, 1], [1, 4, 8]]]], [[[[8, 9], [4, 4]]]], { bias: [0.06] })
 * // [[[[145.06, 108.06], [108.06, 121.06]]]]
 */
export function conv2d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'conv2d', options, (checkedOptions, turn) =>
    computeLayer('conv2d', input, weight, checkedOptions, turn),
  )
}

/**
 * Returns the result of a 3-D layer, N×O×D′×H′×W′. Like every network layer, it is a correlation
 * summed over channels: it does not flip the weight.
 * y[n, o, q] = Σ_c Σ_t x[n, c, q·stride + t·dilation − before] · w[o, c, t], then bias and
 * activation. As `conv3d` in PyTorch.
 *
 * - `input`: N×C×D×H×W, or N×D×H×W×C with `layout: 'channels-last'`.
 * - `weight`: O×(C/groups)×kD×kH×kW, or the order of `weightLayout`.
 * - `options`: stride (default 1), padding (0), dilation (1), groups (1), bias, boundary ('zero'),
 *   layout, weightLayout, activation, dtype, out and more; `LayerOptions` describes each of them.
 *
 * An axis of n samples under k weights has
 * ⌊(n + before + after − dilation·(k − 1) − 1) / stride⌋ + 1 outputs. The result is float32. It is
 * float64 if an operand is float64 or int32; `dtype` overrides both. The call changes no argument
 * except `out`.
 *
 * Throws `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for
 * arrays that do not fit together (`RANK_MISMATCH`, `CHANNELS_MISMATCH`, `BIAS_MISMATCH`,
 * `WINDOW_TOO_LARGE`), and if the named algorithm cannot compute the problem (`ALGORITHM_REFUSED`).
 * Throws `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs at most N·O·D′·H′·W′·(C/groups)·kD·kH·kW products; `winograd` and `fft` need fewer.
 * Allocates the result, packed weights, which later calls with the same weights use again, and
 * copies of arrays on the heap.
 *
 * @example
 * await conv3d([[[[[1, 2]], [[3, 4]]]]], [[[[[1, 10]], [[100, 1000]]]]]) // [[[[[4321]]]]]
 */
export function conv3d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'conv3d', options, (checkedOptions, turn) =>
    computeLayer('conv3d', input, weight, checkedOptions, turn),
  )
}

/**
 * Returns the result of a transposed 1-D layer, N×O×W′: the adjoint of `conv1d` with the same
 * options. It maps the output shape of that layer to its input shape, as `conv_transpose1d` in
 * PyTorch. Every sample x[n, c, q] is multiplied by the weights and added to the result at q·stride
 * + t·dilation − before.
 *
 * - `input`: N×C×W, or N×W×C with `layout: 'channels-last'`.
 * - `weight`: C×(O/groups)×kW, or the order of `weightLayout`.
 * - `options`: stride (default 1), padding (0), dilation (1), groups (1), outputPadding (0),
 *   outputShape, bias, boundary ('zero'), layout, weightLayout, activation, dtype, out and more;
 *   `TransposedOptions` describes each of them.
 *
 * An axis of n samples has (n − 1)·stride + dilation·(k − 1) + 1 − before − after + outputPadding
 * outputs. The result is float32. It is float64 if an operand is float64 or int32; `dtype`
 * overrides both. The call changes no argument except `out`.
 *
 * Throws `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for
 * arrays that do not fit together (`RANK_MISMATCH`, `CHANNELS_MISMATCH`, `BIAS_MISMATCH`), and for
 * impossible extents (`OUTPUT_EMPTY`, `OUTPUT_PADDING_TOO_LARGE`, `OUTPUT_SHAPE_IMPOSSIBLE`).
 * Throws `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs as many products as the forward layer; the zeros between samples of a stride are not
 * multiplied. Allocates the result, packed weights and copies of arrays on the heap. A border that
 * repeats samples also needs the result of a zero border with its padding.
 *
 * @example
 * await convTranspose1d([[[1, 2]]], [[[1, 10]]], { stride: 2 }) // [[[1, 10, 2, 20]]]
 */
export function convTranspose1d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'convTranspose1d', options, (checkedOptions, turn) =>
    computeLayer('convTranspose1d', input, weight, checkedOptions, turn),
  )
}

/**
 * Returns the result of a transposed 2-D layer, N×O×H′×W′: the adjoint of `conv2d` with the same
 * options. It maps the output shape of that layer to its input shape, as `conv_transpose2d` in
 * PyTorch. Every sample x[n, c, q] is multiplied by the weights and added to the result at q·stride
 * + t·dilation − before.
 *
 * - `input`: N×C×H×W, or N×H×W×C with `layout: 'channels-last'`.
 * - `weight`: C×(O/groups)×kH×kW, or the order of `weightLayout`.
 * - `options`: stride (default 1), padding (0), dilation (1), groups (1), outputPadding (0),
 *   outputShape, bias, boundary ('zero'), layout, weightLayout, activation, dtype, out and more;
 *   `TransposedOptions` describes each of them.
 *
 * An axis of n samples has (n − 1)·stride + dilation·(k − 1) + 1 − before − after + outputPadding
 * outputs. The result is float32. It is float64 if an operand is float64 or int32; `dtype`
 * overrides both. The call changes no argument except `out`.
 *
 * Throws `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for
 * arrays that do not fit together (`RANK_MISMATCH`, `CHANNELS_MISMATCH`, `BIAS_MISMATCH`), and for
 * impossible extents (`OUTPUT_EMPTY`, `OUTPUT_PADDING_TOO_LARGE`, `OUTPUT_SHAPE_IMPOSSIBLE`).
 * Throws `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs as many products as the forward layer; the zeros between samples of a stride are not
 * multiplied. Allocates the result, packed weights and copies of arrays on the heap. A border that
 * repeats samples also needs the result of a zero border with its padding.
 *
 * @example
 * await convTranspose2d([[[[1, 2]]]], [[[[1, 10], [100, 1000]]]])
 * // [[[[1, 12, 20], [100, 1200, 2000]]]]
 */
export function convTranspose2d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'convTranspose2d', options, (checkedOptions, turn) =>
    computeLayer('convTranspose2d', input, weight, checkedOptions, turn),
  )
}

/**
 * Returns the result of a transposed 3-D layer, N×O×D′×H′×W′: the adjoint of `conv3d` with the same
 * options. It maps the output shape of that layer to its input shape, as `conv_transpose3d` in
 * PyTorch. Every sample x[n, c, q] is multiplied by the weights and added to the result at q·stride
 * + t·dilation − before.
 *
 * - `input`: N×C×D×H×W, or N×D×H×W×C with `layout: 'channels-last'`.
 * - `weight`: C×(O/groups)×kD×kH×kW, or the order of `weightLayout`.
 * - `options`: stride (default 1), padding (0), dilation (1), groups (1), outputPadding (0),
 *   outputShape, bias, boundary ('zero'), layout, weightLayout, activation, dtype, out and more;
 *   `TransposedOptions` describes each of them.
 *
 * An axis of n samples has (n − 1)·stride + dilation·(k − 1) + 1 − before − after + outputPadding
 * outputs. The result is float32. It is float64 if an operand is float64 or int32; `dtype`
 * overrides both. The call changes no argument except `out`.
 *
 * Throws `OptionError` for options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`), for
 * arrays that do not fit together (`RANK_MISMATCH`, `CHANNELS_MISMATCH`, `BIAS_MISMATCH`), and for
 * impossible extents (`OUTPUT_EMPTY`, `OUTPUT_PADDING_TOO_LARGE`, `OUTPUT_SHAPE_IMPOSSIBLE`).
 * Throws `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs as many products as the forward layer; the zeros between samples of a stride are not
 * multiplied. Allocates the result, packed weights and copies of arrays on the heap. A border that
 * repeats samples also needs the result of a zero border with its padding.
 *
 * @example
 * await convTranspose3d([[[[[1, 2]]]]], [[[[[1, 10]], [[100, 1000]]]]])
 * // [[[[[1, 12, 20]], [[100, 1200, 2000]]]]]
 */
export function convTranspose3d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'convTranspose3d', options, (checkedOptions, turn) =>
    computeLayer('convTranspose3d', input, weight, checkedOptions, turn),
  )
}

/**
 * Returns the derivative with respect to the input of `conv1d`, `conv2d` or `conv3d`, in the shape
 * and layout of that input. The rank of the arrays selects the layer.
 * dx[n, c, i] = Σ_o Σ_q dy[n, o, q] · Σ_t w[o, c, t], summed over the taps t with which output q
 * reads sample i. Samples that a border repeats count too.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weight`: the weight of the layer, O×(C/groups)×spatial.
 * - `inputShape`: the whole shape of the input of the layer, such as [N, C, H, W]. Needed because
 *   several input shapes have the same result shape.
 * - `options`: those of the layer, as `LayerOptions` describes them. `dtype`, `out` and the other
 *   run options apply to this result. `bias` has no effect.
 *
 * The result is float32. It is float64 if an operand is float64 or int32; `dtype` overrides both.
 * Throws `OptionError` for everything that the layer rejects, for `activation` (`OPTION_INVALID`),
 * and if gradOutput does not have the shape of the layer's result (`SHAPE_MISMATCH`). Throws
 * `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs as many products as the layer, and allocates as `convTranspose2d` does. docs/gradients.md
 * has the derivation; PyTorch calls it `conv2d_input`.
 *
 * @example
 * await convInputGradient([[[1, 10]]], [[[2, 3]]], [1, 1, 3]) // [[[2, 23, 30]]]
 */
export function convInputGradient<
  G extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<G, K>,
  Out extends object = object,
>(
  gradOutput: G,
  weight: K,
  inputShape: readonly number[],
  options?: ForwardGradientOptions<D, Out>,
): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(gradientOptions, 'convInputGradient', options, (checkedOptions, turn) =>
    inputGradient(gradOutput, weight, inputShape, checkedOptions, turn),
  )
}

/**
 * Returns the derivative with respect to the input of `convTranspose1d`, `2d` or `3d`, in the shape
 * and layout of that input. It is the forward layer with these options, applied to gradOutput. A
 * constant border counts as zero, as it does in the transposed layer.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weight`: the weight of the layer, C×(O/groups)×spatial.
 * - `options`: those of the layer, outputPadding or outputShape included, as `TransposedOptions`
 *   describes them. `dtype`, `out` and the other run options apply to this result. `bias` has no
 *   effect.
 *
 * The result is float32. It is float64 if an operand is float64 or int32; `dtype` overrides both.
 * Throws `OptionError` for everything that the layer rejects, for `activation` (`OPTION_INVALID`),
 * and if gradOutput does not have the shape of the layer's result (`SHAPE_MISMATCH`). Throws
 * `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs as many products as the layer, and allocates as `conv2d` does. docs/gradients.md has the
 * derivation.
 *
 * @example
 * await convTransposeInputGradient([[[1, 2, 4]]], [[[1, 10]]]) // [[[21, 42]]]
 */
export function convTransposeInputGradient<
  G extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<G, K>,
  Out extends object = object,
>(
  gradOutput: G,
  weight: K,
  options?: TransposedGradientOptions<D, Out>,
): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(
    gradientOptions,
    'convTransposeInputGradient',
    options,
    (checkedOptions, turn) => transposedInputGradient(gradOutput, weight, checkedOptions, turn),
  )
}

/**
 * Returns the derivative with respect to the weight of `conv1d`, `conv2d` or `conv3d`, in the shape
 * and weightLayout of that weight.
 * dw[o, c, t] = Σ_n Σ_q dy[n, o, q] · x[n, c, q·stride + t·dilation − before].
 *
 * - `input`: the input of the layer, N×C×spatial.
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weightShape`: the whole shape of the weight, such as [O, C/groups, kH, kW]. Needed because a
 *   stride may leave samples over.
 * - `options`: those of the layer, as `LayerOptions` describes them. `dtype`, `out` and the other
 *   run options apply to this result. `bias` has no effect.
 *
 * The result is float32. It is float64 if an operand is float64 or int32; `dtype` overrides both.
 * Throws `OptionError` for everything that the layer rejects, for `activation` (`OPTION_INVALID`),
 * and if gradOutput does not have the shape of the layer's result (`SHAPE_MISMATCH`). Throws
 * `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs as many products as the layer. Allocates the result and a workspace; with groups and a
 * batch of more than one it also copies the input. docs/gradients.md has the derivation; PyTorch
 * calls it `conv2d_weight`.
 *
 * @example
 * await convWeightGradient([[[1, 2, 4]]], [[[1, 10]]], [1, 1, 2]) // [[[21, 42]]]
 */
export function convWeightGradient<
  X extends ArrayInput,
  G extends ArrayInput,
  D extends DType = SumDType<X, G>,
  Out extends object = object,
>(
  input: X,
  gradOutput: G,
  weightShape: readonly number[],
  options?: ForwardGradientOptions<D, Out>,
): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(gradientOptions, 'convWeightGradient', options, (checkedOptions, turn) =>
    weightGradient(input, gradOutput, weightShape, checkedOptions, turn),
  )
}

/**
 * Returns the derivative with respect to the weight of `convTranspose1d`, `2d` or `3d`, in the
 * shape and weightLayout of that weight.
 * dw[c, o, t] = Σ_n Σ_q x[n, c, q] · dy[n, o, q·stride + t·dilation − before].
 *
 * - `input`: the input of the layer, N×C×spatial.
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weightShape`: the whole shape of the weight, such as [C, O/groups, kH, kW].
 * - `options`: those of the layer, outputPadding or outputShape included, as `TransposedOptions`
 *   describes them. `dtype`, `out` and the other run options apply to this result. `bias` has no
 *   effect.
 *
 * The result is float32. It is float64 if an operand is float64 or int32; `dtype` overrides both.
 * Throws `OptionError` for everything that the layer rejects, for `activation` (`OPTION_INVALID`),
 * and if gradOutput does not have the shape of the layer's result (`SHAPE_MISMATCH`). Throws
 * `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * Costs as many products as the layer. Allocates the result and a workspace; with groups and a
 * batch of more than one it also copies gradOutput. docs/gradients.md has the derivation.
 *
 * @example
 * await convTransposeWeightGradient([[[1, 10]]], [[[1, 2, 4]]], [1, 1, 2]) // [[[21, 42]]]
 */
export function convTransposeWeightGradient<
  X extends ArrayInput,
  G extends ArrayInput,
  D extends DType = SumDType<X, G>,
  Out extends object = object,
>(
  input: X,
  gradOutput: G,
  weightShape: readonly number[],
  options?: TransposedGradientOptions<D, Out>,
): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(
    gradientOptions,
    'convTransposeWeightGradient',
    options,
    (checkedOptions, turn) =>
      transposedWeightGradient(input, gradOutput, weightShape, checkedOptions, turn),
  )
}

/**
 * Returns the derivative with respect to the bias of a layer, forward or transposed: one number for
 * each output channel. Each number is the sum of gradOutput over the batch and all positions. The
 * sums are formed in float64 and rounded once.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial, or
 *   N×spatial×O with `layout: 'channels-last'`.
 * - `options`: those of the layer, as `TransposedOptions` describes them; only `layout`, `dtype`
 *   and `out` have an effect.
 *
 * A `weightLayout` is not needed. The result has the type of gradOutput; `dtype` overrides it.
 * Throws `OptionError` for `activation` (`OPTION_INVALID`), for ranks other than 3 to 5
 * (`RANK_MISMATCH`), and for an `out` of another shape or type (`SHAPE_MISMATCH`,
 * `DTYPE_MISMATCH`). In 'stridefold' the promise rejects with these errors. Costs one pass over
 * gradOutput in JavaScript, and allocates O numbers.
 *
 * @example
 * await convBiasGradient([[[1, 2], [3, 4]]]) // [3, 7]
 */
export function convBiasGradient<
  G extends ArrayInput,
  D extends DType = SumDType<G>,
  Out extends object = object,
>(
  gradOutput: G,
  options?: TransposedGradientOptions<D, Out>,
): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(gradientOptions, 'convBiasGradient', options, (checkedOptions) =>
    convBiasGradientSync(gradOutput, checkedOptions),
  )
}
