/**
 * Measures one case. Every baseline computes it, is checked against the definition and warms up;
 * then all are timed in interleaved rounds, so that a change of the machine's load meets all of
 * them.
 *
 * A baseline that does not support the case, fails or computes a wrong result is left out, with the
 * reason. An interrupt ends the rounds; samples taken so far are kept.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { interleaved, type Problem, peakOf, type Summary, summary } from '@stridefold/measure'
import type { ReadyRival, Rival } from '@stridefold/measure/rivals'
import { problem, verify } from './problem.ts'
import type { Entry, Target } from './suite.ts'
import { type Verdict, verdicts } from './verdicts.ts'

export interface Timed extends Pick<Summary, 'median' | 'min' | 'spread'> {
  readonly name: string
  /** The call that was timed. */
  readonly call: string
  /** Milliseconds per call, one sample per round. */
  readonly samples: readonly number[]
}

export interface CaseResult {
  readonly suite: string
  readonly name: string
  /** In case notation. */
  readonly case: string
  readonly flops: number
  readonly peakGflops: number
  readonly results: readonly Timed[]
  readonly verdicts: readonly Verdict[]
  /** Targets whose baseline was not measured. */
  readonly open: readonly Target[]
  /** The reason why a baseline has no figure, by name. */
  readonly notMeasured: Readonly<Record<string, string>>
  /** Set if an interrupt ended the case before its last round. */
  readonly partial?: true
}

export interface TimingOptions {
  readonly rounds: number
  /** Minimum milliseconds of a round of one baseline. */
  readonly minMs: number
  /** Milliseconds of rest before a round of one baseline. */
  readonly restMs?: number
  /** Measures the peak, in GFLOP/s, once a round. */
  readonly peak: () => number
  readonly signal: AbortSignal
  /** Is called with the finished share of the case and the next step. */
  readonly progress: (share: number, what: string) => void
  readonly say: (line: string) => void
}

interface Running extends ReadyRival {
  readonly name: string
}

/** Measures a case. Returns undefined if an interrupt came before the first sample. */
export async function measure(
  entry: Entry,
  baselines: readonly Rival[],
  options: TimingOptions,
): Promise<CaseResult | undefined> {
  const { rounds, minMs, restMs = 0, peak, signal, progress, say } = options
  const p = problem(entry)
  const notMeasured: Record<string, string> = {}
  const leaveOut = (name: string, error: unknown): void => {
    notMeasured[name] = error instanceof Error ? error.message : `${error}`
    say(`! ${name} is left out of ${entry.name}: ${notMeasured[name]}`)
  }
  const running: Running[] = []
  for (const [i, baseline] of baselines.entries()) {
    progress((0.5 * i) / baselines.length, `${entry.name}: checking ${baseline.name}`)
    await nextTurn()
    if (signal.aborted) break
    const { name } = baseline
    const reason = baseline.unsupportedReason(p)
    if (reason !== undefined) notMeasured[name] = reason
    else {
      try {
        running.push({ ...(await prepareAndVerify(baseline, p)), name })
      } catch (error) {
        leaveOut(name, error)
      }
    }
  }
  const peaks: number[] = []
  const sampled = await interleaved(
    running,
    { samples: rounds, minMs, restMs, warmUps: 2 },
    {
      beforeRound: () => peaks.push(peak()),
      progress: (share, what) => progress(0.5 + share / 2, `${entry.name}: ${what}`),
      failed: leaveOut,
      signal,
    },
  )
  const isPartial = signal.aborted
  // Checks the results again after the last round: the timed calls must have been right, too.
  await verifyAgain(running, p, signal, notMeasured, leaveOut)
  for (const { name, close } of running) {
    try {
      close()
    } catch (error) {
      say(`! ${name} could not clean up: ${error instanceof Error ? error.message : error}`)
    }
  }
  const results = running.flatMap(({ name, call }, i): Timed[] => {
    const { samples } = sampled[i]!
    if (samples.length === 0 || notMeasured[name] !== undefined) return []
    const { median, min, spread } = summary(samples)
    return [{ name, call, median, min, spread, samples }]
  })
  if (results.length === 0 && isPartial) return undefined
  const peakGflops = peakOf(peaks)
  const median = Object.fromEntries(results.map(({ name, median: ms }) => [name, ms]))
  const judged = verdicts(entry.targets, { flops: p.flops, peakGflops, median })
  return {
    ...{
      suite: entry.suite,
      name: entry.name,
      case: entry.geometry.key,
      flops: p.flops,
      peakGflops,
      results,
      verdicts: judged,
    },
    open: entry.targets.filter(
      ({ against }) => !judged.some((verdict) => verdict.against === against),
    ),
    notMeasured,
    ...(isPartial && { partial: true }),
  }
}

async function prepareAndVerify(baseline: Rival, p: Problem): Promise<ReadyRival> {
  const ready = await baseline.prepare(p)
  verify(baseline.name, p, await ready.output())
  return ready
}

async function verifyAgain(
  running: readonly Running[],
  p: Problem,
  signal: AbortSignal,
  notMeasured: Readonly<Record<string, string>>,
  leaveOut: (name: string, error: unknown) => void,
): Promise<void> {
  for (const { name, output } of running) {
    // The handler of SIGINT runs only between turns of the event loop.
    await nextTurn()
    if (signal.aborted) return
    if (notMeasured[name] !== undefined) continue
    try {
      verify(name, p, await output())
    } catch (error) {
      leaveOut(name, error)
    }
  }
}

/** Formats a case for the terminal. */
export function caseText(c: CaseResult, rounds: number): string {
  const partial = c.partial
    ? `    partial: up to ${Math.max(...c.results.map(({ samples }) => samples.length))} of ` +
      `${rounds} rounds`
    : ''
  const lines = [
    `${c.suite} · ${c.name}    ${c.case}    peak ${c.peakGflops.toFixed(1)} GFLOP/s${partial}`,
  ]
  for (const { name, median, spread } of c.results) {
    const [figure, gflops] = [
      median.toPrecision(4).padStart(10),
      (c.flops / median / 1e6).toFixed(1).padStart(6),
    ]
    lines.push(
      `  ${name.padEnd(12)}${figure} ms  ± ${(spread * 100).toFixed(0).padStart(2)} %  ` +
        `${gflops} GFLOP/s`,
    )
  }
  for (const { against, atLeast, ratio, met } of c.verdicts) {
    lines.push(`  ${met ? 'met   ' : 'MISSED'} ${against} ${ratio.toFixed(2)}, target ${atLeast}`)
  }
  for (const { against, atLeast } of c.open) {
    const reason = c.notMeasured[against.replace(/^(whole|direct):/, '')]?.split('\n')[0]
    lines.push(
      `  open   ${against}, target ${atLeast}: not measured${reason === undefined ? '' : ` (${reason})`}`,
    )
  }
  return lines.join('\n')
}
