/**
 * The interface of everything that the benchmark times: a form of stridefold, or another library (a
 * baseline). Each prepares a problem once, returns its result for the check, and times rounds of
 * calls.
 */

import type { Output, Problem } from './problem.ts'

export interface Ready {
  /** The call that is timed, as its library writes it. */
  readonly call: string
  /** Returns the result of the timed call, for the check against the definition. */
  readonly output: () => Promise<Output>
  /** Returns milliseconds per call, over enough calls to fill `minMs` milliseconds. */
  readonly round: (minMs: number) => Promise<number>
  readonly close: () => void
}

export interface Baseline {
  readonly name: string
  /** The library, its version, and the features of the machine that it uses. */
  readonly version: string
  /** Returns the reason why a problem is not measured, or undefined. */
  readonly unsupportedReason: (p: Problem) => string | undefined
  readonly prepare: (p: Problem) => Promise<Ready>
  readonly close: () => void
}

/**
 * Returns the `round` of a synchronous call. It doubles the number of calls until they fill the
 * round, and starts the next round with that number.
 */
export function rounds(call: () => unknown): (minMs: number) => Promise<number> {
  let count = 1
  return async (minMs) => {
    for (;;) {
      const start = performance.now()
      for (let i = 0; i < count; i++) call()
      const elapsed = performance.now() - start
      if (elapsed >= minMs || count >= 2 ** 24) return elapsed / count
      count *= 2
    }
  }
}

/** The same for a call that returns a promise. */
export function asyncRounds(call: () => Promise<unknown>): (minMs: number) => Promise<number> {
  let count = 1
  return async (minMs) => {
    for (;;) {
      const start = performance.now()
      for (let i = 0; i < count; i++) await call()
      const elapsed = performance.now() - start
      if (elapsed >= minMs || count >= 2 ** 24) return elapsed / count
      count *= 2
    }
  }
}
