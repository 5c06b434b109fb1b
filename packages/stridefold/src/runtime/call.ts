/**
 * What happens in a call of either entry point? It checks the options, accepts the arrays by their
 * structure, takes a plan from the cache or makes one, and runs it on the calling thread. A call
 * with the same objects as the previous call skips these steps.
 */

import { readingOfCopies, readOptions, validateReading } from '../geometry/check-options.ts'
import type { CheckedOptions } from '../geometry/options.ts'
import { isSameReading, type Reading } from '../geometry/read-options.ts'
import type { Call } from '../geometry/shapes.ts'
import type { DType } from '../ndarray/dtype.ts'
import { isIntact } from '../ndarray/intact.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { finish, type Steps } from '../ndarray/steps.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { questionKey } from '../problem/key.ts'
import { questionOf } from '../problem/question.ts'
import { resultArray } from './arrays.ts'
import { after, type Eventual } from './eventual.ts'
import { cachedPlan, planFor } from './plan-cache.ts'
import { type Planned, plannedFor } from './planned.ts'
import { run, runAgain } from './run.ts'
import { kept } from './state.ts'
import { doSteps, type Turn, throwIfAborted } from './turns.ts'

/**
 * Computes a call. A synchronous call has no turn, and gets no promise. The public calls give `D`:
 * the type of their result follows the rule that `questionOf` and `checkOut` follow.
 */
export const compute = <D extends DType>(
  call: Call,
  x: unknown,
  k: unknown,
  options: object | undefined,
  turn?: Turn,
): Eventual<NdArray<D>> =>
  computeRead(call, x, k, readOptions(call, options), turn) as Eventual<NdArray<D>>

/** Computes a call with the options that were read. */
function computeRead(
  call: Call,
  x: unknown,
  k: unknown,
  reading: Reading,
  turn: Turn | undefined,
): Eventual<NdArray> {
  const previous = previousCall.get().call?.deref()
  if (
    previous !== undefined &&
    previous.call === call &&
    previous.x === x &&
    previous.k === k &&
    isSameReading(previous.reading, reading)
  ) {
    const { plan, options } = previous
    throwIfAborted(options.signal)
    const result = runAgain(plan, x, k, options.out, turn)
    if (result !== undefined) return result
    if (areIntact(previous))
      return run(plan, { x: previous.x, k: previous.k, ...ownArrays(plan, options) }, turn)
  }
  const checked = validateReading(call, reading)
  return computeChecked(call, x, k, checked, readingOfCopies(call, reading, checked), turn)
}

/** `reading`: the options as the next call will be compared with them. */
function computeChecked(
  call: Call,
  x: unknown,
  k: unknown,
  options: CheckedOptions,
  reading: Reading,
  turn: Turn | undefined,
): Eventual<NdArray> {
  throwIfAborted(options.signal)
  const input = asNdArray(x, 'input')
  const kernel = asNdArray(k, 'kernel')
  const operandType = operandDType(input, kernel)
  const question = (): ReturnType<typeof questionOf> =>
    questionOf(call, input.shape, kernel.shape, options, operandType)
  // A verified call makes a plan of its own.
  const key = questionKey(call, input.shape, kernel.shape, operandType, options)
  const planning = (): Steps<Planned> => planFor(key, kernel, question)
  const plan = options.verify
    ? plannedFor(question(), kernel, false)
    : (cachedPlan(key, kernel) ?? doSteps(planning(), turn))
  const checked = { call, x, k, input, kernel, reading, options }
  // In a pause the plan may have been used for another kernel. Now it is in the cache.
  return plan instanceof Promise
    ? plan.then(() => runPlanned(finish(planning()), checked, turn))
    : runPlanned(plan, checked, turn)
}

/** A call whose arguments were checked. */
interface CheckedCall {
  readonly call: Call
  readonly x: unknown
  readonly k: unknown
  /** The arrays, as `NdArray`s. */
  readonly input: NdArray
  readonly kernel: NdArray
  readonly reading: Reading
  readonly options: CheckedOptions
}

/** Runs the plan of a call, and remembers the call. */
function runPlanned(
  plan: Planned,
  { call, x, k, input, kernel, reading, options }: CheckedCall,
  turn: Turn | undefined,
): Eventual<NdArray> {
  const { out, bias } = ownArrays(plan, options)
  const ran = run(plan, { x: input, k: kernel, out, bias }, turn)
  // The next call may reuse the plan only if the arrays are ours, because ours are frozen, and if
  // the decision does not depend on the values of the kernel.
  const isOurs = input === x && kernel === k && (options.out === undefined || out === options.out)
  if (!isOurs || plan.known !== undefined || options.verify) return ran
  return after(ran, (result) => {
    previousCall.get().call = new WeakRef({ call, x: input, k: kernel, reading, options, plan })
    return result
  })
}

/** The result array and the bias of this call. A plan serves every one of them. */
const ownArrays = (
  { question }: Planned,
  options: CheckedOptions,
): { readonly out: NdArray | undefined; readonly bias: unknown } => ({
  out: resultArray(question, options),
  bias: typeof options.bias === 'number' ? undefined : options.bias,
})

interface PreviousCall {
  readonly call: Call
  readonly x: NdArray
  readonly k: NdArray
  /** The options as they were read, and the checked options. */
  readonly reading: Reading
  readonly options: CheckedOptions
  readonly plan: Planned
}

/** The previous call; the next one is often the same. The weak reference keeps no array alive. */
const previousCall = kept(() => ({ call: undefined as WeakRef<PreviousCall> | undefined }))

/** Whether the memory of the arrays still exists. `out` is that of the previous call. */
const areIntact = ({ x, k, options: { out } }: PreviousCall): boolean =>
  isIntact(x) && isIntact(k) && (out === undefined || isIntact(out as NdArray))
