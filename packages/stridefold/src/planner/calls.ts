/**
 * Every call of both entry points, computed at once on the calling thread: arrays are accepted by
 * structure, a plan is found or made, and run.
 *
 * Recent plans are kept (plan-cache.ts). A key is made of the call, the shapes and types and the
 * checked options.
 */

import { OptionError } from '../errors.ts'
import {
  checkedBeside,
  checkedCallOptions,
  checkedReading,
  checkedRunOptions,
  optionsObject,
  type Refused,
  readOptions,
} from '../geometry/check-options.ts'
import { parseCase } from '../geometry/notation.ts'
import { optionKey } from '../geometry/option-key.ts'
import type { CallOptions, RunOptions } from '../geometry/options.ts'
import { isSameReading, type Reading } from '../geometry/read-options.ts'
import { type Call, checkedCall, type OptionsOf } from '../geometry/shapes.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { computeDType } from '../ndarray/dtype.ts'
import { isIntact } from '../ndarray/intact.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { PlanCore, planFor } from './core.ts'
import { cachedPlan } from './plan-cache.ts'
import { outArray } from './operands.ts'
import { Plan } from './plan.ts'
import { isSignal, type Problem, problemOf, placeholder } from './problem.ts'
import { inTurn, throwIfAborted } from './promise.ts'

/** Computes a call on the calling thread. */
export function compute(call: Call, x: unknown, k: unknown, options: object | undefined): NdArray {
  const reading = readOptions(call, options)
  const previous = previousRun?.deref()
  if (
    previous !== undefined &&
    previous.call === call &&
    previous.x === x &&
    previous.k === k &&
    isSameReading(previous.reading, reading)
  ) {
    const { signal, out, bias } = previous.options
    throwIfAborted(signal)
    const result = previous.core.runFastPath(x, k, out)
    if (result !== undefined) return result
    if (areUsable(previous))
      return previous.core.run(
        previous.x,
        previous.k,
        out as NdArray | undefined,
        isSignal(call) ? undefined : bias,
      )
  }
  const given = checkedReading(call, reading)
  throwIfAborted(given.signal)
  // A layer's plan serves every bias, so the bias comes with the call.
  const bias = isSignal(call) ? undefined : given.bias
  const input = asNdArray(x, 'input')
  const kernel = asNdArray(k, 'kernel')
  const out = given.out === undefined ? undefined : outArray(given.out)
  const dtype = operandDType(input, kernel)
  // What is verified is planned for itself.
  if (given.verify === true) {
    return planFor(
      problemOf(call, input.shape, kernel.shape, given, dtype),
      given,
      kernel,
      false,
    ).run(input, kernel, out)
  }
  const key = cacheKey(call, input, kernel, given, dtype)
  const core = cachedPlan(key, kernel, given, () =>
    problemOf(call, input.shape, kernel.shape, given, dtype),
  )
  const result = core.run(input, kernel, out, bias)
  // Only arrays of our own, which are frozen, and choices that no value of the kernel decides, hold
  // for the next call.
  if (
    input === x &&
    kernel === k &&
    (out === undefined || out === given.out) &&
    core.plannedKernel === undefined
  ) {
    previousRun = new WeakRef({
      call,
      x: input,
      k: kernel,
      reading: readOptions(call, given),
      options: given,
      core,
    })
  }
  return result
}

/** `compute` behind a promise. The options are those of now, whatever becomes of the object. */
export async function computed(
  call: Call,
  x: unknown,
  k: unknown,
  options: object | undefined,
): Promise<NdArray> {
  const given = checkedCallOptions(call, options)
  return inTurn(() => compute(call, x, k, given), given.signal)
}

interface LatestCall {
  readonly call: Call
  readonly x: NdArray
  readonly k: NdArray
  /** What the options said, and their checked record. */
  readonly reading: Reading
  readonly options: CallOptions
  readonly core: PlanCore
}

/** The latest call, for as long as nothing is collected: the next one is often the same. */
let previousRun: WeakRef<LatestCall> | undefined

/** Whether the arrays still hold what they held; `out` is the same array as in the latest call. */
const areUsable = ({ x, k, options: { out } }: LatestCall): boolean =>
  isIntact(x) && isIntact(k) && (out === undefined || isIntact(out as NdArray))

/** What may differ between calls of one plan. */
const ofTheCall = ['out', 'signal']

