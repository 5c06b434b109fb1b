/**
 * The derivative with respect to the input of a layer is another layer: that of a forward layer is
 * the transposed layer with the same options, and the reverse.
 */

import { withCallName } from '../errors.ts'
import { defaultWeightLayout, hasMultiplier, layerRoles } from '../geometry/layouts.ts'
import { perAxis } from '../geometry/per-axis.ts'
import type { DType } from '../ndarray/dtype.ts'
import { type ArrayInput, asNdArray } from '../ndarray/interop.ts'
import { type NdArray, validateShape, viewOf } from '../ndarray/ndarray.ts'
import { kernelInOrder, layerOrders } from '../problem/axis-orders.ts'
import { computeLayer } from '../runtime/call.ts'
import type { Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { adjointWeightLayout, checkGradient, forwardOptions, layerSpec, rankOf } from './layer.ts'
import { gradientOptions, layerOnly, runOnly } from './options.ts'

/** See `convInputGradient`. */
export function inputGradient<D extends DType>(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  inputShape: readonly number[],
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const name = 'convInputGradient'
  return withCallName(name, () => {
    const validOptions = gradientOptions(name, options)
    const [g, w, shape] = [
      asNdArray(gradOutput, 'gradOutput'),
      asNdArray(weight, 'weight'),
      validateShape(inputShape),
    ]
    const rank = rankOf(name, g)
    const spec = layerSpec(`conv${rank}d`, shape, w.shape, validOptions)
    checkGradient(name, g, spec)
    const { weightLayout } = validOptions
    const layer = `convTranspose${rank}d` as const
    const adjoint = { ...validOptions, bias: undefined, outputShape: shape }
    if (!hasMultiplier(weightLayout)) {
      const own = weightLayout && adjointWeightLayout(weightLayout)
      return computeLayer(layer, g, w, { ...adjoint, weightLayout: own }, turn)
    }
    // The canonical order [filters, channels of a group, ...axes] is that of the adjoint's inputs
    // and outputs, so it is the default of the transposed layer.
    const { groups } = spec.geometry
    const canonical = viewOf(kernelInOrder(w, layerOrders(spec.roles, groups)), {})
    const weightOptions = { groups, weightLayout: defaultWeightLayout(layer) }
    return computeLayer(layer, g, canonical, { ...adjoint, ...weightOptions }, turn)
  })
}

/** See `convTransposeInputGradient`. */
export function transposedInputGradient<D extends DType>(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  given: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const name = 'convTransposeInputGradient'
  return withCallName(name, () => {
    const validOptions = gradientOptions(name, given)
    const [g, w] = [asNdArray(gradOutput, 'gradOutput'), asNdArray(weight, 'weight')]
    const rank = rankOf(name, g)
    const layer = `convTranspose${rank}d` as const
    // Checks the layouts: the forward layer would name others.
    layerRoles(layer, validOptions)
    const forward = forwardOptions(layerOnly(validOptions), w.shape)
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
    checkGradient(name, g, layerSpec(layer, shape, w.shape, layerOnly(validOptions)))
    const options = { ...runOnly(validOptions), ...forward, padding }
    return computeLayer(`conv${rank}d`, g, w, options, turn)
  })
}
