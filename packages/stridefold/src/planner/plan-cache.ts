/**
 * Which cached plan can serve this call? Recent plans are stored under a key. If the choice depends
 * on the values of a kernel, a plan serves kernels with the same values. It also serves a kernel
 * with other values if they lead to the same choice; then only its constants are replaced.
 *
 *   key ──► kernel A ─┐            A and B differ in numbers only: one plan, compiled once
 *           kernel B ─┴─► plan
 *           kernel C ───► plan     C is, for example, a sum of two products: another program
 */

import { allAlgorithms } from '../algorithms/index.ts'
import type { KernelProperties, OperandDescriptors } from '../geometry/operands.ts'
import type { CallOptions } from '../geometry/options.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import { unsuitableReason } from './choose.ts'
import { PlanCore, type PlannedKernel, plannedKernelOf } from './core.ts'
import { isIntegerResult } from './exactness.ts'
import { describeOperands, layoutOf, type Problem, placeholder } from './problem.ts'

/** A plan, and the kernel of the call if its values were analyzed. */
interface CachedPlan {
  readonly core: PlanCore
  readonly plannedKernel: PlannedKernel | undefined
  /** The properties of the values that the choice depends on; equal keys mean the same choice. */
  readonly choiceKey: string
}

const maxKeys = 64
const maxKernelsPerKey = 16
const maxPlansPerKey = 4

const planCache = new Map<string, CachedPlan[]>()

/** Returns the plan for a call: from the cache under this key, or a new one. */
export function cachedPlan(
  key: string,
  kernel: NdArray,
  options: CallOptions,
  problem: () => Problem,
): PlanCore {
  const cached = planCache.get(key) ?? []
  const sameKernel = cached.find(
    ({ plannedKernel, core }) =>
      plannedKernel === undefined || plannedKernel.copy.holds(canonical(core.problem, kernel)),
  )
  if (sameKernel !== undefined) {
    if (sameKernel.plannedKernel !== undefined) sameKernel.core.useKernel(sameKernel.plannedKernel)
    return sameKernel.core
  }
  const cachedProblem = cached[0]?.core.problem ?? problem()
  const plannedKernel = plannedKernelOf(cachedProblem, options, kernel, false)
  const choiceKey =
    plannedKernel === undefined ? '' : choiceKeyOf(cachedProblem, options, plannedKernel.properties)
  const sameChoice = cached.find(
    (plan) => plan.plannedKernel !== undefined && plan.choiceKey === choiceKey,
  )
  if (sameChoice !== undefined) sameChoice.core.useKernel(plannedKernel!)
  const core = sameChoice?.core ?? new PlanCore(cachedProblem, options, plannedKernel)
  addToCache(key, [{ core, plannedKernel, choiceKey }, ...cached])
  return core
}

const canonical = (problem: Problem, kernel: NdArray): NdArray =>
  problem.kernelToCanonicalAxes(promoteUntyped(kernel, problem.geometry.dtype))

/**
 * Stores the first of these plans under the key, up to the limits, and frees the others. If there
 * are too many keys, it removes the oldest one.
 */
function addToCache(key: string, plans: readonly CachedPlan[]): void {
  const cores = new Set<PlanCore>()
  const kept = plans.filter(
    ({ core }, i) =>
      i < maxKernelsPerKey && (cores.has(core) || (cores.size < maxPlansPerKey && cores.add(core))),
  )
  for (const core of new Set(plans.map((plan) => plan.core)))
    if (!cores.has(core)) core.disposeCompiled()
  planCache.delete(key)
  planCache.set(key, kept)
  if (planCache.size <= maxKeys) return
  const [oldest, dropped] = planCache.entries().next().value!
  planCache.delete(oldest)
  for (const { core } of dropped) core.disposeCompiled()
}

/**
 * Returns everything that a choice can depend on in the values of a kernel, as text: the algorithms
 * that the values rule out, and the programs that contain values, without the numbers of their
 * constants. Equal texts lead to the same choice.
 */
function choiceKeyOf(problem: Problem, options: CallOptions, properties: KernelProperties): string {
  const { geometry: g, outputShape, resultDType } = problem
  const shape = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
  const kernel = placeholder(
    [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)],
    g.dtype,
  )
  const output = problem.toCanonicalAxes(placeholder(outputShape, resultDType))
  // Whether an integer result may be rounded also depends on the input dtype and on a bias.
  const dtypesOfInput = isIntegerResult(options) ? [g.dtype, ...integerTypes] : [g.dtype]
  const combinations = dtypesOfInput.flatMap((dtype) =>
    (isIntegerResult(options) ? [false, true] : [false]).map(
      (bias): OperandDescriptors => ({
        ...describeOperands(problem, placeholder(shape, dtype), kernel, layoutOf(output), bias),
        values: properties,
      }),
    ),
  )
  return allAlgorithms
    .map((algorithm) => {
      const support = combinations
        .map((descriptors) =>
          unsuitableReason(algorithm, g, descriptors, options) === undefined ? '+' : '-',
        )
        .join('')
      if (algorithm.readsValues !== true || !support.startsWith('+')) return support
      const [descriptors] = combinations
      return (
        `${support} ${algorithm.spreadsNonFinite?.(descriptors!)} ` +
        `${JSON.stringify(algorithm.program(g, descriptors!), withoutNumbers)}`
      )
    })
    .join()
}

const integerTypes = (Object.keys(dtypes) as DType[]).filter((dtype) => dtypes[dtype].integer)

const withoutNumbers = (name: string, value: unknown): unknown =>
  name === 'values' ? undefined : value
