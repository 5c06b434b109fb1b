/**
 * Signals, images and volumes of any rank: `convolve` flips the kernel, `correlate` does not.
 */

import type { ConvolveOptions } from './geometry/options.ts'
import type { DType } from './ndarray/dtype.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import type { ResultDType, SumDType } from './ndarray/result-type.ts'
import { compute } from './runtime/call.ts'

/**
 * Returns the convolution of `input` with `kernel`, which it flips:
 * y[q] = Σ_t x[q·stride − t·dilation + before′] · k[t]. This is the convolution of mathematics and
 * of `numpy.convolve`.
 *
 * - `input`: an array of any rank: an `NdArray`, a typed array, nested numbers, ImageData (H×W×4),
 *   or an array of another library, recognised by its structure.
 * - `kernel`: an array of the rank of the input, or of one axis less with `channelAxis`.
 * - `options`: mode (default 'same'), boundary (default 'zero'), stride, dilation, channelAxis,
 *   bias, dtype, out and more; `ConvolveOptions` describes each of them.
 *
 * The result is float32. It is float64 if an operand is float64 or int32; `dtype` overrides both.
 * The call changes no argument except `out`. Throws `OptionError` if options or shapes do not fit,
 * and `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * @example
 * convolve([1, 2, 3], [0, 1, 0.5], { mode: 'full' }) // [0, 1, 2.5, 4, 1.5]
 */
export function convolve<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return compute('convolve', input, kernel, options)
}

/**
 * Returns the correlation of `input` with the kernel as it is, not flipped:
 * y[q] = Σ_t x[q·stride + t·dilation − before] · k[t]. Image filters and networks call this
 * convolution.
 *
 * Operands, options, result and errors are those of `convolve`.
 *
 * @example
 * correlate([1, 2, 3], [0, 1, 0.5], { mode: 'full' }) // [0.5, 2, 3.5, 3, 0]
 */
export function correlate<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return compute('correlate', input, kernel, options)
}
