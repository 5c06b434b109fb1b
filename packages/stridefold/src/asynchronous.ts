/**
 * The asynchronous calls. Do not change this file: `npm run asynchronous` writes it from the
 * synchronous calls and their documentation.
 */

import { computeLater } from './compute-later.ts'
import { convolve as convolveSync, correlate as correlateSync } from './convolve.ts'
import { validateCallOptions } from './geometry/check-options.ts'
import type { ConvolveOptions, LayerOptions, TransposedOptions } from './geometry/options.ts'
import { convBiasGradient as convBiasGradientSync } from './gradients/bias.ts'
import {
  convInputGradient as convInputGradientSync,
  convTransposeInputGradient as convTransposeInputGradientSync,
} from './gradients/input.ts'
import {
  type ForwardGradientOptions,
  gradientOptions,
  type TransposedGradientOptions,
} from './gradients/options.ts'
import {
  convTransposeWeightGradient as convTransposeWeightGradientSync,
  convWeightGradient as convWeightGradientSync,
} from './gradients/weight.ts'
import {
  conv1d as conv1dSync,
  conv2d as conv2dSync,
  conv3d as conv3dSync,
  convTranspose1d as convTranspose1dSync,
  convTranspose2d as convTranspose2dSync,
  convTranspose3d as convTranspose3dSync,
} from './layers.ts'
import type { DType } from './ndarray/dtype.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import type { ResultDType, SumDType } from './ndarray/result-type.ts'

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
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'convolve', options, (checkedOptions) =>
    convolveSync(input, kernel, checkedOptions),
  )
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
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'correlate', options, (checkedOptions) =>
    correlateSync(input, kernel, checkedOptions),
  )
}

/**
 * Returns the result of a 1-D layer, N×O×W′, for an input N×C×W and a weight
 * O×(C/groups)×kW. Options, errors and the example are those of `conv2d`.
 */
export function conv1d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'conv1d', options, (checkedOptions) =>
    conv1dSync(input, weight, checkedOptions),
  )
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
>(input: X, weight: K, options?: LayerOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'conv2d', options, (checkedOptions) =>
    conv2dSync(input, weight, checkedOptions),
  )
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
>(input: X, weight: K, options?: LayerOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'conv3d', options, (checkedOptions) =>
    conv3dSync(input, weight, checkedOptions),
  )
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
>(input: X, weight: K, options?: TransposedOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'convTranspose1d', options, (checkedOptions) =>
    convTranspose1dSync(input, weight, checkedOptions),
  )
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
>(input: X, weight: K, options?: TransposedOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'convTranspose2d', options, (checkedOptions) =>
    convTranspose2dSync(input, weight, checkedOptions),
  )
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
>(input: X, weight: K, options?: TransposedOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'convTranspose3d', options, (checkedOptions) =>
    convTranspose3dSync(input, weight, checkedOptions),
  )
}

/**
 * Returns the derivative with respect to the input of `conv1d`, `conv2d` or `conv3d`, in the shape
 * and layout of that input. The rank of the arrays selects the layer.
 * dx[n, c, i] = Σ_o Σ_q dy[n, o, q] · Σ_t w[o, c, t], summed over the taps t with which output q
 * reads sample i. Samples that a border repeats count too.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weight`: the weight of the layer.
 * - `inputShape`: the whole shape of the input of the layer.
 * - `options`: those of the layer; `dtype`, `out` and the other run options apply to this result.
 *
 * Throws `OptionError` for everything that the layer rejects, for `activation`, and if gradOutput
 * does not have the shape of the result. Costs as many products as the layer.
 *
 * @example
 * convInputGradient([[[1, 10]]], [[[2, 3]]], [1, 1, 3]) // [[[2, 23, 30]]]
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
  return computeLater(gradientOptions, 'convInputGradient', options, (checkedOptions) =>
    convInputGradientSync(gradOutput, weight, inputShape, checkedOptions),
  )
}

/**
 * Returns the derivative with respect to the input of `convTranspose1d`, `2d` or `3d`, in the shape
 * and layout of that input. It is the forward layer with these options, applied to gradOutput. A
 * constant border counts as zero, as it does in the transposed layer.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weight`: the weight of the layer, C×(O/groups)×spatial.
 * - `options`: those of the layer, outputPadding or outputShape included.
 *
 * Throws `OptionError` for everything that the layer rejects, for `activation`, and if gradOutput
 * does not have the shape of the result. Costs as many products as the layer.
 *
 * @example
 * convTransposeInputGradient([[[1, 2, 4]]], [[[1, 10]]]) // [[[21, 42]]]
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
  return computeLater(gradientOptions, 'convTransposeInputGradient', options, (checkedOptions) =>
    convTransposeInputGradientSync(gradOutput, weight, checkedOptions),
  )
}

/**
 * Returns the derivative with respect to the weight of `conv1d`, `conv2d` or `conv3d`, in the shape
 * and weightLayout of that weight.
 * dw[o, c, t] = Σ_n Σ_q dy[n, o, q] · x[n, c, q·stride + t·dilation − before].
 *
 * - `input`: the input of the layer.
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weightShape`: the whole shape of the weight.
 * - `options`: those of the layer; `dtype`, `out` and the other run options apply to this result.
 *
 * Throws `OptionError` as `convInputGradient` does. Costs as many products as the layer. With
 * groups and a batch it also copies the input.
 *
 * @example
 * convWeightGradient([[[1, 2, 4]]], [[[1, 10]]], [1, 1, 2]) // [[[21, 42]]]
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
  return computeLater(gradientOptions, 'convWeightGradient', options, (checkedOptions) =>
    convWeightGradientSync(input, gradOutput, weightShape, checkedOptions),
  )
}

/**
 * Returns the derivative with respect to the weight of `convTranspose1d`, `2d` or `3d`, in the
 * shape and weightLayout of that weight.
 *
 * - `input`: the input of the layer.
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weightShape`: the whole shape of the weight.
 * - `options`: those of the layer, outputPadding or outputShape included.
 *
 * Throws `OptionError` as `convTransposeInputGradient` does. Costs as many products as the layer.
 * With groups and a batch it also copies gradOutput.
 *
 * @example
 * convTransposeWeightGradient([[[1, 10]]], [[[1, 2, 4]]], [1, 1, 2]) // [[[21, 42]]]
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
  return computeLater(gradientOptions, 'convTransposeWeightGradient', options, (checkedOptions) =>
    convTransposeWeightGradientSync(input, gradOutput, weightShape, checkedOptions),
  )
}

/**
 * Returns the derivative with respect to the bias of a layer, forward or transposed: one number for
 * each output channel. Each number is the sum of gradOutput over the batch and all positions, in
 * float64.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `options`: those of the layer; only `layout`, `dtype` and `out` have an effect.
 *
 * Throws `OptionError` for `activation` and for ranks other than 3 to 5.
 *
 * @example
 * convBiasGradient([[[1, 2], [3, 4]]]) // [3, 7]
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
