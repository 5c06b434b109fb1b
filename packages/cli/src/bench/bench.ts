/**
 * What does `bench` measure? For each case every algorithm: planned, checked against the
 * definition, then timed in rounds with a yardstick read before each, so that the share of the peak
 * is the share of the peak at that moment.
 */

import { prepared, type RunRequest } from '../measure/algorithms.ts'
import { bandwidth } from '../measure/bandwidth.ts'
import { interleaved } from '../measure/interleaved.ts'
import { type Machine, machine } from '../measure/machine.ts'
import { measurePeak, peakOf } from '../measure/peak.ts'
import { problem } from '../measure/problem.ts'
import type { Entry } from '../measure/suites.ts'

export interface BenchRow {
  readonly name: string
  readonly call: string
  readonly algorithm: string
  readonly backend: string
  /** Milliseconds of one call, in the order in which they were taken. */
  readonly samples: readonly number[]
  /** Calls of each sample. */
  readonly calls: number
  readonly workspaceBytes: number
  /** Largest difference from the definition among so many outputs, and what was allowed. */
  readonly difference: number
  readonly bound: number
  readonly checked: number
}

export interface BenchCase {
  readonly case: string
  readonly name: string
  readonly weights: string
  /** Products of the definition, two flops each. */
  readonly flops: number
  /** Input, kernel and output, each once. */
  readonly bytes: number
  readonly chosen: {
    readonly algorithm: string
    readonly backend: string
    readonly decision: string
  }
  readonly peakGflops: number
  readonly rows: readonly BenchRow[]
  /** What was not timed, and why: refused, too long, wrong. */
  readonly notTimed: readonly { readonly name: string; readonly reason: string }[]
}

export interface BenchResult {
  readonly machine: Machine
  readonly bandwidthGBs: number
  readonly cases: readonly BenchCase[]
  /** True where it was cut short. */
  readonly interrupted: boolean
}

export interface BenchRequest {
  readonly entries: readonly Entry[]
  readonly algorithms: readonly string[] | undefined
  /** One row for each; undefined: what the library takes by itself. */
  readonly threads: readonly number[] | undefined
  readonly backend: RunRequest['backend']
  readonly samples: number
  /** For each case. */
  readonly budgetMs: number
}

const minSampleMs = 5

/**
 * Runs the cases one after the other. Throws `OptionError` for an algorithm that was named and
 * refuses.
 */
export async function bench(
  request: BenchRequest,
  signal: AbortSignal,
  progress: (share: number, what: string) => void,
): Promise<BenchResult> {
  const { entries } = request
  const peak = measurePeak()
  const cases: BenchCase[] = []
  const about = machine()
  progress(0, 'memory')
  const bandwidthGBs = bandwidth()
  for (const [i, entry] of entries.entries()) {
    if (signal.aborted) break
    cases.push(
      await benchCase(entry, request, peak, signal, (share, what) =>
        progress((i + share) / entries.length, `${entry.name}: ${what}`),
      ),
    )
  }
  return {
    machine: about,
    bandwidthGBs,
    cases: cases.filter(({ rows }) => rows.length > 0 || !signal.aborted),
    interrupted: signal.aborted,
  }
}

async function benchCase(
  entry: Entry,
  { algorithms, threads = [undefined as never], backend, samples, budgetMs }: BenchRequest,
  peak: () => number,
  signal: AbortSignal,
  progress: (share: number, what: string) => void,
): Promise<BenchCase> {
  const p = problem(entry.text, entry.weights)
  const mostMs = budgetMs / 2
  const preparedSets = threads.map((n: number | undefined) => {
    const set = prepared(p, {
      algorithms,
      threads: n,
      backend,
      mostMs,
      progress: (what) => progress(0, what),
    })
    return { ...set, suffix: threads.length > 1 ? `, threads ${n}` : '' }
  })
  const all = preparedSets.flatMap(({ ready, suffix }) =>
    ready.map((row) => ({ ...row, name: `${row.name}${suffix}` })),
  )
  const correct = all.filter(({ check }) => check.wrong === undefined)
  const peaks: number[] = []
  const sampled = await interleaved(
    correct,
    { samples, minMs: minSampleMs, budgetMs },
    { progress, beforeRound: () => peaks.push(peak()), signal },
  )
  for (const { close } of preparedSets) close()
  const rows = correct.map((row, i): BenchRow => {
    const { plan, check, name, call } = row
    return {
      ...{
        name,
        call,
        algorithm: plan.algorithm,
        backend: plan.backend,
        samples: sampled[i]!.samples,
        calls: sampled[i]!.calls,
      },
      ...{
        workspaceBytes: plan.workspaceBytes,
        difference: check.difference,
        bound: check.bound,
        checked: check.outputs,
      },
    }
  })
  const notTimed = [
    ...preparedSets[0]!.refused,
    ...all.flatMap(({ name, check }) =>
      check.wrong === undefined ? [] : [{ name, reason: `wrong: ${check.wrong}` }],
    ),
    ...rows
      .filter(({ samples }) => samples.length === 0)
      .map(({ name }) => ({ name, reason: `the time was up before its first sample` })),
  ]
  return {
    ...{
      case: p.text,
      name: entry.name,
      weights: entry.weights,
      flops: p.flops,
      bytes: p.bytes,
      chosen: preparedSets[0]!.chosen,
    },
    peakGflops: peaks.length === 0 ? peakOf([peak(), peak(), peak()]) : peakOf(peaks),
    rows: rows.filter(({ samples }) => samples.length > 0),
    notTimed,
  }
}
