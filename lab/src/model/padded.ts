/**
 * The padded input: the input with its border, and with zeros between samples for input dilation.
 * The border is computed by the library: a padded correlation with a single weight 1.
 */

import { type ConvGeometry, correlate, flip, type NdArray, reshape } from 'stridefold/sync'
import { arrayOf, indices, placeOf, product } from './numbers.ts'

export interface Padded {
  /** [batch, channels, ...extents]. */
  readonly array: NdArray
  /** Per axis: places before the first sample. */
  readonly before: readonly number[]
  /** Per axis: places from one sample to the next. */
  readonly steps: readonly number[]
}

export function paddedInput(g: ConvGeometry, input: NdArray): Padded {
  const before = g.axes.map((axis) => Math.max(0, axis.before))
  const after = g.axes.map((axis) => Math.max(0, axis.after))
  const steps = g.axes.map((axis) => axis.inputDilation)
  const planes = g.batch * g.channels
  const samples = g.axes.map(
    (_, a) => [Math.ceil(before[a]! / steps[a]!), Math.ceil(after[a]! / steps[a]!)] as const,
  )
  const unitKernel = reshape(
    [1],
    g.axes.map(() => 1),
  )
  const samplePlanes = reshape(input, [planes, ...g.axes.map((axis) => axis.input)])
  const bordered = correlate(samplePlanes, unitKernel, {
    channelAxis: 0,
    padding: samples,
    boundary: g.boundary,
    dtype: g.dtype,
  })
  const extents = g.axes.map((axis, a) => before[a]! + (axis.input - 1) * steps[a]! + 1 + after[a]!)
  const shape = [g.batch, g.channels, ...extents]
  if (steps.every((step) => step === 1)) return { array: reshape(bordered, shape), before, steps }
  const values = new Float64Array(product(shape))
  for (const [plane, ...at] of indices(bordered.shape)) {
    const to = at.map((i, a) => (i - samples[a]![0]) * steps[a]! + before[a]!)
    if (to.every((i, a) => i >= 0 && i < extents[a]!)) {
      values[placeOf([plane!, ...to], [planes, ...extents])] =
        bordered.data[placeOf([plane!, ...at], bordered.shape)]!
    }
  }
  return { array: arrayOf(values, shape, g), before, steps }
}

/**
 * The kernel as a correlation reads it: flipped along all axes if the geometry is a convolution.
 */
export function correlationKernel(g: ConvGeometry, kernel: NdArray): NdArray {
  return g.flip
    ? flip(
        kernel,
        g.axes.map((_, a) => a + 2),
      )
    : kernel
}
