/**
 * What happens in a call of either entry point? It checks the options, accepts the arrays by their
 * structure, takes a plan from the cache or makes one, and runs it on the calling thread. A call
 * with the same objects as the previous call skips these steps.
 */

import { readingOfCopies, readOptions, validateReading } from '../geometry/check-options.ts'
import type { CheckedOptions } from '../geometry/checked-options.ts'
import type { ConvolveCall } from '../geometry/convolve-geometry.ts'
import type { LayerCall } from '../geometry/layer-calls.ts'
import type { LowRankFactors } from '../geometry/operands.ts'
import { isSameReading, type Reading } from '../geometry/read-options.ts'
import type { Call } from '../geometry/shapes.ts'
import type { DType } from '../ndarray/dtype.ts'
import { isIntact } from '../ndarray/intact.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import type { MissingRule } from '../planner/interpolation.ts'
import { questionKey } from '../problem/key.ts'
import type { Question } from '../problem/problem.ts'
import { layerQuestion, type QuestionOf, signalQuestion } from '../problem/question.ts'
import { resultArray } from './arrays.ts'
import { after, type Eventual } from './eventual.ts'
import { onGpuAhead, openForBuffers } from './gpu.ts'
import { finishInTurn } from './pace.ts'
import { foundPlan, keyWithFactors, planWork } from './plan-cache.ts'
import { type Planned, plannedFor } from './planned.ts'
import { run, runAgain } from './run.ts'
import { runInterpolated } from './run-interpolated.ts'
import { kept } from './state.ts'
import { type Turn, throwIfAborted } from './turns.ts'

/**
 * Computes a call of `Name`. A synchronous call has no turn, and gets no promise. The public calls
 * give `D`: the type of their result follows the rule that `questionOf` and `checkOut` follow.
 */
type Compute<Name extends Call> = <D extends DType>(
  call: Name,
  x: unknown,
  k: unknown,
  options: object | undefined,
  turn?: Turn,
) => Eventual<NdArray<D>>

const computeWith =
  <Name extends Call>(questionOf: QuestionOf<Name>): Compute<Name> =>
  <D extends DType>(
    call: Name,
    x: unknown,
    k: unknown,
    options: object | undefined,
    turn?: Turn,
  ): Eventual<NdArray<D>> =>
    computeRead(questionOf, call, x, k, readOptions(call, options), turn) as Eventual<NdArray<D>>

/** Computes `convolve` or `correlate`. */
export const computeSignal: Compute<ConvolveCall> = /* @__PURE__ */ computeWith(signalQuestion)

/** The same with options that were read: those of the call, or of a plan of it. */
export const computeSignalReading = <D extends DType>(
  call: ConvolveCall,
  x: unknown,
  k: unknown,
  reading: Reading,
  turn: Turn | undefined,
): Eventual<NdArray<D>> =>
  // The type of the result follows the rule of every call.
  computeRead(signalQuestion, call, x, k, reading, turn) as Eventual<NdArray<D>>

/** Computes a layer. */
export const computeLayer: Compute<LayerCall> = /* @__PURE__ */ computeWith(layerQuestion)

/**
 * Computes the correlation of `x` with a kernel whose separable terms are known. Its values are
 * then not analyzed, and a kernel of more than two axes may have several terms.
 */
export const correlateFactors = <D extends DType>(
  x: NdArray,
  k: NdArray,
  factors: LowRankFactors,
  options: object,
  turn?: Turn,
): Eventual<NdArray<D>> => {
  const reading = readOptions('correlate', options)
  const checked = validateReading('correlate', reading)
  // The type of the result follows the rule of every call.
  return computeChecked(
    signalQuestion,
    'correlate',
    x,
    k,
    checked,
    reading,
    turn,
    factors,
  ) as Eventual<NdArray<D>>
}

/**
 * Computes `convolve` or `correlate` where samples that are NaN are missing, and those outside as
 * `rule` says. Undefined if the decision for the same call without missing samples cannot be used.
 */
export function computeInterpolated(
  call: ConvolveCall,
  x: NdArray,
  k: NdArray,
  options: object,
  factors: LowRankFactors | undefined,
  rule: MissingRule,
  turn: Turn | undefined,
): Eventual<NdArray | undefined> {
  const checked = validateReading(call, readOptions(call, options))
  const question = (): Question =>
    signalQuestion(call, x.shape, k.shape, checked, operandDType(x, k))
  const key = keyWithFactors(
    questionKey(call, x.shape, k.shape, operandDType(x, k), checked),
    factors,
  )
  const plan = foundPlan(key, k) ?? finishInTurn(planWork(key, k, question, factors), turn)
  // Synchronous calls may have used the plan for other kernels in the meantime.
  if (plan instanceof Promise)
    return plan.then(() => computeInterpolated(call, x, k, options, factors, rule, turn))
  return runInterpolated(plan, { x, k, out: resultArray(plan.question, checked, x) }, rule, turn)
}

/** Computes a call with the options that were read. */
function computeRead<Name extends Call>(
  questionOf: QuestionOf<Name>,
  call: Name,
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
      return run(
        plan,
        { x: previous.x, k: previous.k, ...ownArrays(plan, previous.x, options) },
        turn,
      )
  }
  const checked = validateReading(call, reading)
  return computeChecked(
    questionOf,
    call,
    x,
    k,
    checked,
    readingOfCopies(call, reading, checked),
    turn,
  )
}

/**
 * `reading`: the options as the next call will be compared with them. `factors`: the separable
 * terms of the kernel, if they are known.
 */
function computeChecked<Name extends Call>(
  questionOf: QuestionOf<Name>,
  call: Name,
  x: unknown,
  k: unknown,
  options: CheckedOptions,
  reading: Reading,
  turn: Turn | undefined,
  factors?: LowRankFactors,
): Eventual<NdArray> {
  throwIfAborted(options.signal)
  const { out: target, bias: given } = options
  const opened = openForBuffers([x, k, target, given], turn)
  if (opened !== undefined)
    return opened.then(() =>
      computeChecked(questionOf, call, x, k, options, reading, turn, factors),
    )
  const input = asNdArray(x, 'input')
  const kernel = asNdArray(k, 'kernel')
  const { backend, memory, dtype } = options
  const ready = onGpuAhead(
    call,
    { x: input, k: kernel, bias: given, out: target, backend, memory, dtype },
    turn,
  )
  if (ready !== undefined)
    return ready.then(({ k: weights, bias }) => {
      const here = bias === given ? options : ({ ...options, bias } as CheckedOptions)
      return computeChecked(questionOf, call, x, weights, here, reading, turn, factors)
    })
  const operandType = operandDType(input, kernel)
  const question = (): Question => questionOf(call, input.shape, kernel.shape, options, operandType)
  const key = keyWithFactors(
    questionKey(call, input.shape, kernel.shape, operandType, options),
    factors,
  )
  // A verified call makes a plan of its own.
  const plan = options.verify
    ? plannedFor(question(), kernel, false, factors)
    : (foundPlan(key, kernel) ?? finishInTurn(planWork(key, kernel, question, factors), turn))
  // Synchronous calls may have used the plan for other kernels in the meantime.
  if (plan instanceof Promise)
    return plan.then(() => computeChecked(questionOf, call, x, k, options, reading, turn, factors))
  const { out, bias } = ownArrays(plan, input, options)
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
  x: NdArray,
  options: CheckedOptions,
): { readonly out: NdArray | undefined; readonly bias: unknown } => ({
  out: resultArray(question, options, x),
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
