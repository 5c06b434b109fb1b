/**
 * What a driver and its microkernels share: the parameters of the contraction's code, and the bytes
 * by which each pointer moves along a loop.
 */

import type { EpilogueActivation } from '../../../ndarray/activation.ts'
import type { Element } from './element.ts'
import type { Schedule } from './mapping.ts'
import type { NestLoop } from './nest.ts'

export interface ContractionCode {
  readonly schedule: Schedule
  readonly element: Element
  readonly fused: boolean
  readonly accumulate: boolean
  /** True for a sum over nothing. Only the start value and the epilogue are computed. */
  readonly empty: boolean
  readonly bias: boolean
  readonly offset: number
  readonly activation: EpilogueActivation | undefined
}

/** Strides in bytes of one loop, for the four pointers of a microkernel. */
export interface ByteStrides {
  readonly moving: number
  readonly stationary: number
  readonly to: number
  readonly bias: number
}

export const pointers = ['moving', 'stationary', 'to', 'bias'] as const

/** Elements in one panel of a packed stationary operand: [sum][vectors · lanes]. */
export function panelLength(schedule: Schedule, element: Element): number {
  return (
    schedule.sum.reduce((count, loop) => count * loop.extent, 1) *
    schedule.tile.vectors *
    element.lanes
  )
}

export const zeroStrides: ByteStrides = { moving: 0, stationary: 0, to: 0, bias: 0 }
export const scaleStrides = (s: ByteStrides, n: number): ByteStrides => ({
  moving: s.moving * n,
  stationary: s.stationary * n,
  to: s.to * n,
  bias: s.bias * n,
})
export const addStrides = (s: ByteStrides, t: ByteStrides): ByteStrides => ({
  moving: s.moving + t.moving,
  stationary: s.stationary + t.stationary,
  to: s.to + t.to,
  bias: s.bias + t.bias,
})

export function byteStridesOf(loop: NestLoop, { schedule, element }: ContractionCode): ByteStrides {
  const { bytes } = element
  return {
    moving: loop[schedule.moving] * bytes,
    stationary: loop[schedule.stationary] * bytes,
    to: loop.c * bytes,
    bias: loop.bias * bytes,
  }
}

/**
 * Strides in bytes from one vector to the next along the lane loop. Each panel of a packed operand
 * is one whole tile wide.
 */
export function laneStridesOf(code: ContractionCode): ByteStrides {
  const { schedule, element } = code
  const steps = scaleStrides(byteStridesOf(schedule.lane, code), element.lanes)
  if (!schedule.packed) return steps
  return {
    ...steps,
    stationary: (panelLength(schedule, element) / schedule.tile.vectors) * element.bytes,
  }
}
