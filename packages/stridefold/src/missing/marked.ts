/**
 * A mask as NaN: a copy of the samples in the type of the sums, with NaN where the mask is 0. Then
 * a mask costs what NaN costs, and gives the same bits.
 */

import { contiguousCopy } from '../ndarray/copy.ts'
import { dtypes, type TypedArray } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import { copyWork } from '../runtime/copy-work.ts'
import type { Allocate } from './copies.ts'
import type { Frame } from './frame.ts'

/** The copy. Undefined if a sample that is present is NaN: it could not be told from the others. */
export function* markedWork(
  { x, dtype }: Frame,
  mask: NdArray,
  allocate: Allocate,
): Work<NdArray | undefined> {
  const marked = allocate(x.shape, dtype)
  yield* copyWork(x, marked)
  const { data: present } = contiguousCopy(mask)
  const mark = dtypes[x.dtype].integer ? markIntegers : markFloats
  const count = elementCount(x.shape)
  for (let start = 0; start < count; start += elementsPerSlice) {
    if (start > 0) yield
    if (!mark(marked.data, present, start, Math.min(count, start + elementsPerSlice)))
      return undefined
  }
  return marked
}

const elementsPerSlice = 2 ** 17

/** Returns whether no sample that is present is NaN. */
type Mark = (data: TypedArray, present: TypedArray, start: number, end: number) => boolean

const markIntegers: Mark = (data, present, start, end) => {
  for (let i = start; i < end; i++) if (present[i] === 0) data[i] = Number.NaN
  return true
}

const markFloats: Mark = (data, present, start, end) => {
  let isNumber = true
  for (let i = start; i < end; i++) {
    if (present[i] === 0) data[i] = Number.NaN
    else if (Number.isNaN(data[i]!)) isNumber = false
  }
  return isNumber
}
