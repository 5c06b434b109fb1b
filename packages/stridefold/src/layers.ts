/**
 * Network layers: correlation summed over channels, forward and transposed, in one, two and three
 * dimensions.
 */

import type { LayerOptions, TransposedOptions } from './geometry/options.ts'
import type { DType } from './ndarray/dtype.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import type { ResultDType, SumDType } from './ndarray/result-type.ts'
import { compute } from './runtime/call.ts'

/**
 * Returns the result of a 1-D layer, N×O×W′, for an input N×C×W and a weight
 * O×(C/groups)×kW. Options, errors and the example are those of `conv2d`.
 */
export function conv1d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return compute('conv1d', input, weight, options)
}

/**
 * Returns the result of a 2-D layer, N×O×H′×W′. Like every network layer, it is a correlation: it
 * does not flip the weight.
 *
 * - `input`: N×C×H×W, or N×H×W×C with `layout: 'channels-last'`.
 * - `weight`: O×(C/groups)×kH×kW, or the order of `weightLayout`.
 * - `options`: stride, padding (default 0), dilation, groups, bias, boundary, layout,
 *   weightLayout, activation and more; `LayerOptions` describes each of them.
 *
 * The call changes no argument except `out`. Throws `OptionError` if options or shapes do not fit,
 * and `UnavailableError` if there is not enough memory (`MEMORY_LIMIT`, `OUT_OF_MEMORY`). In
 * 'stridefold' the promise rejects with these errors.
 *
 * @example
 * conv2d([[[[3, 9, 0], [2, 8, 1], [1, 4, 8]]]], [[[[8, 9], [4, 4]]]], { bias: [0.06] })
 * // [[[[145.06, 108.06], [108.06, 121.06]]]]
 */
export function conv2d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return compute('conv2d', input, weight, options)
}

/**
 * Returns the result of a 3-D layer, N×O×D′×H′×W′, for an input N×C×D×H×W and a weight
 * O×(C/groups)×kD×kH×kW. Options, errors and the example are those of `conv2d`.
 */
export function conv3d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return compute('conv3d', input, weight, options)
}

/**
 * Returns the result of a transposed 1-D layer: the adjoint of `conv1d` with the same options. It
 * maps the output shape of that layer to its input shape. The input is N×C×spatial, the weight
 * C×(O/groups)×spatial, the result N×O×spatial. `TransposedOptions` describes the options; errors
 * are those of `conv2d`.
 */
export function convTranspose1d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return compute('convTranspose1d', input, weight, options)
}

/**
 * Returns the result of a transposed 2-D layer: the adjoint of `conv2d` with the same options. It
 * maps the output shape of that layer to its input shape. The input is N×C×spatial, the weight
 * C×(O/groups)×spatial, the result N×O×spatial. `TransposedOptions` describes the options; errors
 * are those of `conv2d`.
 */
export function convTranspose2d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return compute('convTranspose2d', input, weight, options)
}

/**
 * Returns the result of a transposed 3-D layer: the adjoint of `conv3d` with the same options. It
 * maps the output shape of that layer to its input shape. The input is N×C×spatial, the weight
 * C×(O/groups)×spatial, the result N×O×spatial. `TransposedOptions` describes the options; errors
 * are those of `conv2d`.
 */
export function convTranspose3d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return compute('convTranspose3d', input, weight, options)
}
