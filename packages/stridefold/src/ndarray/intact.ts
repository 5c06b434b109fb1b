/**
 * Does an array that was checked before still have its elements? Its memory may have been released,
 * transferred (for example to a worker) or shrunk since. Cheap enough for every call.
 */

import { recordedOwner } from './allocations.ts'
import type { NdArray } from './ndarray.ts'

/** Whether all elements still exist. False for an array without elements: it is checked again. */
export function isIntact({ data, shape, strides, offset }: NdArray): boolean {
  const owner = recordedOwner(data)
  if (owner?.released === true) return false
  // The highest element is enough: memory can only lose bytes at its end, or all of them.
  let highest = offset
  for (let axis = 0; axis < shape.length; axis++) {
    const span = (shape[axis]! - 1) * strides[axis]!
    if (span > 0) highest += span
  }
  return highest < (owner?.device?.length ?? data.length)
}
