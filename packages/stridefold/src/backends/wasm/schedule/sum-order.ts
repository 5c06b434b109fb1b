/**
 * The steps of a sum inside a tile, and the order in which the tile loads its operands. A value
 * that several rows use is loaded once, and every row adds its sum steps in sequence.
 */

import { dtypes } from '../../../ndarray/dtype.ts'
import { iterations } from '../../../ndarray/loops.ts'
import type { ContractionCode } from './contraction-code.ts'
import type { NestLoop } from './nest.ts'

/** Byte offsets of both operands at one step of a sum. */
export interface SumStep {
  readonly moving: number
  readonly stationary: number
}

/** One load of the moving operand, and the products that use it. */
export interface Read {
  readonly at: number
  readonly users: { readonly row: number; readonly step: number }[]
}

/** The bytes by which both operands move along a sum loop. */
export function sumStrideOf(loop: NestLoop, code: ContractionCode): SumStep {
  const { schedule, types } = code
  const stationary = schedule.packed ? packedStride(loop, code) : loop[schedule.stationary]
  return {
    moving: loop[schedule.moving] * dtypes[types.moving].bytes,
    stationary: stationary * dtypes[types.stationary].bytes,
  }
}

/** In a panel the sum loops lie in order, innermost last. Each step is one row of vectors. */
function packedStride(loop: NestLoop, { schedule, element }: ContractionCode): number {
  const at = schedule.sum.findIndex((other) => other.parts === loop.parts)
  return iterations(schedule.sum.slice(at + 1)) * schedule.tile.vectors * element.lanes
}

/** Byte offsets of every step of the given sum loops, in order. */
export function sumStepsOf(loops: readonly NestLoop[], code: ContractionCode): SumStep[] {
  let steps: SumStep[] = [{ moving: 0, stationary: 0 }]
  for (const loop of loops) {
    const stride = sumStrideOf(loop, code)
    steps = steps.flatMap((s) =>
      Array.from({ length: loop.extent }, (_, i) => ({
        moving: s.moving + i * stride.moving,
        stationary: s.stationary + i * stride.stationary,
      })),
    )
  }
  return steps
}

/**
 * The loads of a tile, in an order in which every row adds its sum steps in sequence. If the sum
 * steps move through memory in the direction of the rows, ascending addresses are such an order.
 * Rows then share loads. Otherwise each product has its own load.
 */
export function readsInSumOrder(steps: readonly SumStep[], rows: number, rowStep: number): Read[] {
  const direction = Math.sign(rowStep)
  const followsRows = steps.every(
    (s, i) => i === 0 || (s.moving - steps[i - 1]!.moving) * direction > 0,
  )
  const reads: Read[] = steps.flatMap((s, step) =>
    Array.from({ length: rows }, (_, row) => ({
      at: s.moving + row * rowStep,
      users: [{ row, step }],
    })),
  )
  if (!followsRows) return reads
  const shared = new Map<number, Read>()
  for (const read of reads) {
    const sharedRead = shared.get(read.at)
    if (sharedRead === undefined) shared.set(read.at, read)
    else sharedRead.users.push(...read.users)
  }
  return [...shared.values()].toSorted((x, y) => (x.at - y.at) * direction)
}
