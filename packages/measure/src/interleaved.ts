/**
 * Times several functions so that they can be compared. They run in rounds: each once per round, in
 * rotated order. So a busy moment of the machine affects all of them.
 *
 * A sample is the number of calls that takes `minMs`. That number is found by growing it, which is
 * also the warm-up.
 */

import { nextTurn, rest } from './turns.ts'

/** A function that is timed beside others. */
export interface Contender {
  readonly name: string
  /** One call. A promise is awaited. */
  readonly run: () => unknown
  /**
   * Returns the milliseconds of `calls` calls, measured by another process for work that runs
   * there.
   */
  readonly timed?: ((calls: number) => Promise<number>) | undefined
  /** Samples that were taken before, in milliseconds. */
  readonly taken?: readonly number[]
}

/** How many samples are taken, how long each one is, and when to stop. */
export interface Sampling {
  /** Rounds, ≥ 1. No function gets more samples. */
  readonly samples: number
  /** Shortest sample, in milliseconds. With 0 every sample is one call, and nothing warms up. */
  readonly minMs: number
  /** No new sample starts after this many milliseconds. Default: no limit. */
  readonly budgetMs?: number
  /**
   * Milliseconds of rest before each sample, in which the threads of other libraries that spin
   * after their work fall asleep. One call that is not timed follows. Default 0.
   */
  readonly restMs?: number
  /** Samples after the first warm-up that do not count. Default 0. */
  readonly warmUps?: number
  /**
   * Each function gets an equal share of the budget instead of an equal number of samples. It has
   * at least `fewest` samples if they take at most half of its share, and at least one.
   */
  readonly equalTime?: { readonly fewest: number }
}

/** The times of one contender. */
export interface Sampled {
  readonly name: string
  /** Milliseconds of one call, in the order of measurement. Empty if no time was left. */
  readonly samples: readonly number[]
  /** Calls of each sample, of the last one if their number grew. */
  readonly calls: number
}

/** Follows the rounds, and may end them. */
export interface Watcher {
  /** Receives the finished share and the next step. */
  readonly progress?: (share: number, what: string) => void
  /** Called before each round, for example to measure the peak at the same moments. */
  readonly beforeRound?: () => void
  /** Ends the rounds early. Finished samples are returned. */
  readonly signal?: AbortSignal | undefined
  /** Receives the error of a function that fails, which gets no sample. Default: it is thrown. */
  readonly failed?: (name: string, error: unknown) => void
}

interface Row {
  readonly contender: Contender
  readonly samples: number[]
  calls: number
  /** Milliseconds of all samples. */
  spent: number
  hasFailed: boolean
}

/** Times the functions in rounds. */
export async function interleaved(
  contenders: readonly Contender[],
  sampling: Sampling,
  { progress = () => {}, beforeRound = () => {}, signal, failed }: Watcher = {},
): Promise<Sampled[]> {
  const {
    samples: rounds,
    minMs,
    budgetMs = Infinity,
    warmUps = 0,
    restMs = 0,
    equalTime,
  } = sampling
  const start = performance.now()
  const share = budgetMs / contenders.length
  const rows = contenders.map((contender): Row => {
    const samples = [...(contender.taken ?? [])]
    const spent = samples.reduce((sum, ms) => sum + ms, 0)
    return { contender, samples, calls: 1, spent, hasFailed: false }
  })
  const isOver = (): boolean =>
    signal?.aborted === true || (equalTime === undefined && performance.now() - start > budgetMs)
  const isDone = ({ samples: { length }, spent, hasFailed }: Row): boolean =>
    hasFailed ||
    length >= rounds ||
    (equalTime !== undefined &&
      length > 0 &&
      spent + spent / length > share &&
      (length >= equalTime.fewest || spent > share / 2))
  const used = (): number =>
    equalTime === undefined
      ? (performance.now() - start) / budgetMs
      : rows.reduce((sum, { spent }) => sum + Math.min(1, spent / share), 0) / rows.length
  const attempt = async (row: Row, work: () => Promise<void>): Promise<void> => {
    if (failed === undefined) return work()
    try {
      await work()
    } catch (error) {
      row.hasFailed = true
      failed(row.contender.name, error)
    }
  }
  const stepsOf = rounds + warmUps
  const time = async (row: Row, step: number, what: string): Promise<number> => {
    progress(Math.min(1, Math.max(used(), step / stepsOf)), `${row.contender.name}, ${what}`)
    // The handler of SIGINT runs only between turns of the event loop.
    await (restMs === 0 ? nextTurn() : rest(restMs))
    // Its own threads and caches wake up again.
    if (restMs > 0) await (row.contender.timed?.(1) ?? timeCalls(row.contender.run))
    return row.contender.timed?.(row.calls) ?? timeCalls(row.contender.run, row.calls)
  }
  const grow = (row: Row, took: number): void => {
    row.calls *= Math.max(2, Math.min(16, Math.floor(minMs / Math.max(took, 1e-3))))
  }
  if (minMs > 0)
    for (const row of rows) {
      if (isOver()) break
      await attempt(row, async () => {
        for (;;) {
          const took = await time(row, 0, 'warming up')
          // One call that takes a large part of the budget counts as a sample.
          if (took > budgetMs / (4 * rows.length)) row.samples.push(took / row.calls)
          if (took >= minMs || isOver()) break
          grow(row, took)
        }
      })
    }
  for (let round = -warmUps; round < rounds && !rows.every(isDone); round++) {
    if (isOver()) break
    if (round >= 0) beforeRound()
    for (let i = 0; i < rows.length; i++) {
      const row = rows[(i + round + warmUps) % rows.length]!
      if (isOver() || isDone(row)) continue
      const what = round < 0 ? 'warming up' : `round ${round + 1}`
      await attempt(row, async () => {
        let took = await time(row, round + warmUps, what)
        // Code that has become faster since it warmed up needs more calls to fill a sample.
        while (took < minMs && !isOver()) {
          grow(row, took)
          took = await time(row, round + warmUps, what)
        }
        if (round < 0) return
        row.samples.push(took / row.calls)
        row.spent += took
      })
    }
  }
  return rows.map(({ contender: { name }, calls, samples, hasFailed }) => ({
    ...{ name, calls },
    samples: hasFailed ? [] : samples,
  }))
}

/** Milliseconds of `calls` calls. */
export async function timeCalls(run: () => unknown, calls = 1): Promise<number> {
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

/** Runs once, and returns the result with the milliseconds that it took and its start. */
export function timeOnce<T>(run: () => T): {
  readonly result: T
  readonly milliseconds: number
  readonly start: number
} {
  const start = performance.now()
  const result = run()
  return { result, milliseconds: performance.now() - start, start }
}
