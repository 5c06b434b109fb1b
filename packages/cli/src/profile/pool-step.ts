/** The step of the pooling operations: their windows, checks and memory. */

import { elementCount } from '../layout.ts'
import { operationError, shapeText } from './graph.ts'
import { emptyWindow, poolWindows } from './pooling.ts'
import { loop, type StepBuilder } from './step.ts'
import { windows } from './windows.ts'

export const pool = (op: 'max' | 'mean' | 'global'): StepBuilder =>
  loop(({ operation, attributes, inputs: [x], opset, budget }) => {
    const { shape } = x!
    const extents = shape.slice(2)
    const rank = extents.length
    if (rank < 1)
      throw operationError(
        operation,
        `pools an array of shape ${shapeText(shape)}; batch, channels and further axes are needed.`,
      )
    const mean = op !== 'max'
    const kernel =
      op === 'global' ? extents : attributes.integers('kernel_shape', undefined, rank, 1)
    const roundUp = op !== 'global' && opset >= 10 && attributes.flag('ceil_mode')
    if (op === 'max' && opset >= 8) attributes.flag('storage_order')
    if (attributes.has('dilations') && opset < (mean ? 19 : 10))
      throw operationError(
        operation,
        `has dilations, which ${operation.op} does not have in opset ${opset}.`,
      )
    const countPadding = op === 'mean' && attributes.flag('count_include_pad')
    const where = windows(operation, attributes, kernel, extents, { roundUp })
    const results = [shape[0]!, shape[1]!, ...where.output]
    const planes = shape[0]! * shape[1]!
    // One pass per axis, axis 0 first: the size of its result, and the number of samples that it
    // reads.
    const passes = extents.map(
      (_, a) =>
        planes * elementCount(where.output.slice(0, a + 1)) * elementCount(extents.slice(a + 1)),
    )
    for (const [a, length] of passes.slice(0, -1).entries())
      budget.take(`axis ${a} of ${operation.name}`, [length], mean ? 8 : 4)
    const empty = emptyWindow(where, extents)
    if (empty !== undefined)
      throw operationError(
        operation,
        `has a window, number ${empty.at} along spatial axis ${empty.axis}, that contains only ` +
          'padding. Use smaller pads.',
      )
    return {
      ...{ shape: results, flops: elementCount(kernel) * elementCount(results) },
      iterations: passes.reduce((n, length, a) => n + length * kernel[a]!, 0),
      work: ([arrays]) => poolWindows(arrays!, { ...where, mean, countPadding }),
    }
  })
