/**
 * Which sample meets which weight? Along one axis, a table holds the answer for every output and
 * every weight. The axes are independent: a tap reads a sample of the array if it does so along all
 * axes.
 *
 *   source[output · kernel + weight]    a sample ≥ 0, or `outside`: the constant of the border,
 *                                       or `inserted`: a zero between two samples
 *
 * Weights are numbered as in the kernel array, also if the convolution flips the kernel.
 */

import { readersOf } from '../geometry/border-segments.ts'
import { fillValue, isConstant, sourceIndex } from '../geometry/boundary.ts'
import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'

export const outside = -1
export const inserted = -2

/** The tables of all axes. Use them to visit all outputs. */
export function sampleTables(g: ConvGeometry): readonly Int32Array[] {
  return g.axes.map((axis, a) =>
    Int32Array.from({ length: axis.output * axis.kernel }, (_, i) =>
      sampleAt(g, a, Math.floor(i / axis.kernel), i % axis.kernel),
    ),
  )
}

/** One entry of the table of an axis. Use it for a few outputs of many. */
export function sampleAt(g: ConvGeometry, a: number, output: number, weight: number): number {
  const axis = g.axes[a]!
  const position = positionOf(axis, g.flip, output, weight)
  return Number.isInteger(position) ? sourceIndex(position, axis.input, g.boundary[a]!) : inserted
}

/**
 * The position where an output meets a weight, in input samples. Positions outside [0, input) are
 * in the border. Fractions are zeros between two samples.
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
 * The value for `samples` (one per axis) outside the array: the border constant of the first axis
 * that is outside.
 */
export function fillAt(g: ConvGeometry, samples: readonly number[]): number {
  return fillValue(g.boundary[samples.indexOf(outside)] ?? 'zero')
}

/**
 * The pairs of output and weight along an axis that meet one sample. Only the positions that read
 * the sample are visited, so a long axis costs no more than a short one.
 */
export function meetings(
  g: ConvGeometry,
  a: number,
  sample: number,
): readonly (readonly [output: number, weight: number])[] {
  const { kernel, stride, dilation, before, inputDilation, output } = g.axes[a]!
  const pairs: (readonly [number, number])[] = []
  for (const position of positionsOf(g, a, sample)) {
    for (let weight = 0; weight < kernel; weight++) {
      const step = g.flip ? kernel - 1 - weight : weight
      const o = (position * inputDilation + before - step * dilation) / stride
      if (Number.isInteger(o) && o >= 0 && o < output) pairs.push([o, weight])
    }
  }
  return pairs
}

/** The positions that read a sample: its own, and those of the border that repeat it. */
function positionsOf(g: ConvGeometry, a: number, sample: number): readonly number[] {
  const { input, kernel, stride, dilation, before, inputDilation, output } = g.axes[a]!
  const boundary = g.boundary[a]!
  if (isConstant(boundary)) return [sample]
  const first = Math.ceil(-before / inputDilation)
  const last = Math.floor(
    ((output - 1) * stride + (kernel - 1) * dilation - before) / inputDilation,
  )
  const axis = { extent: input, boundary }
  const from = Math.min(first, sample)
  const count = Math.max(last, sample) + 1 - from
  return readersOf(sample, axis, { first: from, count }).map((i) => from + i)
}
