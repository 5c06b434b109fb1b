/**
 * A batch normalisation with learned parameters: x · factor + offset, one pair per channel.
 */

import type { NdArray } from 'stridefold/sync'
import { countOf } from '../units.ts'
import type { Attributes } from './attributes.ts'
import { type Operation, operationError, shapeText } from './graph.ts'

export interface ScaleAndOffset {
  readonly factors: Float64Array
  readonly offsets: Float64Array
}

/**
 * Computes the pairs from scale, shift, mean and variance. Throws for a normalisation in training
 * mode.
 */
export function scaleAndOffset(
  operation: Operation,
  attributes: Attributes,
  opset: number,
  channels: number,
  parameters: readonly NdArray[],
): ScaleAndOffset {
  const epsilon = attributes.number('epsilon', 1e-5)
  attributes.number('momentum', 0.9)
  const learns =
    opset < 14 ? operation.others.some((name) => name !== '') : attributes.flag('training_mode')
  if (learns)
    throw operationError(
      operation,
      'is in training mode: it normalises by the batch. Export the network for inference.',
    )
  if (opset < 9 && attributes.integer('spatial', 1) !== 1)
    throw operationError(
      operation,
      'has spatial 0 (a normalisation of each sample), which is not supported.',
    )
  for (const { shape } of parameters)
    if (shape.length !== 1 || shape[0] !== channels)
      throw operationError(
        operation,
        `has values of shape ${shapeText(shape)} for ` +
          `${countOf(channels, 'channel')}; one number for ` +
          'each is needed.',
      )
  const [scale, shift, mean, variance] = parameters as [NdArray, NdArray, NdArray, NdArray]
  const factors = Float64Array.from(
    scale.data,
    (s, c) => s / Math.sqrt(variance.data[c]! + epsilon),
  )
  return {
    factors,
    offsets: Float64Array.from(shift.data, (b, c) => b - mean.data[c]! * factors[c]!),
  }
}
