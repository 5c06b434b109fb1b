/**
 * Lists every memory access of a step: its operands, each with the loops that it moves along, and
 * whether it reads or writes.
 *
 * Checks, printing and counting all use this list. Only this file decides which loops of a step
 * belong to which operand.
 */

import type { BoundsCheck, Loop, Operand, Step } from './steps.ts'

export interface MemoryAccess {
  readonly name: 'to' | `from${number | ''}` | 'a' | 'b' | 'bias' | 're' | 'im'
  readonly operand: Operand
  /** The loops of the grid, then of the step: one for each stride of the operand. */
  readonly loops: readonly Loop[]
  readonly reads: boolean
  readonly writes: boolean
  /** Indices outside one of these bounds are not accessed. */
  readonly bounds: readonly BoundsCheck[]
}

/** Returns the accesses of a step in a stage with this grid. Writes come first. */
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
      : [to, { ...readAccess('from', step.from, loops), bounds }]
  }
  if (step.kind === 'fft') {
    const loops = [...grid, ...step.loops, { name: 'point', extent: step.points }]
    return [
      { ...readAccess('re', step.re, loops), writes: true },
      { ...readAccess('im', step.im, loops), writes: true },
    ]
  }
  if (step.kind === 'elementwise') {
    const loops = [...grid, ...step.loops]
    const to = { ...readAccess('to', step.to, loops), reads: false, writes: true }
    return [to, ...step.from.map((from, i) => readAccess(`from${i}`, from, loops))]
  }
  const result = [...grid, ...step.result]
  if (step.kind === 'maximum') {
    const to = { ...readAccess('to', step.to, result), reads: false, writes: true }
    return [to, readAccess('from', step.from, [...result, ...step.window])]
  }
  const all = [...result, ...step.sum]
  const to: MemoryAccess = {
    ...readAccess('to', step.to, result),
    reads: step.start === 'accumulate',
    writes: true,
  }
  const bias = step.epilogue?.bias
  return [
    to,
    readAccess('a', step.a, all),
    readAccess('b', step.b, all),
    ...(bias === undefined ? [] : [readAccess('bias', bias, result)]),
  ]
}

function readAccess(
  name: MemoryAccess['name'],
  operand: Operand,
  loops: readonly Loop[],
): MemoryAccess {
  return { name, operand, loops, reads: true, writes: false, bounds: [] }
}
