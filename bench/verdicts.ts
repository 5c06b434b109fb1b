/**
 * Does a figure meet its target? A target names a baseline, and the minimum ratio of the speeds.
 */

import type { Target } from './suite.ts'

/** The figures of one case. `median` is in milliseconds per call, by form or baseline. */
export interface Figures {
  readonly flops: number
  readonly peakGflops: number
  readonly median: Readonly<Record<string, number>>
}

export interface Verdict extends Target {
  readonly ratio: number
  readonly met: boolean
}

/** Returns a verdict for each target whose baseline was measured. */
export function verdicts(
  targets: readonly Target[],
  { flops, peakGflops, median }: Figures,
): Verdict[] {
  // Images of bytes have one form only.
  const memory = median.memory ?? median.bytes
  if (memory === undefined) return []
  return targets.flatMap((target): Verdict[] => {
    const [, form, baseline] = /^(whole|direct):(.*)$/.exec(target.against) ?? []
    const other = median[baseline ?? target.against]
    let ratio: number
    // The peak counts products of direct sums; other algorithms need fewer.
    if (target.against === 'peak') ratio = flops / (median.direct ?? memory) / 1e6 / peakGflops
    else if (other === undefined) return []
    else if (form === 'whole')
      ratio = other / Math.min(median['whole-last'] ?? Infinity, median['whole-first'] ?? Infinity)
    else if (form === 'direct') ratio = other / (median.direct ?? memory)
    else ratio = target.against.startsWith('whole-') ? memory / other : other / memory
    return [{ ...target, ratio, met: ratio >= target.atLeast }]
  })
}
