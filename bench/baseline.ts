/**
 * What is measured: stridefold, or a baseline, which is another library. Each prepares a problem
 * once, returns its result for the check, and times a round of calls.
 */

import type { Output, Problem } from './problem.ts'

export interface Ready {
  /** The call that is timed, as its library writes it. */
  readonly call: string
  /** The result of the timed call, for the check against the definition. */
  readonly output: () => Promise<Output>
  /** Milliseconds per call, over as many calls as fill `least` milliseconds. */
  readonly round: (least: number) => Promise<number>
  readonly close: () => void
}

export interface Baseline {
  readonly name: string
  /** Library and version, and what of the machine it uses. */
  readonly version: string
  /** Why it is not measured on a problem, or undefined. */
  readonly refuse: (p: Problem) => string | undefined
  readonly prepare: (p: Problem) => Promise<Ready>
  readonly close: () => void
}

/**
 * A round of a call that returns when it is done; the number of calls is found by doubling, and
 * kept for the next round.
 */
export function rounds(call: () => unknown): (least: number) => Promise<number> {
  let count = 1
  return async (least) => {
    for (;;) {
      const start = performance.now()
      for (let i = 0; i < count; i++) call()
      const took = performance.now() - start
      if (took >= least || count >= 2 ** 24) return took / count
      count *= 2
    }
  }
}

/** The same for a call that gives a promise. */
export function asyncRounds(call: () => Promise<unknown>): (least: number) => Promise<number> {
  let count = 1
  return async (least) => {
    for (;;) {
      const start = performance.now()
      for (let i = 0; i < count; i++) await call()
      const took = performance.now() - start
      if (took >= least || count >= 2 ** 24) return took / count
      count *= 2
    }
  }
}
