/**
 * A question that will be run: what calls, plans and the plan cache hold. It has no compiled code:
 * that is kept by loaded.ts, and made again after `close()`.
 */

import type { KernelProperties, LowRankFactors } from '../geometry/operands.ts'
import { kernelPropertiesWork } from '../kernels/properties.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { needsKernelValues } from '../planner/kernel-needs.ts'
import { kernelInOrder } from '../problem/axis-orders.ts'
import { isIntegerResult, type Question } from '../problem/problem.ts'
import { toComputeType } from './arrays.ts'
import { KernelCopy } from './kernel-copy.ts'
import { checkDeterministic, currentTuning, type Tuning } from './tuning.ts'

/** A kernel whose values were analyzed. */
export interface KnownKernel {
  readonly copy: KernelCopy
  readonly properties: KernelProperties
}

export interface Planned {
  readonly question: Question
  /**
   * The kernel on whose values the decisions may depend. Another one may take its place if its
   * values lead to the same decisions; the next run then replaces the constants of the programs.
   */
  known: KnownKernel | undefined
  /** What was measured of this machine when the plan was made. */
  readonly tuning: Tuning
  /**
   * A copy of a kernel that no caller can change. Runs with it skip the comparison of weights.
   */
  privateKernel: NdArray | undefined
  disposed: boolean
}

/** Throws `OptionError` (`OPTION_CONFLICT`) for `deterministic` if a calibration is loaded. */
export function planned(question: Question, known?: KnownKernel): Planned {
  const tuning = currentTuning()
  checkDeterministic(question.call, question.options.deterministic, tuning)
  return { question, known, tuning, privateKernel: undefined, disposed: false }
}

/** Plans for a kernel. Analyzes its values if they may change the decision, or `always`. */
export const plannedFor = (
  question: Question,
  k: NdArray,
  always: boolean,
  factors?: LowRankFactors,
): Planned => planned(question, knownKernel(question, k, always, factors))

/**
 * Analyzes the values of a kernel if they may change the decision, or `always`. Returns undefined
 * if they cannot change it. `factors`: the separable terms of the kernel, if they are known.
 */
export const knownKernel = (
  question: Question,
  k: NdArray,
  always: boolean,
  factors?: LowRankFactors,
): KnownKernel | undefined => finish(knownKernelWork(question, k, always, factors))

/** The work of `knownKernel`. */
export function* knownKernelWork(
  question: Question,
  k: NdArray,
  always: boolean,
  factors?: LowRankFactors,
): Work<KnownKernel | undefined> {
  if (!always && !needsKernelValues(question)) return undefined
  const { geometry: g } = question
  const kernel = canonicalKernel(question, k)
  const properties = yield* kernelPropertiesWork(g, kernel, isIntegerResult(question), factors)
  return properties === undefined
    ? undefined
    : { copy: new KernelCopy(toComputeType(kernel, g.dtype)), properties }
}

/** The kernel in canonical order. Numbers without a dtype have the compute type. */
export const canonicalKernel = ({ geometry, orders }: Question, k: NdArray): NdArray =>
  kernelInOrder(promoteUntyped(k, geometry.dtype), orders)
