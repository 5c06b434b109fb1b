/**
 * In which type do numbers without a type take part?
 *
 * Numbers from nested JavaScript arrays have no dtype: [0.1, 0.2] means 0.1 and 0.2, not their
 * float32 neighbours. They are stored as float32 and remember the numbers as they came, so beside a
 * float64 operand nothing is lost, and they never decide the type themselves.
 */

import { type ComputeDType, computeDType } from './dtype.ts'
import { type NdArray, view } from './ndarray.ts'

/**
 * The type in which these operands are computed together; untyped ones follow the others, or
 * float32 if there is no other.
 */
export function operandDType(...operands: readonly NdArray[]): ComputeDType {
  return computeDType(...operands.filter((x) => x.untyped === undefined).map((x) => x.dtype))
}

/**
 * `x` itself, unless it is untyped and the computation is in float64: then a read-only float64
 * array of the same layout with the numbers as they came. An element of `data` that was written
 * since then counts as written. Costs a copy of the data in that case.
 */
export function promoteUntyped(x: NdArray, dtype: ComputeDType): NdArray {
  const { untyped } = x
  if (untyped === undefined || dtype === 'float32') return x
  const exact = untyped.map((number, element) => {
    const stored = x.data[element]!
    return Object.is(Math.fround(number), stored) ? number : stored
  })
  return view(exact, x.shape, { strides: x.strides, offset: x.offset, writable: false })
}
