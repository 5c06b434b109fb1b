/**
 * Which plan of before serves this call? Recent plans are kept by a key; where a choice was made
 * from a kernel's values, a plan serves kernels with the same values, and after an exchange of its
 * constants every other kernel whose values ask for the same choice.
 *
 *   key ──► kernel A ─┐            A and B differ in numbers only: one plan, compiled once
 *           kernel B ─┴─► plan
 *           kernel C ───► plan     C is a sum of two products, say: another program
 */

import type { Facts, KernelFacts } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import type { CallOptions } from '../geometry/options.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoted } from '../ndarray/untyped.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { unsuited } from './choose.ts'
import { PlanCore, type Values, valuesOf } from './core.ts'
import { isIntegerResult } from './exactness.ts'
import { factsOf, layoutOf, type Problem, promised } from './problem.ts'

/** A plan, with the kernel that it was asked for where its values were looked at. */
interface Kept {
  readonly core: PlanCore
  readonly values: Values | undefined
  /** What the choice saw of the values. */
  readonly seen: string
}

const mostKeys = 64
const mostKernels = 16
const mostPlans = 4

const recent = new Map<string, Kept[]>()

/** The plan for a call: one that was kept under this key, or a new one. */
export function keptPlan(key: string, kernel: NdArray, options: CallOptions, problem: () => Problem): PlanCore {
  const kept = recent.get(key) ?? []
  const found = kept.find(({ values, core }) => values === undefined || values.copy.holds(canonical(core.problem, kernel)))
  if (found !== undefined) {
    if (found.values !== undefined) found.core.adopt(found.values)
    return found.core
  }
  const asked = kept[0]?.core.problem ?? problem()
  const values = valuesOf(asked, options, kernel, false)
  const seen = values === undefined ? '' : seenOf(asked, options, values.facts)
  const alike = kept.find((other) => other.values !== undefined && other.seen === seen)
  if (alike !== undefined) alike.core.adopt(values!)
  const core = alike?.core ?? new PlanCore(asked, options, values)
  keep(key, [{ core, values, seen }, ...kept])
  return core
}

const canonical = (problem: Problem, kernel: NdArray): NdArray => problem.arrangeKernel(promoted(kernel, problem.geometry.dtype))

/**
 * Keeps the first of these, as many as may be, and drops the key that was made longest ago where
 * there are too many.
 */
function keep(key: string, all: readonly Kept[]): void {
  const cores = new Set<PlanCore>()
  const kept = all.filter(({ core }, i) => i < mostKernels && (cores.has(core) || (cores.size < mostPlans && cores.add(core))))
  for (const core of new Set(all.map((each) => each.core))) if (!cores.has(core)) core.forget()
  recent.delete(key)
  recent.set(key, kept)
  if (recent.size <= mostKeys) return
  const [oldest, dropped] = recent.entries().next().value!
  recent.delete(oldest)
  for (const { core } of dropped) core.forget()
}

/**
 * All that a choice can see of a kernel's values: which algorithms they rule out, and the programs
 * of those that read them, but for the numbers of their constants. Where this is the same, so is
 * the choice.
 */
function seenOf(problem: Problem, options: CallOptions, values: KernelFacts): string {
  const { geometry: g, outputShape, resultDType } = problem
  const shape = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
  const kernel = promised([g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)], g.dtype)
  const output = problem.arrange(promised(outputShape, resultDType))
  // Whether an integer result may be rounded depends on the type of the samples and on a bias too.
  const types = isIntegerResult(options) ? [g.dtype, ...integerTypes] : [g.dtype]
  const all = types.flatMap((dtype) =>
    (isIntegerResult(options) ? [false, true] : [false]).map(
      (bias): Facts => ({ ...factsOf(problem, promised(shape, dtype), kernel, layoutOf(output), bias), values }),
    ),
  )
  return allAlgorithms
    .map((algorithm) => {
      const suits = all.map((facts) => (unsuited(algorithm, g, facts, options) === undefined ? '+' : '-')).join('')
      if (algorithm.readsValues !== true || !suits.startsWith('+')) return suits
      const [facts] = all
      return `${suits} ${algorithm.mingles?.(facts!)} ${JSON.stringify(algorithm.program(g, facts!), withoutNumbers)}`
    })
    .join()
}

const integerTypes = (Object.keys(dtypes) as DType[]).filter((dtype) => dtypes[dtype].integer)

const withoutNumbers = (name: string, value: unknown): unknown => (name === 'values' ? undefined : value)
