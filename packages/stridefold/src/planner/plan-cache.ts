/**
 * Which plan of before serves this call? Recent plans are kept by a key; where a choice was made
 * from a kernel's values, a plan serves kernels with the same values, and after an exchange of its
 * constants every other kernel whose values ask for the same choice.
 *
 *   key ──► kernel A ─┐            A and B differ in numbers only: one plan, compiled once
 *           kernel B ─┴─► plan
 *           kernel C ───► plan     C is a sum of two products, say: another program
 */

import type { OperandDescriptors, KernelProperties } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import type { CallOptions } from '../geometry/options.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { unsuitableReason } from './choose.ts'
import { PlanCore, type Values, valuesOf } from './core.ts'
import { isIntegerResult } from './exactness.ts'
import { describeOperands, layoutOf, type Problem, placeholder } from './problem.ts'

/** A plan, with the kernel that it was asked for where its values were looked at. */
interface CachedPlan {
  readonly core: PlanCore
  readonly values: Values | undefined
  /** What the choice saw of the values. */
  readonly seen: string
}

const maxKeys = 64
const maxKernels = 16
const maxPlans = 4

const planCache = new Map<string, CachedPlan[]>()

/** The plan for a call: one that was kept under this key, or a new one. */
export function cachedPlan(
  key: string,
  kernel: NdArray,
  options: CallOptions,
  problem: () => Problem,
): PlanCore {
  const cached = planCache.get(key) ?? []
  const found = cached.find(
    ({ values, core }) =>
      values === undefined || values.copy.holds(canonical(core.problem, kernel)),
  )
  if (found !== undefined) {
    if (found.values !== undefined) found.core.useKernel(found.values)
    return found.core
  }
  const asked = cached[0]?.core.problem ?? problem()
  const values = valuesOf(asked, options, kernel, false)
  const seen = values === undefined ? '' : choiceKey(asked, options, values.facts)
  const alike = cached.find((other) => other.values !== undefined && other.seen === seen)
  if (alike !== undefined) alike.core.useKernel(values!)
  const core = alike?.core ?? new PlanCore(asked, options, values)
  addToCache(key, [{ core, values, seen }, ...cached])
  return core
}

const canonical = (problem: Problem, kernel: NdArray): NdArray =>
  problem.kernelToCanonicalAxes(promoteUntyped(kernel, problem.geometry.dtype))

/**
 * Keeps the first of these, as many as may be, and drops the key that was made longest ago where
 * there are too many.
 */
function addToCache(key: string, all: readonly CachedPlan[]): void {
  const cores = new Set<PlanCore>()
  const cached = all.filter(
    ({ core }, i) =>
      i < maxKernels && (cores.has(core) || (cores.size < maxPlans && cores.add(core))),
  )
  for (const core of new Set(all.map((each) => each.core)))
    if (!cores.has(core)) core.disposeCompiled()
  planCache.delete(key)
  planCache.set(key, cached)
  if (planCache.size <= maxKeys) return
  const [oldest, dropped] = planCache.entries().next().value!
  planCache.delete(oldest)
  for (const { core } of dropped) core.disposeCompiled()
}

/**
 * All that a choice can see of a kernel's values: which algorithms they rule out, and the programs
 * of those that read them, but for the numbers of their constants. Where this is the same, so is
 * the choice.
 */
function choiceKey(problem: Problem, options: CallOptions, values: KernelProperties): string {
  const { geometry: g, outputShape, resultDType } = problem
  const shape = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
  const kernel = placeholder(
    [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)],
    g.dtype,
  )
  const output = problem.toCanonicalAxes(placeholder(outputShape, resultDType))
  // Whether an integer result may be rounded depends on the type of the samples and on a bias too.
  const types = isIntegerResult(options) ? [g.dtype, ...integerTypes] : [g.dtype]
  const all = types.flatMap((dtype) =>
    (isIntegerResult(options) ? [false, true] : [false]).map(
      (bias): OperandDescriptors => ({
        ...describeOperands(problem, placeholder(shape, dtype), kernel, layoutOf(output), bias),
        values,
      }),
    ),
  )
  return allAlgorithms
    .map((algorithm) => {
      const suits = all
        .map((facts) => (unsuitableReason(algorithm, g, facts, options) === undefined ? '+' : '-'))
        .join('')
      if (algorithm.dependsOnKernelValues !== true || !suits.startsWith('+')) return suits
      const [facts] = all
      return (
        `${suits} ${algorithm.spreadsNonFinite?.(facts!)} ` +
        `${JSON.stringify(algorithm.program(g, facts!), withoutNumbers)}`
      )
    })
    .join()
}

const integerTypes = (Object.keys(dtypes) as DType[]).filter((dtype) => dtypes[dtype].integer)

const withoutNumbers = (name: string, value: unknown): unknown =>
  name === 'values' ? undefined : value
