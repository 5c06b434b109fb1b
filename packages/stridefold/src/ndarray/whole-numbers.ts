/**
 * Up to which size are integers exact, in a compute type, and which sizes can a dtype store?
 *
 * Both prove that a sum is exact.
 */

import { type ComputeDType, type DType, dtypes } from './dtype.ts'

/** Every integer with a smaller magnitude is exact in this compute type. */
export const wholeNumbers: Readonly<Record<ComputeDType, number>> = {
  float32: 2 ** 24,
  float64: 2 ** 53,
}

/** The largest magnitude of a number of an integer type. Infinity for floating-point types. */
export const largestOf = (dtype: DType): number => Math.max(-dtypes[dtype].min, dtypes[dtype].max)
