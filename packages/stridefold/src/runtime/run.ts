/**
 * How does a planned question run on arrays? It checks the arrays, takes the program for their
 * layout, and runs it (execute.ts), into the array of the caller or a new one.
 */

import { disposedError, OptionError, UnavailableError } from '../errors.ts'
import { type ComputeDType, isStorageOnly, type TypedArray } from '../ndarray/dtype.ts'
import { isIntact } from '../ndarray/intact.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray } from '../ndarray/memory.ts'
import { type NdArray, placeholder, view } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import type { Work } from '../ndarray/work.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import type { Operands } from '../problem/operands.ts'
import { biasOf, checkOut, toComputeType } from './arrays.ts'
import { mayWait } from './backends.ts'
import { copyWork } from './copy-work.ts'
import { after, type Eventual } from './eventual.ts'
import { execute, executeFallback, isSuited, isValid, suitedLater } from './execute.ts'
import {
  executableOf,
  type LoadedProgram,
  loadedOf,
  type PreviousRun,
  prepareOn,
  programAhead,
  programFor,
  type RunContext,
  withKernel,
} from './loaded.ts'
import { measureFirst } from './measure-choice.ts'
import { finishInTurn } from './pace.ts'
import { canonicalKernel, type KnownKernel, type Planned, planned } from './planned.ts'
import type { Turn } from './turns.ts'
import { verifyRun } from './verify.ts'

/** The arrays of one run, as the caller gave them. */
export interface RunArrays {
  readonly x: NdArray
  readonly k: NdArray
  /** The array for the result. Undefined: a new one. */
  readonly out: NdArray | undefined
  /** The bias of a layer: any array with one number per filter. */
  readonly bias: unknown
}

const synchronous: RunContext = {}
const contextOf = (turn: Turn | undefined): RunContext =>
  turn === undefined ? synchronous : { turn }

/** Computes into a new array, or into `out`. Only runs without a bias are repeated. */
export const run = (plan: Planned, arrays: RunArrays, turn?: Turn): Eventual<NdArray> =>
  (arrays.bias === undefined ? runAgain(plan, arrays.x, arrays.k, arrays.out, turn) : undefined) ??
  runChecked(plan, arrays, contextOf(turn))

/**
 * Fast path: runs again if input, kernel and output are the same objects as in the previous run.
 * Skips the checks of shape and layout, because both are frozen. For small problems these checks
 * take longer than the run. Returns `undefined` if any object differs.
 */
export function runAgain(
  plan: Planned,
  x: unknown,
  k: unknown,
  out: unknown,
  turn?: Turn,
): Eventual<NdArray> | undefined {
  const previous = loadedOf(plan).previousRun?.deref()
  if (previous === undefined || previous.x !== x || previous.k !== k || previous.out !== out)
    return undefined
  if (!isIntact(previous.x) || !isIntact(previous.k) || !isIntact(previous.out)) return undefined
  if (previous.waits !== mayWait(turn)) return undefined
  const ran = execute(plan, previous.program, previous.operands, contextOf(turn))
  return ran instanceof Promise ? ran.then(() => previous.out) : previous.out
}

/** Runs with all checks. Calls `onStage` after every stage. */
export function runChecked(
  plan: Planned,
  arrays: RunArrays,
  context: RunContext,
): Eventual<NdArray> {
  if (plan.disposed) throw disposedError()
  const { resultDType, storedDType } = plan.question
  const isStorage =
    isStorageOnly(arrays.x.dtype) || isStorageOnly(arrays.k.dtype) || storedDType !== resultDType
  return isStorage ? runConverted(plan, arrays, context) : runAsIs(plan, arrays, context)
}

/**
 * No program reads or writes a type of storage. Computes on copies in the compute type, and rounds
 * the finished results once.
 */
function runConverted(plan: Planned, arrays: RunArrays, context: RunContext): Eventual<NdArray> {
  const { question, known } = plan
  const { x, k, out, bias } = arrays
  const { geometry: g, outputShape, resultDType, storedDType } = question
  checkUnlimited(plan)
  if (out !== undefined) checkOut(out, { ...question, resultDType: storedDType }, [x, k])
  const stored =
    storedDType === resultDType ? undefined : (out ?? allocateArray(outputShape, storedDType))
  const copies = finishInTurn(computable([x, k], g.dtype), context.turn)
  return after(copies, ([input, kernel]) => {
    const copied = { x: input!, k: kernel!, out: stored === undefined ? out : undefined, bias }
    return after(runAsIs(withKernel(plan, known), copied, context), (result) =>
      stored === undefined
        ? result
        : after(finishInTurn(copyWork(result, stored), context.turn), () => stored),
    )
  })
}

