/**
 * Work that can be interrupted: each `yield` is a place where other work may run. A synchronous
 * call finishes it at once; an asynchronous one pauses after some milliseconds (runtime/pace.ts).
 */

export type Work<T> = Generator<void, T>

/** Does all of it now. */
export function finish<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

/**
 * The bytes that are copied between two such places. A copy into a new array is slow: its pages are
 * touched for the first time, which takes up to a millisecond for so many bytes on a busy machine.
 */
export const sliceBytes: number = 2 ** 18
