/**
 * Which layer does a gradient belong to, and which layer is its adjoint?
 */

import { OptionError } from '../errors.ts'
import type { BoundaryOption, LayerOptions, PerAxis, WeightLayout } from '../geometry/options.ts'
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

/**
 * The options of the forward layer whose adjoint is the transposed layer with `options`. Constant
 * borders become zero, because the adjoint has no constants.
 */
export function forwardOptions(options: DefiningOptions): LayerOptions {
  const { outputPadding: _padding, outputShape: _shape, boundary, weightLayout, ...kept } = options
  const linear = (border: BoundaryOption): BoundaryOption =>
    typeof border === 'object' ? 'zero' : border
  const borders = isArray(boundary) ? boundary.map(linear) : linear(boundary)
  return {
    ...kept,
    boundary: borders,
    ...(weightLayout && { weightLayout: adjointWeightLayout(weightLayout) }),
  }
}

const isArray = <T>(value: PerAxis<T>): value is readonly T[] => Array.isArray(value)

/** Swaps O and I: the inputs of a layer are the outputs of its adjoint. */
export function adjointWeightLayout(layout: WeightLayout): WeightLayout {
  return layout.replace(/[OI]/g, (letter) => (letter === 'O' ? 'I' : 'O')) as WeightLayout
}
