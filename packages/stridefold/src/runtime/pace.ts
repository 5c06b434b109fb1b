/**
 * Work of an asynchronous call on the calling thread, in slices between which the event loop goes
 * on: a page draws, a server answers.
 */

import type { Work } from '../ndarray/work.ts'
import { finish } from '../ndarray/work.ts'
import { after, type Eventual } from './eventual.ts'
import { laterTurn, type Turn, throwIfAborted } from './turns.ts'

/** The longest slice, in milliseconds, besides the part of the work that passes it. */
const maxMilliseconds = 3

/** The time since the event loop had its turn. */
export class Pace {
  #since: number

  constructor(since: number = performance.now()) {
    this.#since = since
  }

  /** When the event loop last went on. */
  get since(): number {
    return this.#since
  }

  /** The event loop has just gone on. */
  begin(): void {
    this.#since = performance.now()
  }

  /** Lets the event loop go on, if it has waited for long. Throws if the signal is aborted. */
  rest(signal: AbortSignal | undefined): Eventual<void> {
    if (performance.now() - this.#since < maxMilliseconds) return
    return laterTurn().then(() => {
      this.begin()
      throwIfAborted(signal)
    })
  }
}

/** Finishes work: at once if the call is synchronous, otherwise in slices. */
export function finishInTurn<T>(work: Work<T>, turn: Turn | undefined): Eventual<T> {
  if (turn === undefined) return finish(work)
  // What the call did before it counts, too.
  const pace = new Pace(turn.since)
  const goOn = (): Eventual<T> => {
    turn.since = pace.since
    for (;;) {
      const { done, value } = work.next()
      if (done === true) return value
      const rest = pace.rest(turn.signal)
      if (rest instanceof Promise) return after(rest, goOn)
    }
  }
  return after(pace.rest(turn.signal), goOn)
}
