/**
 * Does a figure meet its target? A target names whom it is measured against, and how many times.
 */

import type { Target } from './suite.ts'

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
export function verdicts(
  targets: readonly Target[],
  { flops, peakGflops, median }: Figures,
): Verdict[] {
  // Pictures of bytes have one form only.
  const memory = median.memory ?? median.bytes
  if (memory === undefined) return []
  return targets.flatMap((target): Verdict[] => {
    const [, form, rival] = /^(whole|direct):(.*)$/.exec(target.against) ?? []
    const other = median[rival ?? target.against]
    let ratio: number
    // A peak is one of direct sums: others do with fewer products.
    if (target.against === 'peak') ratio = flops / (median.direct ?? memory) / 1e6 / peakGflops
    else if (other === undefined) return []
    else if (form === 'whole')
      ratio = other / Math.min(median['whole-last'] ?? Infinity, median['whole-first'] ?? Infinity)
    else if (form === 'direct') ratio = other / (median.direct ?? memory)
    else ratio = target.against.startsWith('whole-') ? memory / other : other / memory
    return [{ ...target, ratio, met: ratio >= target.atLeast }]
  })
}
