/**
 * Outputs that no tap connects with a sample: where a stride is larger than the kernel, most of a
 * transposed layer's result.
 *
 * Their sums have no terms, but still a bias and an activation. Before anything else the whole
 * output becomes what such a sum is, in one step however many of them there are; phases then write
 * the rest.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { axisName, loop, type BufferView, type ProgramBuilder } from './builder.ts'
import { hasUnread } from './polyphase.ts'

/** Adds the stage, where there are such outputs. */
export function addUnread(builder: ProgramBuilder, g: ConvGeometry, target: BufferView): void {
  if (!hasUnread(g)) return
  const { kernel } = builder
  const rank = g.axes.length
  const still = g.axes.map(() => 0)
  const tail = builder.epilogue([0, 1, ...still])
  builder.stage(
    'outputs without samples',
    [],
    [
      {
        kind: 'contract',
        result: [
          loop('n', g.batch),
          loop('f', g.filters),
          ...g.axes.map((axis, a) => loop(axisName('y', a, rank), axis.output)),
        ],
        sum: [loop('nothing', 0)],
        to: {
          buffer: target.buffer,
          offset: target.offset,
          strides: [target.outer, target.channel, ...target.axes],
        },
        // Read by no index: what lies there does not matter.
        a: { buffer: kernel.buffer, offset: kernel.offset, strides: [0, 0, ...still, 0] },
        b: { buffer: kernel.buffer, offset: kernel.offset, strides: [0, 0, ...still, 0] },
        start: 'zero',
        ...(tail === undefined ? {} : { epilogue: tail }),
      },
    ],
  )
}
