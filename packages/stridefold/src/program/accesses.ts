/**
 * Every way in which a step touches memory: its operands, each with the loops it moves along and
 * what is done there.
 *
 * Checking, printing and counting all ask this; only this file knows which of a step's loops belong
 * to which operand.
 */

import type { BoundsCheck, Loop, Operand, Step } from './steps.ts'

export interface MemoryAccess {
  readonly name: 'to' | 'from' | 'a' | 'b' | 'bias' | 're' | 'im'
  readonly operand: Operand
  /** The stage's grid, then the step's loops: one for each of the operand's strides. */
  readonly loops: readonly Loop[]
  readonly reads: boolean
  readonly writes: boolean
  /** Where one of these is left, nothing is touched. */
  readonly bounds: readonly BoundsCheck[]
}

/** The walks of a step inside a stage with this grid; what is written comes first. */
export function accessesOf(step: Step, grid: readonly Loop[]): MemoryAccess[] {
  if (step.kind === 'move') {
    const loops = [...grid, ...step.loops]
    const { bounds } = step
    const to: MemoryAccess = {
      name: 'to',
      operand: step.to,
      loops,
      reads: false,
      writes: true,
      bounds: step.outside === 'skip' ? bounds : [],
    }
    return typeof step.from === 'number'
      ? [to]
      : [to, { ...reading('from', step.from, loops), bounds }]
  }
  if (step.kind === 'fft') {
    const loops = [...grid, ...step.loops, { name: 'point', extent: step.points }]
    return [
      { ...reading('re', step.re, loops), writes: true },
      { ...reading('im', step.im, loops), writes: true },
    ]
  }
  const result = [...grid, ...step.result]
  const all = [...result, ...step.sum]
  const to: MemoryAccess = {
    ...reading('to', step.to, result),
    reads: step.start === 'accumulate',
    writes: true,
  }
  const bias = step.epilogue?.bias
  return [
    to,
    reading('a', step.a, all),
    reading('b', step.b, all),
    ...(bias === undefined ? [] : [reading('bias', bias, result)]),
  ]
}

function reading(
  name: MemoryAccess['name'],
  operand: Operand,
  loops: readonly Loop[],
): MemoryAccess {
  return { name, operand, loops, reads: true, writes: false, bounds: [] }
}
