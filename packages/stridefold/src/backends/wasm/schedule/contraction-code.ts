/**
 * Everything that the code of a scheduled contraction depends on, and the bytes by which its
 * pointers move along a loop.
 */

import type { EpilogueActivation } from '../../../ndarray/activation.ts'
import { type DType, dtypes } from '../../../ndarray/dtype.ts'
import { iterations } from '../../../ndarray/loops.ts'
import type { IntegerSums } from '../../../program/steps.ts'
import { type ByteStrides, scaleStrides } from './byte-strides.ts'
import type { SumElement } from './element.ts'
import type { Schedule } from './mapping.ts'
import type { NestLoop } from './nest.ts'

export interface ContractionCode {
  readonly schedule: Schedule
  /** The type of the sums. */
  readonly element: SumElement
  readonly types: OperandTypes
  /** For sums of integers. */
  readonly integer: IntegerSums | undefined
  readonly fused: boolean
  readonly accumulate: boolean
  /** True for a sum over nothing. Only the start value and the epilogue are computed. */
  readonly empty: boolean
  readonly unit: number | undefined
  readonly bias: boolean
  readonly offset: number
  readonly activation: EpilogueActivation | undefined
}

/** The types of the elements to which the four pointers point. */
export type OperandTypes = Readonly<Record<keyof ByteStrides, DType>>

/** Elements in one panel of a packed stationary operand: [sum][vectors · lanes]. */
export function panelLength(schedule: Schedule, element: SumElement): number {
  return iterations(schedule.sum) * schedule.tile.vectors * element.lanes
}

export function byteStridesOf(loop: NestLoop, { schedule, types }: ContractionCode): ByteStrides {
  return {
    moving: loop[schedule.moving] * dtypes[types.moving].bytes,
    stationary: loop[schedule.stationary] * dtypes[types.stationary].bytes,
    to: loop.c * dtypes[types.to].bytes,
    bias: loop.bias * dtypes[types.bias].bytes,
  }
}

/**
 * Strides in bytes from one vector to the next along the lane loop. Each panel of a packed operand
 * is one whole tile wide.
 */
export function laneStridesOf(code: ContractionCode): ByteStrides {
  const { schedule, element, types } = code
  const steps = scaleStrides(byteStridesOf(schedule.lane, code), element.lanes)
  if (!schedule.packed) return steps
  return {
    ...steps,
    stationary:
      (panelLength(schedule, element) / schedule.tile.vectors) * dtypes[types.stationary].bytes,
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
