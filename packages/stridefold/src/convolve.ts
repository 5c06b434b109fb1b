/**
 * Signals, images and volumes of any rank: `convolve` flips the kernel, `correlate` does not.
 */

import type { ConvolveOptions } from './geometry/options.ts'
import { computeConvolution } from './missing/signal.ts'
import type { DType } from './ndarray/dtype.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import type { ResultDType, SumDType } from './ndarray/result-type.ts'
import { now } from './runtime/eventual.ts'

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
 * convolve([1, 2, 3], [0, 1, 0.5], { mode: 'full' }) // [0, 1, 2.5, 4, 1.5]
 * convolve([1, NaN, 3], [1, 1, 1], { missing: 'nan' }) // [1.5, 6, 4.5]
 */
export function convolve<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(computeConvolution('convolve', input, kernel, options))
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
 * correlate([1, 2, 3], [0, 1, 0.5], { mode: 'full' }) // [0.5, 2, 3.5, 3, 0]
 * correlate([1, 2, 6], [1, 1, 1], { boundary: 'missing' }) // [4.5, 9, 12]
 */
export function correlate<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(computeConvolution('correlate', input, kernel, options))
}
