/**
 * What do many rounds say? The median, and how far the middle half of the rounds lies apart; and whether a figure meets its target.
 */

import type { Target } from './suite.ts'

export interface Summary {
  readonly median: number
  readonly min: number
  /** Distance of the quartiles as a share of the median. */
  readonly spread: number
}

/** Summary of at least one sample. */
export function summary(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new Error('nothing was measured: a summary needs at least one sample')
  const sorted = [...samples].sort((a, b) => a - b)
  const quantile = (share: number): number => {
    const at = share * (sorted.length - 1)
    const below = Math.floor(at)
    const low = sorted[below]!
    return low + (at - below) * ((sorted[below + 1] ?? low) - low)
  }
  const median = quantile(0.5)
  return { median, min: sorted[0]!, spread: (quantile(0.75) - quantile(0.25)) / median }
}

/** What one case came to, in milliseconds per call, ours and the rivals' by name. */
export interface Figures {
  readonly flops: number
  readonly peakGflops: number
  readonly median: Readonly<Record<string, number>>
}

export interface Verdict extends Target {
  readonly ratio: number
  readonly met: boolean
}

/** The verdict on each target whose opponent was measured. */
export function verdicts(targets: readonly Target[], { flops, peakGflops, median }: Figures): Verdict[] {
  // Pictures of bytes have one form only.
  const memory = median.memory ?? median.bytes
  if (memory === undefined) return []
  return targets.flatMap((target): Verdict[] => {
    const [, called] = /^whole:(.*)$/.exec(target.against) ?? []
    const other = median[called ?? target.against]
    let ratio: number
    // A peak is one of direct sums: others do with fewer products.
    if (target.against === 'peak') ratio = flops / (median.direct ?? memory) / 1e6 / peakGflops
    else if (other === undefined) return []
    else if (called !== undefined) ratio = other / Math.min(median['whole-last'] ?? Infinity, median['whole-first'] ?? Infinity)
    else ratio = target.against.startsWith('whole-') ? memory / other : other / memory
    return [{ ...target, ratio, met: ratio >= target.atLeast }]
  })
}
