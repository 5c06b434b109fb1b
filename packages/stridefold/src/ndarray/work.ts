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
