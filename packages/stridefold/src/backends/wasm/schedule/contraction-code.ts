/**
 * Everything that the code of a scheduled contraction depends on, and the bytes by which its
 * pointers move along a loop.
 */

import type { EpilogueActivation } from '../../../ndarray/activation.ts'
import { iterations } from '../../../ndarray/loops.ts'
import { type ByteStrides, scaleStrides } from './byte-strides.ts'
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
  readonly unit: number | undefined
  readonly bias: boolean
  readonly offset: number
  readonly activation: EpilogueActivation | undefined
}

/** Elements in one panel of a packed stationary operand: [sum][vectors · lanes]. */
export function panelLength(schedule: Schedule, element: Element): number {
  return iterations(schedule.sum) * schedule.tile.vectors * element.lanes
}

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

/**
 * Which part of a split sum is computed. The first part starts the results, the last part applies
 * the epilogue.
 */
export type SumPart = 'only' | 'first' | 'middle' | 'last'

/** The code of one part of the sum. */
export function codeOfPart(code: ContractionCode, sumPart: SumPart): ContractionCode {
  if (sumPart === 'only') return code
  const accumulate = code.accumulate || sumPart !== 'first'
  return sumPart === 'last'
    ? { ...code, accumulate }
    : { ...code, accumulate, unit: undefined, bias: false, offset: 0, activation: undefined }
}
