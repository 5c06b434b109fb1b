/**
 * Computes the outputs that no tap connects with a sample. They exist where a stride is larger than
 * the kernel: then they are most of the result of a transposed layer.
 *
 * The sum of such an output has no terms, but its bias and activation still apply. One first stage
 * writes this value to the whole output, however many such outputs there are. The polyphase
 * components then overwrite the other outputs.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { axisName, type BufferView, loop, type ProgramBuilder } from './builder.ts'
import { hasUnread } from './polyphase.ts'

/** Adds the stage if there are such outputs. */
export function addUnread(builder: ProgramBuilder, g: ConvGeometry, target: BufferView): void {
  if (!hasUnread(g)) return
  const { kernel } = builder
  const rank = g.axes.length
  const zeros = g.axes.map(() => 0)
  const epilogue = builder.epilogue([0, 1, ...zeros])
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
        // The sum is empty, so no index reads these operands: any address will do.
        a: { buffer: kernel.buffer, offset: kernel.offset, strides: [0, 0, ...zeros, 0] },
        b: { buffer: kernel.buffer, offset: kernel.offset, strides: [0, 0, ...zeros, 0] },
        start: 'zero',
        ...(epilogue === undefined ? {} : { epilogue }),
      },
    ],
  )
}
