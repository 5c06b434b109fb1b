/**
 * How long does each algorithm take for one case? Every algorithm that is possible is planned,
 * prepared and checked against the definition. Then all run in rounds, and the fastest sample of
 * each counts: other work on the machine can only make a sample slower.
 *
 * A run is that of a prepared plan on arrays on the heap into an existing array, on one thread.
 */

import {
  check,
  faultText,
  interleaved,
  problem,
  statedErrorBound,
  timeOnOneThread,
} from '@stridefold/measure'
import { ndarray, type Plan, planCase, zeros } from 'stridefold/sync'
import type { GradedCase } from './cases.ts'

export interface TimedAlgorithm {
  readonly algorithm: string
  /** Milliseconds as predicted. */
  readonly predicted: number
  /** The fastest run, in milliseconds. */
  readonly measured: number
  /** Whether `auto` compared it. */
  readonly considered: boolean
}

export interface TimedCase extends GradedCase {
  /** The choice of `auto`. */
  readonly chosen: string
  readonly algorithms: readonly TimedAlgorithm[]
  /** Why algorithms have no time. */
  readonly left: Readonly<Record<string, string>>
}

export interface TimeOptions {
  /** `'measure'`: `auto` chooses by measurement. */
  readonly tune: 'predict' | 'measure'
}

/** A run may not be predicted to take longer, in milliseconds, unless it is the choice. */
const mostMs = 400
const mostWorkspace = 2 ** 30
/** An algorithm that takes so many times longer than the fastest cannot be the best. */
const hopeless = 4

/** A choice this many times slower than the best one is good enough. */
export const goodFactor = 1.5

const sampling = { samples: 5, minMs: 1, warmUps: 2, budgetMs: 800 }

interface Row {
  readonly name: string
  readonly run: () => unknown
  /** Milliseconds of its second run. */
  readonly first: number
  readonly predicted: number
  readonly considered: boolean
}

export async function timeCase(c: GradedCase, { tune }: TimeOptions): Promise<TimedCase> {
  const p = problem(c.text, { weights: c.weights })
  const x = ndarray(p.x.data, p.x.shape)
  const out = zeros(p.outputShape, p.geometry.dtype)
  const planOptions = { threads: 1, kernel: p.k } as const
  const auto = planCase(p.text, { ...planOptions, tune })
  const { algorithm: chosen, candidates } = auto
  const left: Record<string, string> = {}
  const plans: Plan[] = [auto]
  const possible = candidates.filter(({ refused }) => refused === undefined)
  const least = Math.min(...possible.map(({ milliseconds }) => milliseconds))
  const rows: Row[] = []
  for (const candidate of candidates) {
    const { algorithm, refused, milliseconds, considered, workspaceBytes } = candidate
    const reason =
      refused ??
      (algorithm === chosen
        ? undefined
        : milliseconds > mostMs && milliseconds > hopeless * least
          ? 'it is predicted to take too long'
          : !considered && milliseconds > hopeless * least
            ? 'it is predicted to be much slower'
            : workspaceBytes > mostWorkspace
              ? 'it takes too much memory'
              : undefined)
    if (reason !== undefined) {
      left[algorithm] = reason
      continue
    }
    const made = planCase(p.text, { ...planOptions, algorithm })
    const plan = made.prepare(p.k)
    plans.push(made, plan)
    const run = (): unknown => plan.runSync(x, undefined, out)
    run()
    const comparison = check(p, {
      values: out.data.subarray(out.offset, out.offset + out.shape.reduce((a, b) => a * b, 1)),
      errorBound: statedErrorBound(plan),
    })
    const wrong = faultText(comparison, p)
    if (wrong !== undefined) throw new Error(`${algorithm} is wrong: ${wrong}`)
    const first = timeOnOneThread(run, 1)
    rows.push({ name: algorithm, run, first, predicted: milliseconds, considered })
  }
  const fastest = Math.min(...rows.map(({ first }) => first))
  const running = rows.filter(({ name, first }) => {
    if (name === chosen || first <= hopeless * fastest) return true
    left[name] = 'its second run was much slower'
    return false
  })
  const timed = running.map(({ name, run }) => ({
    ...{ name, run },
    timed: async (calls: number) => timeOnOneThread(run, calls),
  }))
  const best = running.map(({ first }) => first)
  // What looks like a bad choice is timed again: other work may have met its samples.
  for (let tries = 0; tries < 3; tries++) {
    const sampled = await interleaved(timed, sampling)
    for (const [i, { samples }] of sampled.entries()) best[i] = Math.min(best[i]!, ...samples)
    const own = best[running.findIndex(({ name }) => name === chosen)]!
    if (own <= goodFactor * Math.min(...best)) break
  }
  for (const plan of plans) plan.dispose()
  const algorithms = running.map(({ name, predicted, considered }, i) => ({
    ...{ algorithm: name, predicted, considered },
    measured: best[i]!,
  }))
  return { ...c, chosen, algorithms, left }
}
