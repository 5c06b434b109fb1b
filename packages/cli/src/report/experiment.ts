/**
 * The inputs of each part of the report, and the one function that times everything in it.
 */

import { type Contender, interleaved, type Summary, summary } from '@stridefold/measure'
import type { Series, Words } from './section.ts'

export interface Experiment {
  readonly quick: boolean
  readonly signal: AbortSignal
  /** Receives the finished share of the part and the current step. */
  readonly progress: (share: number, what: string) => void
}

export interface Timed extends Summary {
  readonly name: string
}

/** Times all functions in rounds. Those without time for a sample are left out. */
export async function timeInRounds(
  functions: readonly Contender[],
  experiment: Experiment,
  budgetMs: number,
  report: (share: number, what: string) => void,
): Promise<Timed[]> {
  const sampling = { samples: experiment.quick ? 9 : 15, minMs: experiment.quick ? 3 : 5, budgetMs }
  const sampled = await interleaved(functions, sampling, {
    progress: report,
    signal: experiment.signal,
  })
  return sampled.flatMap(({ name, samples }) =>
    samples.length === 0 ? [] : [{ name, ...summary(samples) }],
  )
}

/** The points of one function over a sweep. */
export function seriesOf(
  name: Words,
  key: string,
  sweep: readonly { readonly x: number; readonly rows: readonly Timed[] }[],
): Series {
  const points = sweep.flatMap(({ x, rows }) => {
    const row = rows.find((r) => r.name === key)
    return row === undefined
      ? []
      : [{ x, y: row.median, low: row.lowerQuartile, high: row.upperQuartile, samples: row.count }]
  })
  return { key, name, points }
}
