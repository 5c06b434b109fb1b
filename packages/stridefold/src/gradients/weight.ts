/**
 * The derivatives of layers with respect to their weight. Let dy be the derivative of a number L
 * with respect to the result of a layer. The calls return the derivative of L with respect to the
 * weight of the layer.
 *
 * A layer is linear in its weight, so this is a correlation of input and dy. docs/gradients.md has
 * the derivation.
 */

import { withCallName } from '../errors.ts'
import type { RunOptions } from '../geometry/options.ts'
import { type ArrayInput, asNdArray } from '../ndarray/interop.ts'
import { type NdArray, validateShape } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { checkGradient, forwardOptions, layerSpec, rankOf } from './layer.ts'
import {
  type DefiningOptions,
  type ForwardGradientOptions,
  gradientOptions,
  layerOnly,
  runOnly,
  type TransposedGradientOptions,
} from './options.ts'
import { computeWeightGradient } from './weight-as-convolution.ts'

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
export function convWeightGradient(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options?: ForwardGradientOptions,
): NdArray {
  const name = 'convWeightGradient'
  return withCallName(name, () => {
    const { layer, run, x, g, shape, rank } = readArguments(name, {
      input,
      gradOutput,
      weightShape,
      options,
    })
    const spec = layerSpec(`conv${rank}d`, x.shape, shape, layer)
    checkGradient(name, g, spec)
    const weight = { x, g, weightShape: shape, spec }
    return computeWeightGradient(name, weight, run, operandDType(x, g))
  })
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
export function convTransposeWeightGradient(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options?: TransposedGradientOptions,
): NdArray {
  const name = 'convTransposeWeightGradient'
  return withCallName(name, () => {
    const { layer, run, x, g, shape, rank } = readArguments(name, {
      input,
      gradOutput,
      weightShape,
      options,
    })
    checkGradient(name, g, layerSpec(`convTranspose${rank}d`, x.shape, shape, layer))
    // Input and gradOutput swap roles: the input of this layer has the shape of the result of the
    // forward layer.
    const spec = layerSpec(`conv${rank}d`, g.shape, shape, forwardOptions(layer))
    const weight = { x: g, g: x, weightShape: shape, spec }
    return computeWeightGradient(name, weight, run, operandDType(x, g))
  })
}

interface Arguments {
  readonly input: ArrayInput
  readonly gradOutput: ArrayInput
  readonly weightShape: readonly number[]
  readonly options: unknown
}

interface CheckedArguments {
  /** The options of the layer, and those of the run. */
  readonly layer: DefiningOptions
  readonly run: RunOptions
  readonly x: NdArray
  readonly g: NdArray
  readonly shape: readonly number[]
  readonly rank: 1 | 2 | 3
}

/** The checked arguments of both calls. */
function readArguments(
  name: 'convWeightGradient' | 'convTransposeWeightGradient',
  { input, gradOutput, weightShape, options }: Arguments,
): CheckedArguments {
  const checked = gradientOptions(name, options)
  const x = asNdArray(input, 'input')
  const g = asNdArray(gradOutput, 'gradOutput')
  return {
    ...{ layer: layerOnly(checked), run: runOnly(checked), x, g },
    ...{ shape: validateShape(weightShape), rank: rankOf(name, g) },
  }
}
