/**
 * Which layer does a gradient belong to, and which layer is its adjoint?
 */

import { OptionError } from '../errors.ts'
import { validateCallOptions } from '../geometry/check-options.ts'
import type { CheckedLayerOptions } from '../geometry/checked-options.ts'
import type { LayerCall } from '../geometry/layer-calls.ts'
import { type LayerSpec, layerGeometry } from '../geometry/layer-geometry.ts'
import { hasMultiplier } from '../geometry/layouts.ts'
import type {
  BoundaryOption,
  LayerOptions,
  PerAxis,
  TransposedOptions,
  WeightLayout,
} from '../geometry/options.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { DefiningOptions } from './options.ts'

/** The number of spatial axes of the layer. Throws `OptionError` if no layer has that many. */
export function rankOf(name: string, gradOutput: NdArray): 1 | 2 | 3 {
  const rank = gradOutput.shape.length - 2
  if (rank === 1 || rank === 2 || rank === 3) return rank
  throw new OptionError(
    'RANK_MISMATCH',
    `${name}: gradOutput [${gradOutput.shape}] has rank ${rank + 2}, but 3, 4 or 5 axes are ` +
      'needed: batch, channels and 1 to 3 spatial.',
  )
}

/** Returns the spec of a layer with these shapes, as the call of the layer computes it. */
export function layerSpec(
  layer: LayerCall,
  inputShape: readonly number[],
  weightShape: readonly number[],
  options: TransposedOptions,
): LayerSpec {
  // The cast is safe: the call is a layer.
  const checked = validateCallOptions(layer, options) as CheckedLayerOptions
  return layerGeometry(layer, inputShape, weightShape, checked, 'float32')
}

/** Throws `OptionError` unless gradOutput has the shape of the result of the layer. */
export function checkGradient(
  gradient: string,
  gradOutput: NdArray,
  { outputShape }: LayerSpec,
): void {
  if (
    gradOutput.shape.length === outputShape.length &&
    gradOutput.shape.every((extent, axis) => extent === outputShape[axis])
  )
    return
  throw new OptionError(
    'SHAPE_MISMATCH',
    `${gradient}: gradOutput has shape [${gradOutput.shape}], but the result of a layer with ` +
      `these shapes and options has shape [${outputShape}]. Give the options of the layer, ` +
      'outputPadding and outputShape included.',
  )
}

/**
 * The options of the forward layer whose adjoint is the transposed layer with `options`. Constant
 * borders become zero, because the adjoint has no constants.
 */
export function forwardOptions(
  options: DefiningOptions,
  weightShape: readonly number[],
): LayerOptions {
  const { outputPadding: _padding, outputShape: _shape, boundary, weightLayout, ...kept } = options
  const linear = (border: BoundaryOption): BoundaryOption =>
    typeof border === 'object' ? 'zero' : border
  const borders = isArray(boundary) ? boundary.map(linear) : linear(boundary)
  return {
    ...kept,
    boundary: borders,
    ...(weightLayout && { weightLayout: adjointWeightLayout(weightLayout) }),
    // The adjoint's weight has no channel multiplier, so it does not define the groups.
    ...(hasMultiplier(weightLayout) && { groups: weightShape[weightLayout!.indexOf('I')]! }),
  }
}

const isArray = <T>(value: PerAxis<T>): value is readonly T[] => Array.isArray(value)

/**
 * Swaps O and I: the inputs of a layer are the outputs of its adjoint. The M of a transposed layer
 * are the output channels of one group.
 */
export function adjointWeightLayout(layout: WeightLayout): WeightLayout {
  return layout.replace(/[OIM]/g, (letter) => (letter === 'I' ? 'O' : 'I')) as WeightLayout
}
