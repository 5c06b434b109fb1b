/**
 * How does a planned question run on arrays in which samples may be missing? With the decision for
 * the same arrays without missing samples (planner/interpolation.ts), if that can be used.
 */

import { disposedError } from '../errors.ts'
import { type NdArray, placeholder, view } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import type { MissingRule } from '../planner/interpolation.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import type { Operands } from '../problem/operands.ts'
import { toComputeType } from './arrays.ts'
import { mayWait } from './backends.ts'
import { after, type Eventual } from './eventual.ts'
import {
  executableOf,
  interpolatingWork,
  type LoadedProgram,
  prepareOn,
  withConstants,
  withKernel,
} from './loaded.ts'
import { finishInTurn } from './pace.ts'
import { canonicalKernel, type Planned } from './planned.ts'
import type { RunArrays } from './run.ts'
import { type Turn, throwIfAborted } from './turns.ts'

/**
 * Computes into a new array, or into `out`. Undefined if the decision cannot be used. The result is
 * not empty, and the arrays were checked.
 */
export function runInterpolated(
  plan: Planned,
  { x, k, out }: Omit<RunArrays, 'bias'>,
  rule: MissingRule,
  turn: Turn | undefined,
): Eventual<NdArray | undefined> {
  if (plan.disposed) throw disposedError()
  const { geometry: g, outputShape, resultDType, orders } = plan.question
  const output = inputInOrder(out ?? placeholder(outputShape, resultDType), orders)
  const operands: Operands = {
    input: inputInOrder(promoteUntyped(x, g.dtype), orders),
    kernel: toComputeType(canonicalKernel(plan.question, k), g.dtype),
    ...{ bias: undefined, output },
  }
  const { known } = plan
  const work = interpolatingWork(plan, operands, mayWait(turn), rule)
  return after(finishInTurn(work, turn), (program) => {
    if (program === undefined) return undefined
    // Synchronous calls may have used the plan for other kernels in the meantime.
    const own = withKernel(plan, known)
    withConstants(program, own)
    return after(prepareOn(own, program, operands.kernel, { turn }), () =>
      runPrepared(program, operands, out, outputShape, turn),
    )
  })
}

function runPrepared(
  program: LoadedProgram,
  operands: Operands,
  out: NdArray | undefined,
  outputShape: readonly number[],
  turn: Turn | undefined,
): Eventual<NdArray> {
  throwIfAborted(turn?.signal)
  const executable = executableOf(program)
  if (out !== undefined)
    return after(executable.run(operands, true, undefined, turn?.signal), () => out)
  const fresh = executable.runFresh(operands, undefined, turn?.signal)
  return after(fresh, (data) => view(data, outputShape))
}
