/**
 * Prepares every algorithm for timing on one case: plans it, packs its weights, and checks its
 * result against the definition.
 *
 * Inputs are in backend memory, and results go to an existing array, so only the algorithm is
 * timed. One more row is a whole call on arrays on the heap, as a program makes it. The difference
 * between the two is copying, a new result and the overhead of the call.
 */

import { type NdArray, ndarray, type Plan, planCase, zeros } from 'stridefold/sync'
import type { Comparison } from 'stridefold/verify'
import { check, faultText } from './check.ts'
import type { Problem } from './problem.ts'
import { elements } from './shapes.ts'

/** An algorithm that is planned, checked and ready to run again and again. */
export interface Ready {
  readonly name: string
  /** A description of the call. */
  readonly call: string
  readonly plan: Plan
  readonly check: Comparison
  /** A sentence about the output that is wrong; undefined if the result is right. */
  readonly wrong: string | undefined
  readonly run: () => unknown
}

/** An algorithm that does not run a case. */
export interface Refused {
  readonly name: string
  /** A sentence for people. */
  readonly reason: string
  /** It cannot compute the case, is predicted to take too long, or needs too much memory. */
  readonly kind: 'unsupported' | 'slow' | 'large'
  /** The predicted time of one run; NaN if it cannot compute the case. */
  readonly milliseconds: number
}

/** The algorithms of a case: those that run, and those that do not, with their reasons. */
export interface Prepared {
  readonly ready: readonly Ready[]
  readonly refused: readonly Refused[]
  /** The choice of `auto` for arrays in backend memory, with the reason. */
  readonly chosen: {
    readonly algorithm: string
    readonly backend: string
    readonly decision: string
  }
  readonly close: () => void
}

/** Which algorithms are prepared, and how they run. */
export interface RunRequest {
  /** Names of algorithms, or `['auto']`; undefined for all. */
  readonly algorithms?: readonly string[] | undefined
  readonly threads?: number | undefined
  readonly backend?: 'auto' | 'wasm' | 'js' | undefined
  /** An algorithm is skipped, with this as the reason, if one run is predicted to take longer. */
  readonly mostMs: number
  /** Rows that are left out. Default: none. */
  readonly without?: readonly string[]
  /** Receives the name of the step in progress. */
  readonly progress?: (what: string) => void
  /**
   * Receives the error of an algorithm that fails, such as for lack of memory. It is left out.
   * Default: the error is thrown.
   */
  readonly failed?: (name: string, error: unknown) => void
}

/** The error bound that a plan states for its algorithm, in units of max|x|·Σ|k|. */
export const statedErrorBound = ({ algorithm: chosen, candidates }: Plan): number | undefined =>
  candidates.find(({ algorithm }) => algorithm === chosen)?.errorBound

/** The row of a whole call on arrays on the heap. */
export const wholeCallName = 'auto, whole call'

/** Largest workspace, in bytes, of an algorithm that was not named. */
const maxWorkspaceBytes = 2 ** 31

/**
 * Plans, runs and checks the algorithms. Throws `OptionError` if a named algorithm does not support
 * the case.
 */
export function prepareAlgorithms(
  p: Problem,
  { algorithms, threads = 1, backend, mostMs, without = [], progress, failed }: RunRequest,
): Prepared {
  const options = {
    threads,
    ...(backend !== undefined && { backend }),
  }
  const auto = planCase(p.text, { ...options, kernel: p.k })
  const chosen = { algorithm: auto.algorithm, backend: auto.backend, decision: auto.decision }
  const x = ndarray(p.x.data, p.x.shape, { memory: 'backend' })
  const out = zeros(p.outputShape, p.geometry.dtype, { memory: 'backend' })
  const refused: Refused[] = []
  const ready: Ready[] = []
  const plans: Plan[] = [auto]
  const attempt = (name: string, work: () => void): void => {
    if (failed === undefined) return work()
    try {
      work()
    } catch (error) {
      failed(name, error)
    }
  }
  const add = (name: string, plan: Plan, call: string, run: () => NdArray): void => {
    progress?.(`checking ${name}`)
    plans.push(plan)
    const values = run().data.subarray(0, elements(p.outputShape))
    const comparison = check(p, { values, errorBound: statedErrorBound(plan) })
    ready.push({ name, call, plan, run, check: comparison, wrong: faultText(comparison, p) })
  }
  const addPrepared = (name: string, algorithm: string): void => {
    const plan = planCase(p.text, { ...options, algorithm, kernel: p.k }).prepare(p.k)
    add(name, plan, 'plan.runSync(x, undefined, out), prepared, arrays in backend memory', () =>
      plan.runSync(x, undefined, out),
    )
  }
  const named = algorithms ?? auto.candidates.map(({ algorithm }) => algorithm)
  const names = named.filter((name) => !without.includes(name))
  for (const name of names) {
    const candidate = auto.candidates.find(({ algorithm }) => algorithm === name)
    const unsupportedReason = algorithms === undefined ? candidate?.refused : undefined
    const milliseconds = candidate?.milliseconds ?? Number.NaN
    if (unsupportedReason !== undefined)
      refused.push({ name, reason: unsupportedReason, kind: 'unsupported', milliseconds })
    else if (candidate !== undefined && milliseconds > mostMs) {
      refused.push({
        ...{ name, kind: 'slow', milliseconds },
        reason:
          `one run would take about ${(milliseconds / 1000).toPrecision(2)} s, more ` +
          'than its share of the time',
      })
    } else if (candidate !== undefined && candidate.workspaceBytes > maxWorkspaceBytes) {
      refused.push({
        ...{ name, kind: 'large', milliseconds },
        reason: `it would take ${candidate.workspaceBytes.toLocaleString('en')} bytes of workspace`,
      })
    } else
      attempt(name, () => addPrepared(name === 'auto' ? `auto (${auto.algorithm})` : name, name))
  }
  if (algorithms === undefined && !without.includes(wholeCallName))
    attempt(wholeCallName, () =>
      add(
        wholeCallName,
        auto,
        'plan.runSync(x, k) on ordinary arrays, a new result each time',
        () => auto.runSync(p.x, p.k),
      ),
    )
  return {
    ...{ ready, refused, chosen },
    close: () => {
      for (const plan of plans) plan.dispose()
      x.release?.()
      out.release?.()
    },
  }
}
