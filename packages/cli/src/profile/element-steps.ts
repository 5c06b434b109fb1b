/**
 * The steps of operations that compute element by element, or along one axis: functions, sums of
 * two arrays, batch normalisation, softmax.
 */

import type { NdArray } from 'stridefold/sync'
import { elementCount } from '../layout.ts'
import { axisOf, scalarOf } from './arguments.ts'
import { operationError, shapeText } from './graph.ts'
import { scaleAndOffset } from './normalisation.ts'
import { broadcast, combineElements, mapElements, perChannel, softmax } from './small.ts'
import { loop, type StepBuilder, type StepRequest } from './step.ts'

/** Runs element by element. `functionOf` reads attributes and further inputs first. */
export const elementwise = (
  functionOf: (request: StepRequest) => (v: number) => number,
  flopsEach = 1,
): StepBuilder =>
  loop((request) => {
    const f = functionOf(request)
    const { shape } = request.inputs[0]!
    return { shape, flops: flopsEach * elementCount(shape), work: ([x]) => mapElements(x!, f) }
  })

export const pairwise = (f: (a: number, b: number) => number): StepBuilder =>
  loop(({ operation, inputs: [a, b] }) => {
    const shape = broadcast(a!.shape, b!.shape)
    if (shape === undefined)
      throw operationError(
        operation,
        `combines shapes ${shapeText(a!.shape)} and ${shapeText(b!.shape)}, which cannot be ` +
          'broadcast.',
      )
    return {
      shape,
      flops: elementCount(shape),
      work: ([p, q]) => combineElements(p!, q!, shape, f),
    }
  })

export const normalisation: StepBuilder = loop(({ operation, attributes, inputs, opset }) => {
  const [x, ...arrays] = inputs
  if (x!.shape.length < 2)
    throw operationError(
      operation,
      `takes an array of shape ${shapeText(x!.shape)}; batch and channels are needed.`,
    )
  const { factors, offsets } = scaleAndOffset(
    operation,
    attributes,
    opset,
    x!.shape[1]!,
    arrays as NdArray[],
  )
  return {
    shape: x!.shape,
    flops: 2 * elementCount(x!.shape),
    work: ([v]) => perChannel(v!, factors, offsets),
  }
})

const maxFloat32 = 3.4028234663852886e38

export const clip: StepBuilder = elementwise(
  ({ operation, attributes, inputs: [, low, high], opset }) => {
    const isOldOpset = opset < 11
    if (isOldOpset && (low !== undefined || high !== undefined))
      throw operationError(
        operation,
        `has its bounds as inputs, which need opset 11; this file uses opset ${opset}.`,
      )
    const min = isOldOpset
      ? attributes.number('min', -maxFloat32)
      : (scalarOf(operation, low, 'a minimum') ?? -maxFloat32)
    const max = isOldOpset
      ? attributes.number('max', maxFloat32)
      : (scalarOf(operation, high, 'a maximum') ?? maxFloat32)
    return (v) => Math.min(max, Math.max(min, v))
  },
)

/**
 * Up to opset 12, the named axis and all axes after it count as one axis. The default axis was 1.
 */
export const softmaxStep: StepBuilder = loop(({ operation, attributes, inputs: [x], opset }) => {
  const { shape } = x!
  const isOldOpset = opset < 13
  const axis = axisOf(operation, shape.length, attributes.integer('axis', isOldOpset ? 1 : -1))
  const [extent, step] = isOldOpset
    ? [elementCount(shape.slice(axis)), 1]
    : [shape[axis]!, elementCount(shape.slice(axis + 1))]
  return { shape, flops: 5 * elementCount(shape), work: ([v]) => softmax(v!, extent, step) }
})
