/**
 * The definition as one Contract: every output is the sum of kernel times window, read where it lies.
 *
 *   y[n, g·O + f, q] = Σ_c Σ_u x[n, g·C + c, q·stride + u·dilation] · k[g·O + f, c, u]
 *
 * Shared by `naive` (one result at a time) and `strided` (as the backend finds best), and by whoever needs a part of a convolution directly.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { Contract, Loop } from '../program/steps.ts'
import type { Region } from './borders.ts'
import { axisName, loop, type Place, type ProgramBuilder } from './builder.ts'
import type { Phase } from './phases.ts'

export interface DirectOptions {
  readonly tile: 'scalar' | 'best'
  /** Take the batch as the stage's grid (independent items) rather than as a loop of the step. */
  readonly batchIsGrid: boolean
}

/** The contract of one region of one phase. */
export function directContract(
  g: ConvGeometry,
  phase: Phase,
  region: Region,
  target: Place,
  builder: ProgramBuilder,
  options: DirectOptions,
): Contract {
  const rank = phase.length
  const { source } = region
  const kernel = builder.kernel
  const filtersPerGroup = g.filters / g.groups
  const channelsPerGroup = g.channels / g.groups
  const extents = region.box.map(([start, end]) => end - start)
  const batch: Loop[] = options.batchIsGrid ? [] : [loop('n', g.batch)]
  const result = [...batch, loop('g', g.groups), loop('f', filtersPerGroup), ...extents.map((e, a) => loop(axisName('y', a, rank), e))]
  const sum = [loop('c', channelsPerGroup), ...phase.map((axis, a) => loop(axisName('t', a, rank), axis.taps))]
  const toOffset = phase.reduce(
    (at, axis, a) => at + (axis.outputStart + region.box[a]![0] * axis.outputStep) * target.axes[a]!,
    target.offset,
  )
  const kernelOffset = phase.reduce((at, axis, a) => at + axis.kernelStart * kernel.axes[a]!, kernel.offset)
  const tail = builder.tail([0, filtersPerGroup, 1, ...extents.map(() => 0)])
  return {
    kind: 'contract',
    result,
    sum,
    to: {
      buffer: target.buffer,
      offset: toOffset,
      strides: [
        target.outer,
        filtersPerGroup * target.channel,
        target.channel,
        ...phase.map((axis, a) => axis.outputStep * target.axes[a]!),
      ],
    },
    a: {
      buffer: source.buffer,
      offset: source.offset,
      strides: [
        source.outer,
        channelsPerGroup * source.channel,
        0,
        ...phase.map((axis, a) => axis.stride * source.axes[a]!),
        source.channel,
        ...phase.map((axis, a) => axis.dilation * source.axes[a]!),
      ],
    },
    b: {
      buffer: kernel.buffer,
      offset: kernelOffset,
      strides: [
        0,
        filtersPerGroup * kernel.outer,
        kernel.outer,
        ...phase.map(() => 0),
        kernel.channel,
        ...phase.map((axis, a) => axis.kernelStep * kernel.axes[a]!),
      ],
    },
    start: 'zero',
    ...(tail === undefined ? {} : { tail }),
    tile: options.tile,
  }
}
