/**
 * Which plan can serve this call? Recent plans are kept under the key of their question. If the
 * decision depends on the values of a kernel, a plan serves kernels with the same values. It also
 * serves a kernel with other values if they lead to the same decision; then only its constants are
 * replaced.
 *
 *   key ──► kernel A ─┐            A and B differ in numbers only: one plan, compiled once
 *           kernel B ─┴─► plan
 *           kernel C ───► plan     C is, for example, a sum of two products: another program
 */

import type { LowRankFactors } from '../geometry/operands.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { choiceKeyWork } from '../planner/choice-key.ts'
import type { Question } from '../problem/problem.ts'
import { unload, withKernel } from './loaded.ts'
import {
  canonicalKernel,
  type KnownKernel,
  knownKernelWork,
  type Planned,
  planned,
} from './planned.ts'
import { kept } from './state.ts'

/** A plan, and the kernel of the call if its values were analyzed. */
interface CachedPlan {
  readonly plan: Planned
  readonly known: KnownKernel | undefined
  /** The properties of the values that the decision depends on; equal keys mean equal decisions. */
  readonly choice: string
}

const maxKeys = 96
const maxKernelsPerKey = 16
const maxPlansPerKey = 4

const planCache = kept(() => new Map<string, readonly CachedPlan[]>())

/** Returns the plan of a question for this kernel: from the cache under its key, or a new one. */
export const cachedPlan = (key: string, kernel: NdArray, question: () => Question): Planned =>
  foundPlan(key, kernel) ?? finish(planWork(key, kernel, question))

/**
 * The key of plans whose kernel has known separable terms. It differs from that of other plans: an
 * analysis of the same values may find no terms.
 */
export const keyWithFactors = (key: string, factors: LowRankFactors | undefined): string =>
  factors === undefined ? key : `${key} ${factors.terms.length} terms`

const cachedUnder = (key: string): readonly CachedPlan[] => planCache.get().get(key) ?? []

/** The plan in the cache. Undefined if there is none for this kernel. */
export function foundPlan(key: string, kernel: NdArray): Planned | undefined {
  // All plans of a key have the same question, so one order of the kernel serves all.
  let canonical: NdArray | undefined
  const sameKernel = cachedUnder(key).find(({ known, plan }) => {
    if (known === undefined) return true
    canonical ??= canonicalKernel(plan.question, kernel)
    return known.copy.holds(canonical)
  })
  return sameKernel && withKernel(sameKernel.plan, sameKernel.known)
}

/**
 * The work of adding a plan for this kernel to the cache. `factors`: the separable terms of the
 * kernel, if they are known.
 */
export function* planWork(
  key: string,
  kernel: NdArray,
  question: () => Question,
  factors?: LowRankFactors,
): Work<Planned> {
  const asked = cachedUnder(key)[0]?.plan.question ?? question()
  const known = yield* knownKernelWork(asked, kernel, false, factors)
  const choice = known === undefined ? '' : yield* choiceKeyWork(asked, known.properties)
  const cached = cachedUnder(key)
  const sameChoice = cached.find((entry) => entry.known !== undefined && entry.choice === choice)
  const plan = sameChoice === undefined ? planned(asked, known) : withKernel(sameChoice.plan, known)
  addToCache(key, [{ plan, known, choice }, ...cached])
  return plan
}

/**
 * Stores the first of these plans under the key, up to the limits, and frees the others. If there
 * are too many keys, it removes the oldest one.
 */
function addToCache(key: string, entries: readonly CachedPlan[]): void {
  const plans = new Set<Planned>()
  const keptEntries = entries.filter(
    ({ plan }, i) =>
      i < maxKernelsPerKey && (plans.has(plan) || (plans.size < maxPlansPerKey && plans.add(plan))),
  )
  for (const plan of new Set(entries.map((entry) => entry.plan))) if (!plans.has(plan)) unload(plan)
  const cache = planCache.get()
  cache.delete(key)
  cache.set(key, keptEntries)
  if (cache.size <= maxKeys) return
  const [oldest, dropped] = cache.entries().next().value!
  cache.delete(oldest)
  for (const { plan } of dropped) unload(plan)
}
