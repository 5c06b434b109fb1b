/**
 * The derivatives of layers with respect to their input. Let dy be the derivative of a number L
 * with respect to the result of a layer. The calls return the derivative of L with respect to the
 * input of the layer.
 *
 * A layer is linear in its input, so this is its adjoint applied to dy: the transposed layer. For a
 * transposed layer it is the forward layer. docs/gradients.md has the derivation.
 */

import { withCallName } from '../errors.ts'
import { perAxis } from '../geometry/per-axis.ts'
import { type ArrayInput, asNdArray } from '../ndarray/interop.ts'
import { type NdArray, validateShape } from '../ndarray/ndarray.ts'
import { compute } from '../runtime/call.ts'
import { adjointWeightLayout, checkGradient, forwardOptions, layerSpec, rankOf } from './layer.ts'
import {
  type ForwardGradientOptions,
  gradientOptions,
  layerOnly,
  runOnly,
  type TransposedGradientOptions,
} from './options.ts'

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
export function convInputGradient(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  inputShape: readonly number[],
  options?: ForwardGradientOptions,
): NdArray {
  const name = 'convInputGradient'
  return withCallName(name, () => {
    const validOptions = gradientOptions(name, options)
    const [g, w, shape] = [
      asNdArray(gradOutput, 'gradOutput'),
      asNdArray(weight, 'weight'),
      validateShape(inputShape),
    ]
    const rank = rankOf(name, g)
    checkGradient(name, g, layerSpec(`conv${rank}d`, shape, w.shape, validOptions))
    const { weightLayout } = validOptions
    return compute(`convTranspose${rank}d`, g, w, {
      ...validOptions,
      bias: undefined,
      weightLayout: weightLayout && adjointWeightLayout(weightLayout),
      outputShape: shape,
    })
  })
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
export function convTransposeInputGradient(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  options?: TransposedGradientOptions,
): NdArray {
  const name = 'convTransposeInputGradient'
  return withCallName(name, () => {
    const validOptions = gradientOptions(name, options)
    const [g, w] = [asNdArray(gradOutput, 'gradOutput'), asNdArray(weight, 'weight')]
    const rank = rankOf(name, g)
    const forward = forwardOptions(layerOnly(validOptions))
    const { geometry, roles, outputShape } = layerSpec(`conv${rank}d`, g.shape, w.shape, forward)
    // outputPadding may exceed the stride. The forward layer then has windows that exist because of
    // this padding only. They belong to no sample of the input, so they are left out.
    const extra = perAxis(name, 'outputPadding', validOptions.outputPadding ?? 0, rank)
    const surplus = geometry.axes.map(({ stride }, a) => Math.floor(extra[a]! / stride))
    const padding = geometry.axes.map(
      ({ before, after, stride }, a) => [before, after - surplus[a]! * stride] as const,
    )
    const shape = [...outputShape]
    for (const [a, axis] of roles.axes.entries()) shape[axis]! -= surplus[a]!
    checkGradient(
      name,
      g,
      layerSpec(`convTranspose${rank}d`, shape, w.shape, layerOnly(validOptions)),
    )
    return compute(`conv${rank}d`, g, w, { ...runOnly(validOptions), ...forward, padding })
  })
}
