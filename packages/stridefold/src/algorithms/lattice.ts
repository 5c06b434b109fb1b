/**
 * How large whole numbers may be that a type holds, and the compute types sum exactly.
 */

import { type ComputeDType, type DType, dtypes } from '../ndarray/dtype.ts'

/** Below these every whole number is exact. */
export const wholeNumbers: Readonly<Record<ComputeDType, number>> = {
  float32: 2 ** 24,
  float64: 2 ** 53,
}

/** The largest size of a number of an integer type; infinite for floats. */
export const largestOf = (dtype: DType): number => Math.max(-dtypes[dtype].min, dtypes[dtype].max)
