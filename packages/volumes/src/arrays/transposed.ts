/**
 * A stored array whose axes are in another order. No sample is moved: a read goes to the same
 * elements, with its strides in the order of the file.
 *
 *   file   t z c y x   ──order [0, 2, 1, 3, 4]──►   t c z y x
 */

import { readNew } from './boxes.ts'
import type { StoredArray } from './stored-array.ts'

/** Axis `a` of the result is axis `order[a]` of the array. */
export function transposed(array: StoredArray, order: readonly number[]): StoredArray {
  if (order.every((from, a) => from === a)) return array
  const turned = <T>(list: readonly T[]): T[] => order.map((from) => list[from]!)
  const asInFile = <T>(list: readonly T[]): T[] => order.map((_, a) => list[order.indexOf(a)]!)
  const readInto: StoredArray['readInto'] = (box, to, signal) =>
    array.readInto(asInFile(box), { ...to, strides: asInFile(to.strides) }, signal)
  return {
    ...array,
    shape: turned(array.shape),
    chunks: turned(array.chunks),
    axes: turned(array.axes),
    read: (box, signal) => readNew({ dtype: array.dtype, readInto }, box, signal),
    readInto,
    bytesOfRead: (box) => array.bytesOfRead(asInFile(box)),
  }
}
