/** How does a result in the memory of a backend get back to the heap? */

import { deviceBlockOf, ownerOf } from './allocations.ts'
import { contiguousCopy } from './copy.ts'
import type { TypedArray } from './dtype.ts'
import { readDevice } from './memory.ts'
import { type NdArray, view } from './ndarray.ts'

/**
 * Returns an array with the same elements on the JavaScript heap: a row-major copy of an array in
 * backend memory or on the GPU, or the array itself if it lies on the heap. Use it for the last
 * result of calls with `memory: 'backend'` or `'gpu'`. Reading from a GPU takes some milliseconds,
 * whatever the size.
 *
 * - `x`: an array, of this library.
 *
 * The promise rejects with `OptionError` if the array was released (`RELEASED`), and with
 * `UnavailableError` if the copy does not fit (`OUT_OF_MEMORY`), or if the GPU was lost or closed
 * (`GPU_LOST`). Copies all elements once, in backend memory; on the GPU all that the buffer of a
 * view holds. Costs nothing on the heap.
 *
 * @example
 * const x = ndarray([1, 2, 3], [3], { memory: 'backend' })
 * await read(flip(x)) // [3, 2, 1]
 */
export async function read<A extends NdArray>(x: A): Promise<A> {
  const block = deviceBlockOf(x)
  if (block !== undefined) {
    ownerOf(x.data, 'the array')
    const data = await readDevice(block, x.dtype)
    const { shape, strides, offset } = x
    return contiguousCopy(view<TypedArray>(data, shape, { strides, offset })) as NdArray as A
  }
  // A copy has the type of its original.
  return ownerOf(x.data, 'the array')?.isInBackend === true
    ? (contiguousCopy(x) as NdArray as A)
    : x
}
