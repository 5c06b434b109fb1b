/**
 * How are several things timed so that they can be compared? In rounds: everyone once, in another
 * order each time, so that a busy moment of the machine meets all of them.
 *
 * A sample is as many calls as take `minMs`; their number is found by doubling, which is the
 * warm-up too.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'

export interface Contender {
  readonly name: string
  /** One call; a promise is waited for. */
  readonly run: () => unknown
  /** Milliseconds of so many calls by a clock of its own, for what runs in another process. */
  readonly timeCalls?: (calls: number) => Promise<number>
}

export interface Sampling {
  /** Rounds, ≥ 1. */
  readonly samples: number
  /** Least milliseconds of a sample. */
  readonly minMs: number
  /** No new sample begins after so many milliseconds. */
  readonly budgetMs: number
}

export interface Sampled {
  readonly name: string
  /**
   * Milliseconds of one call, in the order in which they were taken; empty where the time was up
   * before.
   */
  readonly samples: readonly number[]
  /** Calls of each sample. */
  readonly calls: number
}

export interface Watcher {
  /** Hears what is about to be done, and which share is done. */
  readonly progress?: (share: number, what: string) => void
  /** Called before each round: a yardstick to be read at the same moments. */
  readonly beforeRound?: () => void
  /** Ends the rounds early; what was measured until then is given. */
  readonly signal?: AbortSignal | undefined
}

/** Times the contenders in rounds. */
export async function interleaved(
  contenders: readonly Contender[],
  sampling: Sampling,
  watcher: Watcher = {},
): Promise<Sampled[]> {
  const { samples: rounds, minMs, budgetMs } = sampling
  const { progress = () => {}, beforeRound = () => {}, signal } = watcher
  const start = performance.now()
  const isOver = (): boolean => signal?.aborted === true || performance.now() - start > budgetMs
  const rows = contenders.map((subject) => ({
    contender: subject,
    calls: 1,
    samples: [] as number[],
  }))
  const measure = async (row: (typeof rows)[number], what: string): Promise<number> => {
    const used = (performance.now() - start) / budgetMs
    const done = row.samples.length / rounds
    progress(Math.min(1, Math.max(used, done)), what)
    await nextTurn()
    return row.contender.timeCalls?.(row.calls) ?? timeCalls(row.contender.run, row.calls)
  }
  for (const row of rows) {
    if (isOver()) break
    for (;;) {
      const took = await measure(row, `${row.contender.name}, warming up`)
      // One call that fills a large part of the budget is a sample as it is.
      if (took > budgetMs / (4 * rows.length)) row.samples.push(took / row.calls)
      if (took >= minMs || isOver()) break
      row.calls *= Math.max(2, Math.min(16, Math.floor(minMs / Math.max(took, 1e-3))))
    }
  }
  for (let round = 0; round < rounds; round++) {
    if (isOver()) break
    beforeRound()
    for (let i = 0; i < rows.length; i++) {
      const row = rows[(i + round) % rows.length]!
      if (isOver() || row.samples.length >= rounds) continue
      row.samples.push(
        (await measure(row, `${row.contender.name}, round ${round + 1}`)) / row.calls,
      )
    }
  }
  return rows.map(({ contender: { name }, calls, samples }) => ({ name, calls, samples }))
}

/** Milliseconds of so many calls. */
async function timeCalls(run: () => unknown, calls: number): Promise<number> {
  const start = performance.now()
  const first = run()
  if (first instanceof Promise) {
    await first
    for (let i = 1; i < calls; i++) await run()
  } else {
    for (let i = 1; i < calls; i++) run()
  }
  return performance.now() - start
}
