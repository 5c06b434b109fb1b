/**
 * Filters that find edges, by name, in any rank. They mean what `scipy.ndimage` means by the same
 * names.
 */

import type { DType } from '../ndarray/dtype.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { ResultDType, SumDType } from '../ndarray/result-type.ts'
import { now } from '../runtime/eventual.ts'
import { derivative, gradientOf, laplacian } from './differences.ts'
import { gaussianGradient, laplaceOfGaussian } from './gaussian.ts'
import type {
  AxesOptions,
  DerivativeOptions,
  GaussianOptions,
  GradientMagnitudeOptions,
} from './options.ts'

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
 * sobel([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) // [[4, 8, 4], [4, 8, 4], [4, 8, 4]]
 */
export function sobel<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: DerivativeOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(derivative('sobel', x, options))
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
 * prewitt([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) // [[3, 6, 3], [3, 6, 3], [3, 6, 3]]
 */
export function prewitt<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: DerivativeOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(derivative('prewitt', x, options))
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
 * scharr([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) // [[16, 32, 16], [16, 32, 16], [16, 32, 16]]
 */
export function scharr<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: DerivativeOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(derivative('scharr', x, options))
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
 * laplace([0, 1, 4, 9, 16]) // [1, 2, 2, 2, -7]
 */
export function laplace<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: AxesOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(laplacian(x, options))
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
 * gaussianLaplace([0, 0, 4, 0, 0], { radius: 1 }) // [0, 0, -1.80745, 0, 0]
 */
export function gaussianLaplace<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: GaussianOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(laplaceOfGaussian(x, options))
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
 * gaussianGradientMagnitude([0, 0, 4, 0, 0], { radius: 1 }) // [0, 1.09627, 0, 1.09627, 0]
 */
export function gaussianGradientMagnitude<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: GaussianOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(gaussianGradient(x, options))
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
 * gradientMagnitude([[0, 0], [0, 1]], { operator: 'prewitt' }) // [[1.41421, 2.23607],
 * //  [2.23607, 2.82843]]
 * gradientMagnitude([0, 3, 3, 0]) // [3, 3, 3, 3]
 */
export function gradientMagnitude<
  X extends ArrayInput,
  D extends DType = SumDType<X>,
  Out extends object = object,
>(x: X, options?: GradientMagnitudeOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(gradientOf(x, options))
}
