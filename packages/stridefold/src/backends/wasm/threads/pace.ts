/** Lets the event loop go on between pieces of work: a page must answer within milliseconds. */

import type { Steps } from '../../../ndarray/steps.ts'
import { eventLoopTurn } from './host.ts'

/** From this much uninterrupted work on the event loop goes on, in milliseconds. */
const maxMilliseconds = 3

export class Pace {
  #since = performance.now()

  /** A turn of the event loop begins: the caller has waited for something else. */
  begin(): void {
    this.#since = performance.now()
  }

  /** Whether the event loop must go on before the next piece of work. */
  get isDue(): boolean {
    return performance.now() - this.#since > maxMilliseconds
  }

  /** Does work in steps. */
  async do<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next()
      if (done === true) return value
      await this.rest()
    }
  }

  /** Resolves in a later turn of the event loop if it is time for one. */
  async rest(): Promise<void> {
    if (!this.isDue) return
    await eventLoopTurn()
    this.begin()
  }
}