/** No algorithm was chosen for what the copies leave of a limit. */
function checkUnlimited({ question: { call, geometry, options } }: Planned): void {
  if (options.memoryLimit === Infinity) return
  throw new OptionError(
    'OPTION_CONFLICT',
    `${call}: memoryLimit is ${options.memoryLimit}, but arrays of float16 are copied into ` +
      `${geometry.dtype}, which it does not count. Leave memoryLimit out, or give arrays of ` +
      `${geometry.dtype}, and no dtype: 'float16'.`,
  )
}

/** Copies of arrays in a type of storage, and the other arrays. */
function* computable(arrays: readonly NdArray[], dtype: ComputeDType): Work<readonly NdArray[]> {
  const all: NdArray[] = []
  for (const array of arrays) {
    const copied = isStorageOnly(array.dtype) ? allocateArray(array.shape, dtype) : array
    if (copied !== array) yield* copyWork(array, copied)
    all.push(copied)
  }
  return all
}

/** Runs with arrays that programs read and write. */
function runAsIs(plan: Planned, arrays: RunArrays, context: RunContext): Eventual<NdArray> {
  if (plan.disposed) throw disposedError()
  const { question } = plan
  const { geometry: g, outputShape, resultDType, orders, options } = question
  const { x, k, out } = arrays
  const input = inputInOrder(promoteUntyped(x, g.dtype), orders)
  const kernel = toComputeType(canonicalKernel(question, k), g.dtype)
  const bias = biasOf(question, arrays.bias)
  if (out !== undefined) checkOut(out, question, [x, k])
  if (elementCount(outputShape) === 0) return out ?? allocateArray(outputShape, resultDType)
  const waits = mayWait(context.turn)
  if (out === undefined && !options.verify) {
    const output = inputInOrder(placeholder(outputShape, resultDType), orders)
    const operands = { input, kernel, bias, output }
    const measuring = measureFirst(plan, operands, waits, context.turn)
    return measuring === undefined
      ? runFresh(plan, operands, context)
      : freshMeasured(measuring, plan, operands, context)
  }
  const result = out ?? allocateArray(outputShape, resultDType)
  const operands = { input, kernel, bias, output: inputInOrder(result, orders) }
  const measuring = measureFirst(plan, operands, waits, context.turn)
  return measuring === undefined
    ? runInto(plan, arrays, operands, result, context)
    : intoMeasured(measuring, plan, arrays, operands, result, context)
}

/**
 * Runs when the choice has been measured. Synchronous calls may have used the plan for other
 * kernels in the meantime. Apart: captured variables make small calls slower.
 */
function freshMeasured(
  measuring: Promise<void>,
  plan: Planned,
  operands: Operands,
  context: RunContext,
): Promise<NdArray> {
  const { known } = plan
  return measuring.then(() => runFresh(withKernel(plan, known), operands, context))
}

function intoMeasured(
  measuring: Promise<void>,
  plan: Planned,
  arrays: RunArrays,
  operands: Operands,
  result: NdArray,
  context: RunContext,
): Promise<NdArray> {
  const { known } = plan
  return measuring.then(() => runInto(withKernel(plan, known), arrays, operands, result, context))
}

/** Runs with arrays that were checked, into `result`. */
function runInto(
  plan: Planned,
  arrays: RunArrays,
  operands: Operands,
  result: NdArray,
  context: RunContext,
): Eventual<NdArray> {
  const { x, k, out } = arrays
  const { input, kernel, bias } = operands
  const { verify } = plan.question.options
  const waits = mayWait(context.turn)
  const ahead = decideAhead(plan, operands, waits, context)
  if (ahead !== undefined)
    return ahead.then((known) => runAsIs(withKernel(plan, known), arrays, context))
  const program = programFor(plan, operands, waits)
  const isUnconverted = input.data === x.data && kernel.data === k.data && result === out
  const mayRepeat = isUnconverted && bias === undefined && !verify
  const repeated = mayRepeat ? { x, k, out: result, waits, program, operands } : undefined
  const remember = rememberLater(plan, repeated)
  const ran = execute(plan, program, operands, context)
  return after(ran, (used) => {
    remember()
    if (!verify) return result
    return after(verifyRun(used, { input, kernel, bias, result }), () => result)
  })
}

