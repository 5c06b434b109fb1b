/** Work of the calling thread in slices, between which the event loop goes on. */

import type { TypedArray } from '../../../ndarray/dtype.ts'
import type { Work } from '../../../ndarray/work.ts'
import { eventLoopTurn } from './host.ts'

/** About 1 ms of a copy, if the pages of a new array are touched for the first time. */
const sliceBytes = 2 ** 20

/** After this long the event loop goes on, in milliseconds. */
const maxMilliseconds = 3

/** Copies [from, to] pairs of equal lengths. Rejects with the reason of the signal. */
export async function copyInSlices(
  copies: readonly (readonly [from: TypedArray, to: TypedArray])[],
  signal: AbortSignal | undefined,
): Promise<void> {
  let since = performance.now()
  for (const [from, to] of copies) {
    const count = sliceBytes / from.BYTES_PER_ELEMENT
    for (let at = 0; at < from.length; at += count) {
      if (performance.now() - since > maxMilliseconds) {
        await eventLoopTurn()
        since = performance.now()
      }
      // From then on the arrays belong to the caller again.
      if (signal?.aborted === true) throw signal.reason
      const slice = from.length <= count ? from : from.subarray(at, at + count)
      to.set(slice as never, at)
    }
  }
}

/** Finishes work. Rejects with the reason of the signal. */
export async function finishInSlices<T>(
  work: Work<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    // What came before it may have taken long.
    await eventLoopTurn()
    if (signal?.aborted === true) throw signal.reason
    const since = performance.now()
    while (performance.now() - since < maxMilliseconds) {
      const { done, value } = work.next()
      if (done === true) return value
    }
  }
}
