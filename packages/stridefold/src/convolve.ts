/**
 * Signals, images, volumes of any rank: `convolve` turns the kernel round, `correlate` does not.
 */

import type { ConvolveOptions } from './geometry/options.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import { compute, computed } from './planner/calls.ts'

/**
 * The convolution of `input` with `kernel` turned round: y[q] = Σ_t x[q·stride − t·dilation +
 * before′] · k[t], the mathematician's convolution.
 *
 * - `input`: any rank; our arrays, typed arrays, nested numbers, ImageData (H×W×4), arrays of other
 *   libraries by structure.
 * - `kernel`: the input's rank, or one less with `channelAxis`.
 * - `options`: see `ConvolveOptions`: mode (default 'same'), boundary (default 'zero'), stride,
 *   dilation, channelAxis, bias, dtype, out, …
 *
 * The result is float32, or float64 where an operand is float64 or int32 or `dtype` says so.
 * Nothing but `out` is changed. Throws `OptionError` for options and shapes that fit nothing,
 * `UnavailableError` where memory does not suffice.
 *
 * @example
 * convolve([1, 2, 3], [0, 1, 0.5], { mode: 'full' }) // [0, 1, 2.5, 4, 1.5]
 */
export function convolveSync(
  input: ArrayInput,
  kernel: ArrayInput,
  options?: ConvolveOptions,
): NdArray {
  return compute('convolve', input, kernel, options)
}

/**
 * The correlation of `input` with `kernel` as it is: y[q] = Σ_t x[q·stride + t·dilation − before] ·
 * k[t], what image filters and networks call convolution. Operands, options, result and errors as
 * those of `convolve`.
 *
 * @example
 * correlate([1, 2, 3], [0, 1, 0.5], { mode: 'full' }) // [0.5, 2, 3.5, 3, 0]
 */
export function correlateSync(
  input: ArrayInput,
  kernel: ArrayInput,
  options?: ConvolveOptions,
): NdArray {
  return compute('correlate', input, kernel, options)
}

/** `convolve` of 'stridefold/sync' as a promise. */
export function convolve(
  input: ArrayInput,
  kernel: ArrayInput,
  options?: ConvolveOptions,
): Promise<NdArray> {
  return computed('convolve', input, kernel, options)
}

/** `correlate` of 'stridefold/sync' as a promise. */
export function correlate(
  input: ArrayInput,
  kernel: ArrayInput,
  options?: ConvolveOptions,
): Promise<NdArray> {
  return computed('correlate', input, kernel, options)
}
