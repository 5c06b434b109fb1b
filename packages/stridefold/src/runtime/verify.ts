/** `verify: true`: compares a result with the definition, within the bound of the decision. */

import { isOnGpu } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { read } from '../ndarray/read.ts'
import { errorBound } from '../planner/decide.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import { verifyResult } from '../reference/verify.ts'
import type { Eventual } from './eventual.ts'
import type { LoadedProgram } from './loaded.ts'

/** The operands in canonical order, and the result as the caller gets it. */
interface VerifiedArrays {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly result: NdArray
}

/** Throws `InternalError` (`VERIFY_FAILED`) with the worst element if one exceeds its bound. */
export function verifyRun(used: LoadedProgram, arrays: VerifiedArrays): Eventual<void> {
  const { input, result } = arrays
  if (!isOnGpu(input) && !isOnGpu(result)) return verifyHere(used, arrays)
  return Promise.all([read(input), read(result)]).then(([x, y]) =>
    verifyHere(used, { ...arrays, input: x, result: y }),
  )
}

function verifyHere(
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
