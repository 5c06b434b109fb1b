/** Work of the calling thread in slices, between which the event loop goes on. */

import type { TypedArray } from '../../../ndarray/dtype.ts'
import { sliceBytes, type Work } from '../../../ndarray/work.ts'
import { Pace } from './pace.ts'

/** [start, end) of the slices in which so many bytes are copied. */
export function* byteSlices(bytes: number): Iterable<readonly [start: number, end: number]> {
  for (let at = 0; at < bytes; at += sliceBytes) yield [at, Math.min(bytes, at + sliceBytes)]
}

/** Copies [from, to] pairs of equal lengths. Rejects with the reason of the signal. */
export async function copyInSlices(
  copies: readonly (readonly [from: TypedArray, to: TypedArray])[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const pace = new Pace()
  for (const [from, to] of copies) {
    const count = sliceBytes / from.BYTES_PER_ELEMENT
    for (let at = 0; at < from.length; at += count) {
      if (pace.isDue) await pace.pause()
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
  const pace = new Pace()
  for (;;) {
    // What came before it may have taken long.
    await pace.pause()
    if (signal?.aborted === true) throw signal.reason
    do {
      const { done, value } = work.next()
      if (done === true) return value
    } while (!pace.isDue)
  }
}
