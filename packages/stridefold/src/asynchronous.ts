/**
 * The asynchronous calls. Do not change this file: `npm run asynchronous` writes it from the
 * synchronous calls and their documentation.
 */

import { computeLater } from './compute-later.ts'
import { validateCallOptions } from './geometry/check-options.ts'
import type { ConvolveOptions, LayerOptions, TransposedOptions } from './geometry/options.ts'
import { convBiasGradient as convBiasGradientSync } from './gradients/bias.ts'
import { inputGradient, transposedInputGradient } from './gradients/input-as-layer.ts'
import {
  type ForwardGradientOptions,
  gradientOptions,
  type TransposedGradientOptions,
} from './gradients/options.ts'
import { transposedWeightGradient, weightGradient } from './gradients/weight-of-layer.ts'
import type { DType } from './ndarray/dtype.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import type { ResultDType, SumDType } from './ndarray/result-type.ts'
import { computeLayer, computeSignal } from './runtime/call.ts'

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
 *   bias, dtype, out and more; `ConvolveOptions` describes each of them.
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
 */
export function convolve<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'convolve', options, (checkedOptions, turn) =>
    computeSignal('convolve', input, kernel, checkedOptions, turn),
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
 *   bias, dtype, out and more; `ConvolveOptions` describes each of them.
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
 */
export function correlate<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, kernel: K, options?: ConvolveOptions<D, Out>): Promise<NdArray<ResultDType<D, Out>>> {
  return computeLater(validateCallOptions, 'correlate', options, (checkedOptions, turn) =>
    computeSignal('correlate', input, kernel, checkedOptions, turn),
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
