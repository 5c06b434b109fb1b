/** Lets the event loop go on between pieces of work: a page must answer within milliseconds. */

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

  /** Lets the event loop go on. */
  async pause(): Promise<void> {
    await eventLoopTurn()
    this.begin()
  }

  /** The same, if it is time for that. */
  async rest(): Promise<void> {
    if (this.isDue) await this.pause()
  }
}
