/**
 * Which samples does a box read, and where do they go in its window? Along each axis the samples
 * are those of a few ranges, one behind the other, without the samples between them.
 *
 *   whole axis   0 1 2 3 4 5 6 7 8 9      wrap, a box at the start
 *   ranges       [0, 3) and [8, 10)
 *   samples      0 1 2 8 9                 what `run` gets
 *   window       8 9 0 1 2                 what the program reads
 */

import type { Range, Window } from '../planner/boxes.ts'
import { type Run, runsOf } from '../runtime/box-arrays.ts'

/** The ranges of all these runs, sorted and disjoint. */
export function rangesOf(runs: readonly Run[]): Range[] {
  const read = runs
    .filter(({ fill, count }) => fill === undefined && count > 0)
    .map(({ source, step, count }): Range => {
      const last = source + step * (count - 1)
      return [Math.min(source, last), Math.max(source, last) + 1]
    })
    .sort(([a], [b]) => a - b)
  const ranges: Range[] = []
  for (const [start, end] of read) {
    const previous = ranges.at(-1)
    if (previous !== undefined && start <= previous[1])
      ranges[ranges.length - 1] = [previous[0], Math.max(previous[1], end)]
    else ranges.push([start, end])
  }
  return ranges
}

/** The runs with their places in the samples of these ranges. */
export function runsInSamples(runs: readonly Run[], ranges: readonly Range[]): Run[] {
  return runs.map((run) => {
    if (run.fill !== undefined) return run
    let before = 0
    for (const [start, end] of ranges) {
      if (run.source >= start && run.source < end)
        return { ...run, source: before + run.source - start }
      before += end - start
    }
    return run
  })
}

/** The samples of a window along an axis of so many samples. */
export const runsOfWindow = (window: Window, extent: number): Run[] =>
  window.isWhole ? [forwards(0, extent)] : runsOf(window, 0, extent)

export const forwards = (source: number, count: number): Run => ({
  ...{ start: 0, count, source, step: 1, fill: undefined, isBehind: false },
})

/** The number of samples of some ranges. */
export const samplesOf = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, [start, end]) => sum + end - start, 0)

/** Whether the runs are all samples of an axis, in their order. */
export const isWholeRun = (runs: readonly Run[], samples: number): boolean =>
  runs.length === 1 &&
  runs[0]!.fill === undefined &&
  runs[0]!.count === samples &&
  (samples === 1 || runs[0]!.step === 1)
