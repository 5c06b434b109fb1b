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
import type { DType } from '../ndarray/dtype.ts'
import { type ArrayInput, asNdArray } from '../ndarray/interop.ts'
import { type NdArray, validateShape } from '../ndarray/ndarray.ts'
import type { ResultDType, SumDType } from '../ndarray/result-type.ts'
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
): NdArray<ResultDType<D, Out>> {
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
): NdArray<ResultDType<D, Out>> {
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
