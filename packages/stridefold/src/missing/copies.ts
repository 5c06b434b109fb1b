/**
 * Arrays that live as long as a call, in the memory in which plain calls use them without a copy.
 */

import type { DType } from '../ndarray/dtype.ts'
import { allocateInBackend } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { copyWork } from '../runtime/copy-work.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import { finishInTurn } from '../runtime/pace.ts'
import type { Frame } from './frame.ts'

/** Allocates dense arrays with any contents. */
export type Allocate = (shape: readonly number[], dtype: DType) => NdArray

/** Computes with arrays that are released at the end, whatever happens. */
export function releasing<T>(compute: (allocate: Allocate) => Eventual<T>): Eventual<T> {
  const arrays: NdArray[] = []
  const release = (): void => {
    for (const array of arrays) array.release()
  }
  const allocate: Allocate = (shape, dtype) => {
    const array = allocateInBackend(shape, dtype)
    arrays.push(array)
    return array
  }
  let result: Eventual<T>
  try {
    result = compute(allocate)
  } catch (cause) {
    release()
    throw cause
  }
  if (result instanceof Promise) return result.finally(release)
  release()
  return result
}

/** A dense copy of the input, which may be changed. */
export function copyForFilling({ x, turn }: Frame, allocate: Allocate): Eventual<NdArray> {
  const copy = allocate(x.shape, x.dtype)
  return after(finishInTurn(copyWork(x, copy), turn), () => copy)
}
