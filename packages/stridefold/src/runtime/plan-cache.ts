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

import type { NdArray } from '../ndarray/ndarray.ts'
import type { Steps } from '../ndarray/steps.ts'
import { choiceKey } from '../planner/choice-key.ts'
import type { Question } from '../problem/problem.ts'
import { loadedOf, unload } from './loaded.ts'
import { canonicalKernel, type KnownKernel, knownKernel, type Planned, planned } from './planned.ts'
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

/** Returns the plan of a question for this kernel from the cache under its key. */
export function cachedPlan(key: string, kernel: NdArray): Planned | undefined {
  const cached = planCache.get().get(key)
  if (cached === undefined) return undefined
  // All plans of a key have the same question, so one order of the kernel serves all.
  let canonical: NdArray | undefined
  const sameKernel = cached.find(({ known, plan }) => {
    if (known === undefined) return true
    canonical ??= canonicalKernel(plan.question, kernel)
    return known.copy.holds(canonical)
  })
  return sameKernel && withKernel(sameKernel.plan, sameKernel.known)
}

/** The same, or a new plan, which it adds to the cache. */
export function* planFor(key: string, kernel: NdArray, question: () => Question): Steps<Planned> {
  const existing = cachedPlan(key, kernel)
  if (existing !== undefined) return existing
  const asked = planCache.get().get(key)?.[0]?.plan.question ?? question()
  const known = yield* knownKernel(asked, kernel, false)
  const choice = known === undefined ? '' : choiceKey(asked, known.properties)
  // A synchronous call may have added others in a pause.
  const cached = planCache.get().get(key) ?? []
  const sameChoice = cached.find((entry) => entry.known !== undefined && entry.choice === choice)
  const plan = sameChoice === undefined ? planned(asked, known) : withKernel(sameChoice.plan, known)
  addToCache(key, [{ plan, known, choice }, ...cached])
  return plan
}

/** The plan, for a kernel whose values lead to the same decisions. */
function withKernel(plan: Planned, known: KnownKernel | undefined): Planned {
  if (known === undefined || plan.known === known) return plan
  plan.known = known
  // Running again would not replace the constants.
  loadedOf(plan).previousRun = undefined
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