/** A string for calls that may share a plan. */
function cacheKey(
  call: Call,
  input: NdArray,
  kernel: NdArray,
  options: CallOptions,
  dtype: string,
): string {
  // A layer's plan serves every bias.
  const anyBias = typeof options.bias === 'object'
  const decisive = optionKey(options, anyBias ? [...ofTheCall, 'bias'] : ofTheCall)
  return `${call} ${input.shape} ${kernel.shape} ${dtype} ${decisive}${anyBias ? ' bias' : ''}`
}

/**
 * Options of `plan`: those of the call but for what belongs to a single run, and facts about a
 * kernel's values.
 */
export type PlanOptions<Name extends Call> = Omit<OptionsOf<Name>, 'out' | 'signal'> & {
  /**
   * A kernel with the values that will be used: lets algorithms look at them. Same shape as
   * `kernelShape`.
   */
  readonly kernel?: unknown
}

/**
 * Decides how a call on arrays of these shapes would be computed, and prepares it: `.run` computes,
 * `.explain()` says why.
 *
 * The options are those of the call, and `kernel`; `out` goes to `.run`, and no plan takes a
 * `signal`. Arrays of other types or layouts than the usual are compiled for when they come. Throws
 * `OptionError` for what the call would refuse.
 *
 * @example
 * const p = plan('conv2d', [1, 64, 56, 56], [64, 64, 3, 3], { padding: 1 })
 * p.algorithm // 'winograd'
 */
export function plan<Name extends Call>(
  call: Name,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options?: PlanOptions<Name>,
): Plan {
  const { kernel } = optionsObject('plan', options)
  const given = checkedBeside(checkedCall(call), call, options, ['kernel'], ofRuns)
  const values = kernel === undefined ? undefined : asNdArray(kernel, 'options.kernel')
  const dtype = given.dtype === undefined ? 'float32' : computeDType(given.dtype)
  const problem = problemOf(call, inputShape, kernelShape, given, dtype)
  if (values !== undefined && values.shape.join() !== kernelShape.join()) {
    throw new OptionError(
      'SHAPE_MISMATCH',
      `options.kernel has shape [${values.shape}], but kernelShape is [${kernelShape}].`,
    )
  }
  const core =
    values === undefined ? new PlanCore(problem, given) : planFor(problem, given, values, true)
  return new Plan(
    core,
    placeholder(inputShape, dtype),
    placeholder(kernelShape, problem.geometry.dtype),
  )
}

/** What belongs to a run, and why it is refused where a plan is made. */
const ofRuns: Refused = {
  out: ' where a plan is made: it belongs to a run. Give it to the plan: run(x, kernel, out).',
  signal:
    ' where a plan is made. Leave it out: a plan runs at once, and only the calls of ' +
    "'stridefold' can be ended.",
}

/**
 * A plan for any problem that case notation can write, which are more than the calls have: dilated
 * inputs (what a transposed layer is underneath), layers that flip their kernel, channels over more
 * than three axes.
 *
 * - `text`: a case, see docs/notation.md. - `options`: how it runs: algorithm, accuracy, backend,
 *   memoryLimit, deterministic, dtype; `kernel` for facts about its values, as in `plan`.
 *
 * `.run` takes the input as [batch, channels, ...axes] and the kernel as [filters, channels of a
 * group, ...axes]. Throws `OptionError` for what no case is.
 *
 * @example
 * planCase('1x1x5x5 * 1x1x3x3 i2').geometry.axes[0].inputDilation // 2
 */
export function planCase(
  text: string,
  options: Omit<RunOptions, 'out' | 'signal' | 'verify'> & { readonly kernel?: unknown } = {},
): Plan {
  const { kernel } = optionsObject('planCase', options)
  const given = checkedRunOptions('planCase', options, ['kernel'], ofRuns)
  const values = kernel === undefined ? undefined : asNdArray(kernel, 'options.kernel')
  const g = parseCase(text)
  const { batch, groups, channels, filters, axes } = g
  const problem: Problem = {
    ...{
      call: 'planCase',
      geometry: g,
      offset: 0,
      activation: undefined,
      padAdjoints: undefined,
      bias: undefined,
    },
    outputShape: [batch, filters, ...axes.map((axis) => axis.output)],
    resultDType: given.dtype ?? g.dtype,
    toCanonicalAxes: (x) => x,
    kernelToCanonicalAxes: (k) => k,
  }
  const inputShape = [batch, channels, ...axes.map((axis) => axis.input)]
  const kernelShape = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
  if (values !== undefined) checkShape('options.kernel', values, kernelShape)
  const core =
    values === undefined ? new PlanCore(problem, given) : planFor(problem, given, values, true)
  return new Plan(core, placeholder(inputShape, g.dtype), placeholder(kernelShape, g.dtype))
}
