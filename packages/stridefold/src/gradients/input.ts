/**
 * The derivatives of layers with respect to their input. Let dy be the derivative of a number L
 * with respect to the result of a layer. The calls return the derivative of L with respect to the
 * input of the layer.
 *
 * A layer is linear in its input, so this is its adjoint applied to dy: the transposed layer. For a
 * transposed layer it is the forward layer. docs/gradients.md has the derivation.
 */

import type { DType } from '../ndarray/dtype.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { ResultDType, SumDType } from '../ndarray/result-type.ts'
import { now } from '../runtime/eventual.ts'
import { inputGradient, transposedInputGradient } from './input-as-layer.ts'
import type { ForwardGradientOptions, TransposedGradientOptions } from './options.ts'

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
): NdArray<ResultDType<D, Out>> {
  return now(inputGradient(gradOutput, weight, inputShape, options))
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
): NdArray<ResultDType<D, Out>> {
  return now(transposedInputGradient(gradOutput, weight, options))
}