/**
 * Keeps a run as the previous one of its plan once it is done, unless another call has used the
 * plan for another kernel while a backend was at work.
 */
function rememberLater(plan: Planned, previous: PreviousRun | undefined): () => void {
  const [loaded, { known }] = [loadedOf(plan), plan]
  return () => {
    if (previous !== undefined && plan.known === known) loaded.previousRun = new WeakRef(previous)
  }
}

/**
 * Makes the program of an asynchronous call, in slices. Undefined if it is there: at once, or
 * because that did not take long. Resolves with the kernel of the call: synchronous calls may have
 * used the plan for others in the meantime.
 */
function decideAhead(
  plan: Planned,
  operands: Operands,
  waits: boolean,
  { turn }: RunContext,
): Promise<KnownKernel | undefined> | undefined {
  if (turn === undefined) return undefined
  const work = programAhead(plan, operands, waits)
  const done = work && finishInTurn(work, turn)
  if (!(done instanceof Promise)) return undefined
  const { known } = plan
  return done.then(() => known)
}

/** Runs into memory that the backend allocates for the result. */
function runFresh(plan: Planned, operands: Operands, context: RunContext): Eventual<NdArray> {
  const waits = mayWait(context.turn)
  const ahead = decideAhead(plan, operands, waits, context)
  if (ahead !== undefined) return freshLater(ahead, plan, operands, context)
  const program = programFor(plan, operands, waits)
  const suited = isSuited(program, operands, context)
  return suited instanceof Promise
    ? suitedLater(suited, plan, program, (is) => freshIf(is, plan, program, operands, context))
    : freshIf(suited, plan, program, operands, context)
}

/** The same, when the program is there. Apart: captured variables make small calls slower. */
const freshLater = (
  ahead: Promise<KnownKernel | undefined>,
  plan: Planned,
  operands: Operands,
  context: RunContext,
): Promise<NdArray> =>
  ahead.then((known) => {
    if (plan.disposed) throw disposedError()
    return runFresh(withKernel(plan, known), operands, context)
  })

/** The same, if the arrays suit the program. */
function freshIf(
  isSuitable: boolean,
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  context: RunContext,
): Eventual<NdArray> {
  if (!isSuitable) return freshFallback(plan, program, operands, context)
  const prepared = prepareOn(plan, program, operands.kernel, context)
  return prepared instanceof Promise
    ? prepared.then(() => freshPrepared(plan, program, operands, context))
    : freshPrepared(plan, program, operands, context)
}

/** The same with prepared weights. */
function freshPrepared(
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  context: RunContext,
): Eventual<NdArray> {
  const { onStage, turn } = context
  const executable = executableOf(program)
  let fresh: Eventual<TypedArray>
  try {
    fresh = executable.runFresh(operands, onStage, turn?.signal)
  } catch (cause) {
    throwTooLarge(plan, cause)
  }
  return fresh instanceof Promise
    ? fresh.then(
        (data) => freshResult(plan, program, operands, data, context),
        (cause) => throwTooLarge(plan, cause),
      )
    : freshResult(plan, program, operands, fresh, context)
}

/** The result with its shape if the guards found nothing, or that of the fallback. */
function freshResult(
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  data: TypedArray,
  context: RunContext,
): Eventual<NdArray> {
  return isValid(program, executableOf(program))
    ? view(data, plan.question.outputShape)
    : freshFallback(plan, program, operands, context)
}

/** The result of the fallback in a new array. */
function freshFallback(
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  context: RunContext,
): Eventual<NdArray> {
  const { outputShape, resultDType, orders } = plan.question
  const result = allocateArray(outputShape, resultDType)
  const output = inputInOrder(result, orders)
  return after(executeFallback(plan, program, { ...operands, output }, context), () => result)
}

/** Explains a result that is larger than the engine can hold. */
function throwTooLarge({ question }: Planned, cause: unknown): never {
  if (!(cause instanceof RangeError)) throw cause
  throw new UnavailableError(
    'OUT_OF_MEMORY',
    `a result of shape [${question.outputShape}] is larger than this engine can hold. ` +
      'Use smaller arrays.',
    { cause },
  )
}

/** The same question, with decisions that depend on no kernel values. */
export function forAnyKernel(plan: Planned): Planned {
  if (plan.disposed) return plan
  const loaded = loadedOf(plan)
  loaded.anyKernel ??= planned(plan.question)
  return loaded.anyKernel
}
