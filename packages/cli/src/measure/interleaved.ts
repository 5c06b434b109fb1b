/**
 * Times several functions so that they can be compared. They run in rounds: each once per round, in
 * rotated order. So a busy moment of the machine affects all of them.
 *
 * A sample is the number of calls that takes `minMs`. That number is found by growing it, which is
 * also the warm-up.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'

export interface Contender {
  readonly name: string
  /** One call. A promise is awaited. */
  readonly run: () => unknown
  /**
   * Returns the milliseconds of `calls` calls, measured by another process for work that runs
   * there.
   */
  readonly timed?: (calls: number) => Promise<number>
}

export interface Sampling {
  /** Rounds, ≥ 1. */
  readonly samples: number
  /** Shortest sample, in milliseconds. */
  readonly minMs: number
  /** No new sample starts after this many milliseconds. */
  readonly budgetMs: number
}

export interface Sampled {
  readonly name: string
  /** Milliseconds of one call, in the order of measurement. Empty if no time was left. */
  readonly samples: readonly number[]
  /** Calls of each sample. */
  readonly calls: number
}

export interface Watcher {
  /** Receives the finished share and the next step. */
  readonly progress?: (share: number, what: string) => void
  /** Called before each round, for example to measure the peak at the same moments. */
  readonly beforeRound?: () => void
  /** Ends the rounds early. Finished samples are returned. */
  readonly signal?: AbortSignal | undefined
}

/** Times the functions in rounds. */
export async function interleaved(
  functions: readonly Contender[],
  sampling: Sampling,
  listener: Watcher = {},
): Promise<Sampled[]> {
  const { samples: rounds, minMs, budgetMs } = sampling
  const { progress = () => {}, beforeRound = () => {}, signal } = listener
  const start = performance.now()
  const isOver = (): boolean => signal?.aborted === true || performance.now() - start > budgetMs
  const rows = functions.map((timedFunction) => ({
    timedFunction,
    calls: 1,
    samples: [] as number[],
  }))
  const measure = async (row: (typeof rows)[number], what: string): Promise<number> => {
    const used = (performance.now() - start) / budgetMs
    const done = row.samples.length / rounds
    progress(Math.min(1, Math.max(used, done)), what)
    await nextTurn()
    return row.timedFunction.timed?.(row.calls) ?? timeCalls(row.timedFunction.run, row.calls)
  }
  for (const row of rows) {
    if (isOver()) break
    for (;;) {
      const took = await measure(row, `${row.timedFunction.name}, warming up`)
      // One call that takes a large part of the budget counts as a sample.
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
        (await measure(row, `${row.timedFunction.name}, round ${round + 1}`)) / row.calls,
      )
    }
  }
  return rows.map(({ timedFunction: { name }, calls, samples }) => ({ name, calls, samples }))
}

/** Milliseconds of `calls` calls. */
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
