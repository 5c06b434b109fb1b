/**
 * Work that can pause between its steps, so that the event loop of a page goes on. It is written
 * once, as a generator: `finish` does it at once, and an asynchronous call does it in turns.
 */

/** Yields where it may pause. Returns the result. */
export type Steps<T> = Generator<undefined, T>

/** Does all steps now. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
