/** How does a result in the memory of a backend get back to the heap? */

import { ownerOf } from './allocations.ts'
import { contiguousCopy } from './copy.ts'
import type { NdArray } from './ndarray.ts'

/**
 * Returns an array with the same elements on the JavaScript heap: a row-major copy of an array in
 * backend memory, or the array itself if it lies on the heap. Use it for the last result of calls
 * with `memory: 'backend'`. The promise is there for backends whose memory cannot be read at once.
 *
 * - `x`: an array, of this library.
 *
 * The promise rejects with `OptionError` if the array was released (`RELEASED`), and with
 * `UnavailableError` if the copy does not fit (`OUT_OF_MEMORY`). Copies all elements once, in
 * backend memory; costs nothing on the heap.
 *
 * @example
 * const x = ndarray([1, 2, 3], [3], { memory: 'backend' })
 * await read(flip(x)) // [3, 2, 1]
 */
export async function read<A extends NdArray>(x: A): Promise<A> {
  // A copy has the type of its original.
  return ownerOf(x.data, 'the array')?.isInBackend === true
    ? (contiguousCopy(x) as NdArray as A)
    : x
}
