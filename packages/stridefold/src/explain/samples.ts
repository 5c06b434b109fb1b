/**
 * Which sample meets which weight? Along one axis a table answers it for every output and every
 * weight, and the axes are independent: a tap reads a sample of the array if all its axes do.
 *
 *   source[output · kernel + weight]      a sample ≥ 0, or `outside`: the border's constant, or `inserted`: a zero between two samples
 *
 * Weights are counted as the kernel array has them, also where the convolution turns it round.
 */

import { fillValue, sourceIndex } from '../geometry/boundary.ts'
import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'

export const outside = -1
export const inserted = -2

/** The table of every axis: for whoever walks all outputs. */
export function sampleTables(g: ConvGeometry): readonly Int32Array[] {
  return g.axes.map((axis, a) =>
    Int32Array.from({ length: axis.output * axis.kernel }, (_, i) =>
      sampleAt(g, a, Math.floor(i / axis.kernel), i % axis.kernel),
    ),
  )
}

/** One entry of an axis' table: for whoever asks about a few outputs of many. */
export function sampleAt(g: ConvGeometry, a: number, output: number, weight: number): number {
  const axis = g.axes[a]!
  const position = positionOf(axis, g.flip, output, weight)
  return Number.isInteger(position) ? sourceIndex(position, axis.input, g.boundary[a]!) : inserted
}

/**
 * Where an output meets a weight, in samples of the input: beyond [0, input) lies the border,
 * fractions are zeros between two samples.
 */
export function positionOf(
  axis: AxisGeometry,
  flip: boolean,
  output: number,
  weight: number,
): number {
  const step = flip ? axis.kernel - 1 - weight : weight
  return (output * axis.stride + step * axis.dilation - axis.before) / axis.inputDilation
}

/**
 * What stands where `samples` (one per axis) leave the array: the constant of the first axis that
 * is outside.
 */
export function fillAt(g: ConvGeometry, samples: readonly number[]): number {
  return fillValue(g.boundary[samples.indexOf(outside)] ?? 'zero')
}
