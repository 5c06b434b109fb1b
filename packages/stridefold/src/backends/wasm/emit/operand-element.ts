/**
 * How does a vector of sums begin as elements in memory? Integers are widened when they are loaded:
 *
 *   8 bytes ──► 8 × 16 bits, or 4 bytes ──► 4 × 32 bits      neighbours, or one of them repeated
 */

import { type DType, dtypes } from '../../../ndarray/dtype.ts'
import type { LaneMemoryOp, VectorMemoryOp, VectorOp } from '../assembler/opcodes.ts'
import { elements, type SumElement } from '../schedule/element.ts'
import { withOps } from './vector-ops.ts'

export interface OperandElement {
  /** The bytes of an element in memory, and the elements of a vector of sums. */
  readonly bytes: number
  readonly lanes: number
  /** Loads neighbours. Default: a whole vector. `afterLoad` makes them sums. */
  readonly load?: VectorMemoryOp
  readonly afterLoad?: readonly VectorOp[]
  /** Loads one element into every lane, or into one. `widen` makes them sums. */
  readonly splatLoad: VectorMemoryOp
  readonly laneLoad: LaneMemoryOp
  readonly widen?: readonly VectorOp[]
}

/** How elements of this type are loaded as sums. */
export function operandElement(dtype: DType, { lanes, value }: SumElement): OperandElement {
  const { bytes, min, integer } = dtypes[dtype]
  // Elements of the size of the sums are loaded as they are.
  if (!integer || bytes === 4) return withOps(elements[bytes === 8 ? 'float64' : 'float32'])
  const sign = min < 0 ? 's' : 'u'
  const toLongs: VectorOp = `i32x4.extend_low_i16x8_${sign}`
  const isLong = value === 'i32'
  if (bytes === 2)
    return {
      ...{ bytes, lanes, splatLoad: 'v128.load16_splat', laneLoad: 'v128.load16_lane' },
      ...(isLong && { load: `v128.load16x4_${sign}` as const, widen: [toLongs] }),
    }
  const toShorts: VectorOp = `i16x8.extend_low_i8x16_${sign}`
  return {
    ...{ bytes, lanes, splatLoad: 'v128.load8_splat', laneLoad: 'v128.load8_lane' },
    load: isLong ? 'v128.load32_zero' : `v128.load8x8_${sign}`,
    ...(isLong && { afterLoad: [toShorts, toLongs] }),
    widen: isLong ? [toShorts, toLongs] : [toShorts],
  }
}
