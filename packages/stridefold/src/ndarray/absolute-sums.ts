/**
 * Sums of magnitudes, which limit how large a sum of products can become. Values that are not
 * finite count as 0.
 */

import { contiguousCopy } from './copy.ts'
import { elementCount } from './layout.ts'
import type { NdArray } from './ndarray.ts'

/** Returns Σ|x| over all axes but the first. For a kernel that is one sum for each filter. */
export function absoluteSums(x: NdArray): number[] {
  const { data, offset } = contiguousCopy(x)
  const perRow = elementCount(x.shape.slice(1))
  return Array.from({ length: x.shape[0]! }, (_, row) => {
    let sum = 0
    for (let i = row * perRow; i < (row + 1) * perRow; i++)
      sum += finiteMagnitude(data[offset + i]!)
    return sum
  })
}

/** |value|, or 0 if it is not finite. */
export const finiteMagnitude = (value: number): number =>
  Number.isFinite(value) ? Math.abs(value) : 0
