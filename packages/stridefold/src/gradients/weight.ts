/**
 * The derivatives of layers with respect to their weight. Let dy be the derivative of a number L
 * with respect to the result of a layer. The calls return the derivative of L with respect to the
 * weight of the layer.
 *
 * A layer is linear in its weight, so this is a correlation of input and dy. docs/gradients.md has
 * the derivation.
 */

import type { DType } from '../ndarray/dtype.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { ResultDType, SumDType } from '../ndarray/result-type.ts'
import { now } from '../runtime/eventual.ts'
import type { ForwardGradientOptions, TransposedGradientOptions } from './options.ts'
import { transposedWeightGradient, weightGradient } from './weight-of-layer.ts'

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
): NdArray<ResultDType<D, Out>> {
  return now(weightGradient(input, gradOutput, weightShape, options))
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
): NdArray<ResultDType<D, Out>> {
  return now(transposedWeightGradient(input, gradOutput, weightShape, options))
}
