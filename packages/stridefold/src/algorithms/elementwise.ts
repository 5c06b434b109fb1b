/**
 * Functions of single elements: y = activation(x·factor + addend). A contraction without a sum.
 *
 *   factor   1, or one number for each position of the spatial axes
 *   addend   another array of the same shape, or none
 */

import type { OperandLayout } from '../geometry/operands.ts'
import type { EpilogueActivation } from '../ndarray/activation.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { at, type BufferView, loop, rowMajorView } from '../program/elements.ts'
import type { Buffer, Program } from '../program/program.ts'
import { withShares } from '../program/shares.ts'
import { contract } from '../program/write-steps.ts'
import { axisLoops } from './builder.ts'

export interface ElementwiseParts {
  /** [batch, channels, ...axes] */
  readonly shape: readonly number[]
  readonly dtype: ComputeDType
  readonly input: OperandLayout
  readonly output: OperandLayout
  /** The layout of the addend; undefined without one. */
  readonly addend?: OperandLayout | undefined
  /** One factor for each position, in row-major order of the axes. Default: 1. */
  readonly factors?: readonly number[] | undefined
  readonly activation?: EpilogueActivation | undefined
}

/**
 * The program. Input, addend and output may be the same
 * array: an element is read before it is written, and no other step reads it.
 */
export function elementwiseProgram(parts: ElementwiseParts): Program {
  const { shape, dtype, input, output, addend, factors = [1], activation } = parts
  const [batch, channels, ...extents] = shape as [number, number, ...number[]]
  const [n, c, axes] = [loop('n', batch), loop('c', channels), axisLoops('y', extents)]
  const index = [n, c, ...axes] as const
  const caller = (name: 'input' | 'output' | 'addend'): Buffer => ({
    ...{ name, role: name, dtype, length: 0 },
  })
  const buffers: Buffer[] = [
    caller('input'),
    ...(addend === undefined ? [] : [caller('addend')]),
    caller('output'),
    { name: 'factors', role: 'constant', dtype, length: factors.length, values: factors },
  ]
  const factor =
    factors.length === 1
      ? at(rowMajorView('factors', []))
      : at(rowMajorView('factors', extents), ...axes)
  const epilogue = {
    ...(addend === undefined ? {} : { bias: at(viewOf('addend', addend), ...index) }),
    ...(activation === undefined ? {} : { activation }),
  }
  const step = contract(
    { over: index },
    {
      to: at(viewOf('output', output), ...index),
      a: at(viewOf('input', input), ...index),
      b: factor,
      epilogue,
    },
  )
  const stages = [{ name: 'elements', prepare: false, grid: [], steps: [step([])] }]
  return withShares({ dtype, buffers, stages })
}

const viewOf = (buffer: string, { outer, channel, axes }: OperandLayout): BufferView => ({
  buffer,
  offset: 0,
  strides: [outer, channel, ...axes],
})
