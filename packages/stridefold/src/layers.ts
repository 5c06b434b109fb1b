/**
 * Network layers: correlation summed over channels, forward and transposed, in one, two and three
 * dimensions.
 */

import type { LayerOptions, TransposedOptions } from './geometry/options.ts'
import type { DType } from './ndarray/dtype.ts'
import type { ArrayInput } from './ndarray/interop.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import type { ResultDType, SumDType } from './ndarray/result-type.ts'
import { computeLayer } from './runtime/call.ts'
import { now } from './runtime/eventual.ts'

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
 * conv1d([[[1, 2, 3, 4]]], [[[1, 10]]], { stride: 2 }) // [[[21, 43]]]
 */
export function conv1d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(computeLayer('conv1d', input, weight, options))
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
 * conv2d([[[[3, 9, 0], [2, 8, 1], [1, 4, 8]]]], [[[[8, 9], [4, 4]]]], { bias: [0.06] })
 * // [[[[145.06, 108.06], [108.06, 121.06]]]]
 */
export function conv2d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(computeLayer('conv2d', input, weight, options))
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
 * conv3d([[[[[1, 2]], [[3, 4]]]]], [[[[[1, 10]], [[100, 1000]]]]]) // [[[[[4321]]]]]
 */
export function conv3d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: LayerOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(computeLayer('conv3d', input, weight, options))
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
 * convTranspose1d([[[1, 2]]], [[[1, 10]]], { stride: 2 }) // [[[1, 10, 2, 20]]]
 */
export function convTranspose1d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(computeLayer('convTranspose1d', input, weight, options))
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
 * convTranspose2d([[[[1, 2]]]], [[[[1, 10], [100, 1000]]]])
 * // [[[[1, 12, 20], [100, 1200, 2000]]]]
 */
export function convTranspose2d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(computeLayer('convTranspose2d', input, weight, options))
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
 * convTranspose3d([[[[[1, 2]]]]], [[[[[1, 10]], [[100, 1000]]]]])
 * // [[[[[1, 12, 20]], [[100, 1200, 2000]]]]]
 */
export function convTranspose3d<
  X extends ArrayInput,
  K extends ArrayInput,
  D extends DType = SumDType<X, K>,
  Out extends object = object,
>(input: X, weight: K, options?: TransposedOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  return now(computeLayer('convTranspose3d', input, weight, options))
}
