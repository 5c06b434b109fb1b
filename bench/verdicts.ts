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
    const rival = baseline ?? target.against
    const other =
      rival !== 'one-thread'
        ? median[rival]
        : form === 'whole'
          ? (median['bytes-1'] ?? fastest(median['whole-last-1'], median['whole-first-1']))
          : (median['memory-1'] ?? median['bytes-1'])
    let ratio: number
    // The peak counts products of direct sums; other algorithms need fewer.
    if (target.against === 'peak') ratio = flops / (median.direct ?? memory) / 1e6 / peakGflops
    else if (other === undefined) return []
    else if (form === 'whole')
      ratio = other / (fastest(median['whole-last'], median['whole-first']) ?? memory)
    else if (form === 'direct') ratio = other / (median.direct ?? memory)
    else ratio = target.against.startsWith('whole-') ? memory / other : other / memory
    return [{ ...target, ratio, met: ratio >= target.atLeast }]
  })
}

/** The least of the times that were measured. */
function fastest(...times: readonly (number | undefined)[]): number | undefined {
  const measured = times.filter((time) => time !== undefined)
  return measured.length === 0 ? undefined : Math.min(...measured)
}
