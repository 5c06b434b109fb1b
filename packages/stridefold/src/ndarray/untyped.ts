/**
 * In which type are weakly typed arrays computed?
 *
 * Numbers in nested JavaScript arrays have no dtype: [0.1, 0.2] means 0.1 and 0.2, not their
 * float32 neighbours. Such an array is weakly typed. It stores float32, and also the original
 * numbers. It never determines the type of a computation. In a float64 computation it takes part
 * with the original numbers, so no digit is lost.
 */

import { type ComputeDType, computeDType } from './dtype.ts'
import { type NdArray, view } from './ndarray.ts'

/**
 * The type in which these operands are computed. Ignores weakly typed operands; float32 if there
 * are no others.
 */
export function operandDType(...operands: readonly NdArray[]): ComputeDType {
  return computeDType(...operands.filter((x) => x.untyped === undefined).map((x) => x.dtype))
}

/**
 * Returns `x`, except for a weakly typed `x` in a float64 computation. Then returns a read-only
 * float64 array of the same layout with the original numbers, which costs a copy. An element of
 * `data` that the caller has changed since keeps its new value.
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
