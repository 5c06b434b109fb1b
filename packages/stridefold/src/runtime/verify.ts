/** `verify: true`: compares a result with the definition, within the bound of the decision. */

import { epsilon } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Decision } from '../planner/decision.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import type { Question } from '../problem/problem.ts'
import { verifyResult } from '../reference/verify.ts'

/** The operands in canonical order, and the result as the caller gets it. */
interface VerifiedArrays {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly result: NdArray
}

/** Throws `InternalError` (`VERIFY_FAILED`) with the worst element if one exceeds its bound. */
export function verifyRun(
  { geometry, offset, activation, padAdjoints, orders }: Question,
  { result, ...arrays }: VerifiedArrays,
  { algorithm, backend, errorBoundFactor }: Decision,
): void {
  verifyResult(
    geometry,
    { ...arrays, offset, activation, padAdjoints },
    inputInOrder(result, orders),
    epsilon[geometry.dtype] * errorBoundFactor,
    `${algorithm} on ${backend}`,
  )
}
