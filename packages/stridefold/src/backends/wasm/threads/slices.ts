/** Copies large arrays in slices, between which the event loop goes on. */

import type { TypedArray } from '../../../ndarray/dtype.ts'
import { eventLoopTurn } from './host.ts'

/** About 4 ms of a copy, if the pages of a new array are touched for the first time. */
const sliceBytes = 2 ** 23

/** Longer than this the event loop never waits for copies that follow each other, in ms. */
const maxMilliseconds = 4

/** About a millisecond of a copy, on a slow machine two. */
const pieceBytes = 2 ** 21

/** [start, end) of the pieces in which so many bytes are copied. */
export function* bytePieces(bytes: number): Iterable<readonly [start: number, end: number]> {
  for (let at = 0; at < bytes; at += pieceBytes) yield [at, Math.min(bytes, at + pieceBytes)]
}

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
