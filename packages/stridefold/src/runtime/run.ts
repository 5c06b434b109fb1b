/**
 * How does a planned question run on arrays? It checks the arrays, takes the program for their
 * layout, and runs it. Where the decision says that the result may be wrong, its fallback computes
 * the result.
 */

import { disposedError, UnavailableError } from '../errors.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { isFiniteAndBounded } from '../ndarray/finite.ts'
import { isIntact } from '../ndarray/intact.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray } from '../ndarray/memory.ts'
import { type NdArray, placeholder, view } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import type { Decision } from '../planner/decision.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import type { Operands } from '../problem/operands.ts'
import type { Executable, StageListener } from '../program/backend.ts'
import { biasOf, checkOut, toComputeType } from './arrays.ts'
import {
  executableOf,
  fallbackFor,
  type LoadedProgram,
  loadedOf,
  prepareOn,
  programFor,
} from './loaded.ts'
import { canonicalKernel, type Planned, planned } from './planned.ts'
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

/** Computes into a new array, or into `out`. Only runs without a bias are repeated. */
export const run = (plan: Planned, arrays: RunArrays): NdArray =>
  (arrays.bias === undefined ? runAgain(plan, arrays.x, arrays.k, arrays.out) : undefined) ??
  runChecked(plan, arrays)

/**
 * Fast path: runs again if input, kernel and output are the same objects as in the previous run.
 * Skips the checks of shape and layout, because both are frozen. For small problems these checks
 * take longer than the run. Returns `undefined` if any object differs.
 */
export function runAgain(plan: Planned, x: unknown, k: unknown, out: unknown): NdArray | undefined {
  const previous = loadedOf(plan).previousRun?.deref()
  if (previous === undefined || previous.x !== x || previous.k !== k || previous.out !== out)
    return undefined
  if (!isIntact(previous.x) || !isIntact(previous.k) || !isIntact(previous.out)) return undefined
  execute(plan, previous.program, previous.operands)
  return previous.out
}

/** Runs with all checks. Calls `onStage` after every stage. */
export function runChecked(plan: Planned, arrays: RunArrays, onStage?: StageListener): NdArray {
  if (plan.disposed) throw disposedError()
  const { question } = plan
  const { geometry: g, outputShape, resultDType, orders, options } = question
  const { x, k, out } = arrays
  const input = inputInOrder(promoteUntyped(x, g.dtype), orders)
  const kernel = toComputeType(canonicalKernel(question, k), g.dtype)
  const bias = biasOf(question, arrays.bias)
  if (out !== undefined) checkOut(out, question, [x, k])
  const isEmpty = elementCount(outputShape) === 0
  const isFresh = out === undefined && !isEmpty && !options.verify
  if (isFresh) {
    const output = inputInOrder(placeholder(outputShape, resultDType), orders)
    const fresh = runFresh(plan, { input, kernel, bias, output }, onStage)
    if (fresh !== undefined) return view(fresh, outputShape)
  }
  const result = out ?? allocateArray(outputShape, resultDType)
  if (isEmpty) return result
  const operands = { input, kernel, bias, output: inputInOrder(result, orders) }
  const program = programFor(plan, operands)
  // Where `runFresh` gave no result, only the fallback does.
  const used = isFresh
    ? executeFallback(plan, program, operands, onStage)
    : execute(plan, program, operands, onStage)
  const isUnconverted = input.data === x.data && kernel.data === k.data && result.data === out?.data
  if (isUnconverted && bias === undefined && !options.verify)
    loadedOf(plan).previousRun = new WeakRef({ x, k, out: out!, program, operands })
  if (options.verify) verifyRun(used, { input, kernel, bias, result })
  return result
}

/**
 * Runs into memory that the backend allocates for the result. Returns `undefined` if the result is
 * not valid.
 */
function runFresh(
  plan: Planned,
  operands: Operands,
  onStage: StageListener | undefined,
): TypedArray | undefined {
  const program = programFor(plan, operands)
  if (!isSuited(program.decision, operands)) return undefined
  const executable = executableOf(program)
  prepareOn(plan, program, operands.kernel, onStage)
  try {
    const result = executable.runFresh(operands, onStage)
    return isValid(program, executable) ? result : undefined
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `a result of shape [${plan.question.outputShape}] is larger than this engine can hold. ` +
        'Use smaller arrays.',
      { cause },
    )
  }
}

/** Runs and returns the program that computed the result. */
function execute(
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  onStage?: StageListener,
): LoadedProgram {
  if (!isSuited(program.decision, operands))
    return executeFallback(plan, program, operands, onStage)
  prepareOn(plan, program, operands.kernel, onStage)
  const executable = executableOf(program)
  executable.run(operands, true, onStage)
  return isValid(program, executable) ? program : executeFallback(plan, program, operands, onStage)
}

const executeFallback = (
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  onStage: StageListener | undefined,
): LoadedProgram => execute(plan, fallbackFor(program), operands, onStage)

/** Whether the program of a decision may run on these arrays. Searches those that it names. */
const isSuited = ({ fallback }: Decision, operands: Operands): boolean =>
  fallback === undefined ||
  fallback.when.every(
    (condition) => condition === 'guard' || isFiniteAndBounded(operands[condition]),
  )

/** Whether the guards of the program found nothing in its latest run. */
const isValid = ({ decision }: LoadedProgram, executable: Executable): boolean =>
  decision.fallback?.when.includes('guard') !== true || !executable.guardTripped()

/** The same question, with decisions that depend on no kernel values. */
export function forAnyKernel(plan: Planned): Planned {
  if (plan.disposed) return plan
  const loaded = loadedOf(plan)
  loaded.anyKernel ??= planned(plan.question)
  return loaded.anyKernel
}
