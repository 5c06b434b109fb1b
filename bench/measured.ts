/**
 * Measures one case. Every library computes it, is compared with the definition and warms up. Then
 * all libraries are timed in turns.
 *
 * A library that refuses, fails or is wrong is left out with its reason. An interrupt ends the
 * rounds; the results of the finished rounds are kept.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { peakOf, type Summary, summary } from '@stridefold/cli/measure'
import type { Baseline, Ready } from './baseline.ts'
import { type Problem, problem, verify } from './problem.ts'
import type { Entry, Target } from './suite.ts'
import { type Verdict, verdicts } from './verdicts.ts'

export interface Timed extends Pick<Summary, 'median' | 'min' | 'spread'> {
  readonly name: string
  /** The call that was timed. */
  readonly call: string
  /** Milliseconds per call, a round each. */
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
  /** Targets whose opponent has no figure. */
  readonly open: readonly Target[]
  /** For each rival without a figure, by name: the reason. */
  readonly notMeasured: Readonly<Record<string, string>>
  /** True if an interrupt left this with fewer rounds than the others. */
  readonly partial?: true
}

export interface TimingOptions {
  readonly rounds: number
  /** Minimum milliseconds of a round of one baseline. */
  readonly minMs: number
  /** Measures the peak, in GFLOP/s, once a round. */
  readonly peak: () => number
  readonly signal: AbortSignal
  /** Hears which share of the case is done, and what is next. */
  readonly progress: (share: number, what: string) => void
  readonly say: (line: string) => void
}

interface Running {
  readonly name: string
  readonly ready: Ready
  readonly samples: number[]
}

/** A case measured, or undefined where an interrupt left nothing to tell. */
export async function measure(
  entry: Entry,
  baselines: readonly Baseline[],
  manner: TimingOptions,
): Promise<CaseResult | undefined> {
  const { rounds, minMs, peak, signal, progress, say } = manner
  const p = problem(entry)
  const notMeasured: Record<string, string> = {}
  const leftOut = (name: string, error: unknown): void => {
    notMeasured[name] = error instanceof Error ? error.message : `${error}`
    say(`! ${name} is left out of ${entry.name}: ${notMeasured[name]}`)
  }
  let running: Running[] = []
  /** Does one thing with each of those that run; who throws is out. */
  const each = async (one: (row: Running) => Promise<unknown>): Promise<void> => {
    for (const row of running) {
      // A signal is heard between turns of the event loop only.
      await nextTurn()
      if (signal.aborted) return
      await one(row).catch((error) => {
        leftOut(row.name, error)
        running = running.filter((other) => other !== row)
      })
    }
  }
  for (const [i, baseline] of baselines.entries()) {
    progress((0.5 * i) / baselines.length, `${entry.name}: checking ${baseline.name}`)
    await nextTurn()
    if (signal.aborted) break
    const refused = baseline.refuse(p)
    if (refused !== undefined) notMeasured[baseline.name] = refused
    else {
      try {
        running.push({
          name: baseline.name,
          ready: await prepared(baseline, p, minMs),
          samples: [],
        })
      } catch (error) {
        leftOut(baseline.name, error)
      }
    }
  }
  const all = running
  const peaks: number[] = []
  for (let round = 0; round < rounds && !signal.aborted; round++) {
    peaks.push(peak())
    await each(async ({ name, ready, samples }) => {
      progress(0.5 + (0.5 * round) / rounds, `${entry.name}: ${name}, round ${round + 1}`)
      samples.push(await ready.round(minMs))
    })
  }
  const isPartial = signal.aborted
  // What was timed was right, too: the results of the last rounds.
  await each(async ({ name, ready }) => verify(name, p, await ready.output()))
  for (const { name, ready } of all) {
    try {
      ready.close()
    } catch (error) {
      say(`! ${name} could not clean up: ${error instanceof Error ? error.message : error}`)
    }
  }
  const results = running
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, ready, samples }): Timed => {
      const { median, min, spread } = summary(samples)
      return { name, call: ready.call, median, min, spread, samples }
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
    open: entry.targets.filter(({ against }) => !judged.some((one) => one.against === against)),
    notMeasured,
    ...(isPartial && { partial: true }),
  }
}

async function prepared(baseline: Baseline, p: Problem, minMs: number): Promise<Ready> {
  const ready = await baseline.prepare(p)
  verify(baseline.name, p, await ready.output())
  for (let i = 0; i < 3; i++) await ready.round(minMs)
  return ready
}

/** A case as the lines that a user reads. */
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
    const why = c.notMeasured[against.replace(/^(whole|direct):/, '')]?.split('\n')[0]
    lines.push(
      `  open   ${against}, target ${atLeast}: not measured${why === undefined ? '' : ` (${why})`}`,
    )
  }
  return lines.join('\n')
}
