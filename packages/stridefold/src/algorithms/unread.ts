/**
 * Computes the outputs that no tap connects with a sample. They exist where a stride is larger than
 * the kernel: then they are most of the result of a transposed layer.
 *
 * The sum of such an output has no terms, but its bias and activation still apply. One first stage
 * writes this value to the whole output, however many such outputs there are. The polyphase
 * components then overwrite the other outputs.
 */

import { at, type BufferView, loop } from '../program/indices.ts'
import { contract } from '../program/write-steps.ts'
import { axisLoops, type ProgramBuilder } from './builder.ts'
import { hasUnread } from './polyphase.ts'

/** Adds the stage if there are such outputs. */
export function addUnread(builder: ProgramBuilder, target: BufferView): void {
  const { g, n, kernel } = builder
  if (!hasUnread(g)) return
  const f = loop('f', g.filters)
  const y = axisLoops(
    'y',
    g.axes.map((axis) => axis.output),
  )
  // The sum is empty, so no index reads the two factors: any element will do.
  const anything = at(kernel, 0, 0, ...g.axes.map(() => 0))
  const emptySums = contract(
    { over: [n, f, ...y], sum: [loop('nothing', 0)] },
    { to: at(target, n, f, ...y), a: anything, b: anything, epilogue: builder.epilogue(f) },
  )
  builder.stage('outputs without samples', [], [emptySums])
}
