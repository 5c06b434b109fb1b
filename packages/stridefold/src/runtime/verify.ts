/** `verify: true`: compares a result with the definition, within the bound of the decision. */

import type { NdArray } from '../ndarray/ndarray.ts'
import { errorBound } from '../planner/decide.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import { verifyResult } from '../reference/verify.ts'
import type { LoadedProgram } from './loaded.ts'

/** The operands in canonical order, and the result as the caller gets it. */
interface VerifiedArrays {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly result: NdArray
}

/** Throws `InternalError` (`VERIFY_FAILED`) with the worst element if one exceeds its bound. */
export function verifyRun(
  { problem, decision }: LoadedProgram,
  { result, ...arrays }: VerifiedArrays,
): void {
  const { geometry, offset, activation, padAdjoints, orders } = problem
  verifyResult(
    geometry,
    { ...arrays, offset, activation, padAdjoints },
    inputInOrder(result, orders),
    errorBound(decision, problem),
    `${decision.algorithm} on ${decision.backend}`,
  )
}
