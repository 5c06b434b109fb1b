/**
 * Runs `bench`. For each case, every algorithm is planned and checked against the definition. Then
 * all run in rounds. The peak of the machine is measured before each round, so the share of the
 * peak refers to the same moment.
 */

import {
  bandwidth,
  type Entry,
  interleaved,
  type Machine,
  machine,
  measurePeak,
  peakOf,
  prepareAlgorithms,
  problem,
  type RunRequest,
} from '@stridefold/measure'

export interface BenchRow {
  readonly name: string
  readonly call: string
  readonly algorithm: string
  readonly backend: string
  /** Milliseconds of one call, in the order of measurement. */
  readonly samples: readonly number[]
  /** Calls of each sample. */
  readonly calls: number
  readonly workspaceBytes: number
  /**
   * Largest difference from the definition among the checked outputs, its allowed bound, and the
   * number of checked outputs.
   */
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
  /** Algorithms that were not timed, with the reason: not supported, too slow, or wrong. */
  readonly notTimed: readonly { readonly name: string; readonly reason: string }[]
}

export interface BenchResult {
  readonly machine: Machine
  readonly bandwidthGBs: number
  readonly cases: readonly BenchCase[]
  /** True if an interrupt ended the run early. */
  readonly interrupted: boolean
}

export interface BenchRequest {
  readonly entries: readonly Entry[]
  readonly algorithms: readonly string[] | undefined
  /** One row for each number of threads; undefined: one thread. */
  readonly threads: readonly number[] | undefined
  readonly backend: RunRequest['backend']
  readonly samples: number
  /** Time for each case. */
  readonly budgetMs: number
}

const minSampleMs = 5

/**
 * Runs the cases one after the other. Throws `OptionError` if a named algorithm does not support a
 * case.
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
  { algorithms, threads = [1], backend, samples, budgetMs }: BenchRequest,
  peak: () => number,
  signal: AbortSignal,
  progress: (share: number, what: string) => void,
): Promise<BenchCase> {
  const p = problem(entry.text, { weights: entry.weights })
  const mostMs = budgetMs / 2
  const preparedSets = threads.map((n) => {
    const set = prepareAlgorithms(p, {
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
  const correct = all.filter(({ wrong }) => wrong === undefined)
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
    ...all.flatMap(({ name, wrong }) =>
      wrong === undefined ? [] : [{ name, reason: `wrong: ${wrong}` }],
    ),
    ...rows
      .filter(({ samples }) => samples.length === 0)
      .map(({ name }) => ({ name, reason: 'no time was left for its first sample' })),
  ]
  return {
    ...{
      case: p.text,
      name: entry.name,
      weights: entry.weights,
      flops: p.flops,
      bytes: p.traffic,
      chosen: preparedSets[0]!.chosen,
    },
    peakGflops: peaks.length === 0 ? peakOf([peak(), peak(), peak()]) : peakOf(peaks),
    rows: rows.filter(({ samples }) => samples.length > 0),
    notTimed,
  }
}
