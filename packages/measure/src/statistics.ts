/**
 * Statistics of timed runs: median and quartiles. Disturbances can only add time, so a mean would
 * follow them, and a minimum would follow the luckiest run.
 */

export interface Summary {
  readonly count: number
  readonly min: number
  readonly lowerQuartile: number
  readonly median: number
  readonly upperQuartile: number
  readonly max: number
  readonly mean: number
  /** Standard deviation of the samples; 0 for one sample. */
  readonly deviation: number
  /** Interquartile range as a share of the median. */
  readonly spread: number
}

/** Summary of at least one sample. Throws `RangeError` for none. */
export function summary(samples: readonly number[]): Summary {
  if (samples.length === 0)
    throw new RangeError('nothing was measured: a summary needs at least one sample')
  const sorted = samples.toSorted((a, b) => a - b)
  const [lowerQuartile, median, upperQuartile] = [
    quantile(sorted, 0.25),
    quantile(sorted, 0.5),
    quantile(sorted, 0.75),
  ]
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length
  const squares = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0)
  return {
    count: samples.length,
    min: sorted[0]!,
    ...{ lowerQuartile, median, upperQuartile },
    max: sorted.at(-1)!,
    mean,
    deviation: samples.length === 1 ? 0 : Math.sqrt(squares / (samples.length - 1)),
    spread: (upperQuartile - lowerQuartile) / median,
  }
}

/** The value below which a share of the ascending samples lies, with linear interpolation. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]!
  return low + (at - below) * ((sorted[below + 1] ?? low) - low)
}

/** The median of at least one sample. Throws `RangeError` for none. */
export const median = (samples: readonly number[]): number => summary(samples).median
