/**
 * What a driver and its microkernels must agree on: the contract's code parameters, and by how many bytes each pointer moves along a loop.
 */

import type { TailActivation } from '../../../program/steps.ts'
import type { Element } from './element.ts'
import type { Schedule } from './form.ts'
import type { NestLoop } from './nest.ts'

export interface ContractCode {
  readonly schedule: Schedule
  readonly element: Element
  readonly fused: boolean
  readonly accumulate: boolean
  /** A sum over nothing: only start and tail remain. */
  readonly empty: boolean
  readonly bias: boolean
  readonly offset: number
  readonly activation: TailActivation | undefined
}

/** Byte strides of one loop for the four pointers of a microkernel. */
export interface Steps {
  readonly streamed: number
  readonly held: number
  readonly to: number
  readonly bias: number
}

export const pointers = ['streamed', 'held', 'to', 'bias'] as const

/** Elements in one panel of a packed held operand: [sum][vectors · lanes]. */
export function panelLength(schedule: Schedule, element: Element): number {
  return schedule.sum.reduce((count, loop) => count * loop.extent, 1) * schedule.tile.vectors * element.lanes
}

export const zeroSteps: Steps = { streamed: 0, held: 0, to: 0, bias: 0 }
export const scaled = (s: Steps, n: number): Steps => ({ streamed: s.streamed * n, held: s.held * n, to: s.to * n, bias: s.bias * n })
export const plus = (s: Steps, t: Steps): Steps => ({
  streamed: s.streamed + t.streamed,
  held: s.held + t.held,
  to: s.to + t.to,
  bias: s.bias + t.bias,
})

export function stepsOf(loop: NestLoop, { schedule, element }: ContractCode): Steps {
  const { bytes } = element
  return { streamed: loop[schedule.streamed] * bytes, held: loop[schedule.held] * bytes, to: loop.c * bytes, bias: loop.bias * bytes }
}

/** Byte steps of one vector along the lane loop. A packed operand's panels are whole tiles wide. */
export function laneStepsOf(code: ContractCode): Steps {
  const { schedule, element } = code
  const steps = scaled(stepsOf(schedule.lane, code), element.lanes)
  if (!schedule.packed) return steps
  return { ...steps, held: (panelLength(schedule, element) / schedule.tile.vectors) * element.bytes }
}
