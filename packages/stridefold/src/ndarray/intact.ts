/**
 * Does an array that was accepted before still hold what it held? Its memory may have been
 * released, transferred to somebody else, or shrunk since. Cheap enough for every call.
 */

import { knownOwner } from './allocations.ts'
import type { NdArray } from './ndarray.ts'

/** Whether every element is still there. False for an array that has none: it is looked at anew. */
export function isIntact({ data, shape, strides, offset }: NdArray): boolean {
  if (knownOwner(data)?.released === true) return false
  // The highest element suffices: memory ends earlier or is gone, it never begins later.
  let highest = offset
  for (let axis = 0; axis < shape.length; axis++) {
    const span = (shape[axis]! - 1) * strides[axis]!
    if (span > 0) highest += span
  }
  return highest < data.length
}
