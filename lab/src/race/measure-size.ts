/**
 * Measures one size: every runner computes it once and is compared with the definition. Those that
 * are right are then timed in rounds, each once per round, so that a busy moment of the machine
 * hits all of them.
 */

import { type ArticleCall, article1Calls, article2Calls } from '@stridefold/measure/articles'
import {
  type Contender,
  check,
  elements,
  interleaved,
  type Problem,
  prepareAlgorithms,
  problem,
  type Sampling,
  summary,
} from '@stridefold/measure/browser'
import type { Comparison } from 'stridefold/verify'
import { messageOf } from '../model/message-of.ts'
import { type Course, courseOf } from './courses.ts'
import type { SizeRequest } from './protocol.ts'
import { maxCallMs, type SizeResult, type Standing } from './results.ts'

/**
 * A sample lasts at least 50 steps of the clock, so that rounding changes it by 2 %. Where the
 * clock is fine, samples are short: another program then disturbs fewer of them.
 */
export const samplingOf = (clockStepMs: number): Sampling => ({
  samples: 15,
  minMs: Math.max(1, Math.min(5, 50 * clockStepMs)),
  budgetMs: 2000,
  equalTime: { fewest: 3 },
})

export interface Watcher {
  readonly sampling: Sampling
  readonly signal: AbortSignal
  readonly progress: (share: number, runner: string) => void
}

/** A runner whose result is right. */
interface Checked extends Contender {
  readonly bytes: number
  readonly comparison: Comparison
}

export async function measureSize(
  { course: id, n, without, before }: SizeRequest,
  { sampling, signal, progress }: Watcher,
): Promise<SizeResult> {
  const course = courseOf(id)
  if (!course) throw new Error(`there is no course '${id}'`)
  const p = problem(course.caseOf(n), { weights: course.weights })
  const standings: Record<string, Standing> = {}
  const failed = (name: string, error: unknown): void => {
    standings[name] = { kind: 'failed', message: messageOf(error) }
  }
  const prepared = prepareAlgorithms(p, {
    ...{ mostMs: maxCallMs, without, failed },
    progress: (what) => progress(0, what.replace('checking ', '')),
  })
  try {
    for (const { name, kind, reason, milliseconds } of prepared.refused)
      standings[name] = kind === 'slow' ? { kind, milliseconds } : { kind: 'unsupported', reason }
    const candidates = [
      ...articleRunners(course, p, without, failed),
      ...prepared.ready.map(({ name, run, plan, check: comparison }) => ({
        ...{ name, run, comparison },
        bytes: plan.workspaceBytes + elements(p.outputShape) * 4,
      })),
    ]
    for (const { name, comparison } of candidates)
      if (comparison.fault) {
        const { index, actual, expected, bound } = comparison.fault
        standings[name] = { kind: 'wrong', index, actual, expected, bound }
      }
    const runners = candidates.filter(({ comparison }) => comparison.fault === undefined)
    const rows = await interleaved(
      runners.map((runner) => ({ ...runner, taken: takenOf(before, runner.name) })),
      sampling,
      { signal, failed, progress: (share, what) => progress(share, what.split(', ')[0]!) },
    )
    for (const [i, { name, samples, calls }] of rows.entries()) {
      if (samples.length === 0) continue
      const { median, lowerQuartile: low, upperQuartile: high } = summary(samples)
      const { bytes, comparison } = runners[i]!
      const { difference, bound } = comparison
      standings[name] = {
        ...{ kind: 'measured', samples, calls, median, low, high, bytes, difference, bound },
      }
    }
    const checked = p.expected.values.length
    const isWhole = !signal.aborted
    const { algorithm: chosen } = prepared.chosen
    return { n, text: p.text, flops: p.flops, checked, chosen, standings, isWhole }
  } finally {
    prepared.close()
  }
}

const takenOf = (before: SizeResult | undefined, name: string): readonly number[] => {
  const standing = before?.standings[name]
  return standing?.kind === 'measured' ? standing.samples : []
}

/** The ways of the course's article that can compute it. */
function articleRunners(
  { article }: Course,
  p: Problem,
  without: readonly string[],
  failed: (name: string, error: unknown) => void,
): Checked[] {
  const calls: readonly ArticleCall[] =
    article === 1 ? article1Calls(p) : article === 2 ? article2Calls(p) : []
  return calls.flatMap(({ name, run, errorBound }) => {
    if (without.includes(name)) return []
    try {
      let bytes = 0
      const values = run((more) => {
        bytes += more
      })
      const comparison = check(p, { values, errorBound })
      return [{ name, comparison, bytes, run: () => run() }]
    } catch (error) {
      failed(name, error)
      return []
    }
  })
}
