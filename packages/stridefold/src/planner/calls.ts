/**
 * What happens in a call of either entry point? It checks the options, accepts the arrays by their
 * structure, takes a plan from the cache or makes one, and runs it on the calling thread.
 *
 * The cache (plan-cache.ts) keeps recent plans. A key consists of the call, the shapes, the dtypes
 * and the checked options. A call with the same objects as the previous call skips these steps.
 */

import { OptionError } from '../errors.ts'
import {
  validateOptionsOf,
  validateCallOptions,
  validateReading,
  validateRunOptions,
  optionsObject,
  type RejectedOptions,
  readOptions,
} from '../geometry/check-options.ts'
import { parseCase } from '../geometry/notation.ts'
import { optionKey } from '../geometry/option-key.ts'
import type { CallOptions, RunOptions } from '../geometry/options.ts'
import { isSameReading, type Reading } from '../geometry/read-options.ts'
import { type Call, validateCall, type OptionsOf } from '../geometry/shapes.ts'
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
import { runInTurn, throwIfAborted } from './promise.ts'

/** Computes a call now, on the calling thread. */
export function compute(call: Call, x: unknown, k: unknown, options: object | undefined): NdArray {
  const reading = readOptions(call, options)
  const previous = previousCall?.deref()
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
  const validOptions = validateReading(call, reading)
  throwIfAborted(validOptions.signal)
  // The plan of a layer serves every bias, so the bias comes from the call.
  const bias = isSignal(call) ? undefined : validOptions.bias
  const input = asNdArray(x, 'input')
  const kernel = asNdArray(k, 'kernel')
  const out = validOptions.out === undefined ? undefined : outArray(validOptions.out)
  const dtype = operandDType(input, kernel)
  // A verified call makes a plan of its own.
  if (validOptions.verify === true) {
    return planFor(
      problemOf(call, input.shape, kernel.shape, validOptions, dtype),
      validOptions,
      kernel,
      false,
    ).run(input, kernel, out)
  }
  const key = cacheKey(call, input, kernel, validOptions, dtype)
  const core = cachedPlan(key, kernel, validOptions, () =>
    problemOf(call, input.shape, kernel.shape, validOptions, dtype),
  )
  const result = core.run(input, kernel, out, bias)
  // The next call may reuse the plan only if the arrays are ours, because ours are frozen, and if
  // the choice does not depend on the values of the kernel.
  if (
    input === x &&
    kernel === k &&
    (out === undefined || out === validOptions.out) &&
    core.plannedKernel === undefined
  ) {
    previousCall = new WeakRef({
      call,
      x: input,
      k: kernel,
      reading: readOptions(call, validOptions),
      options: validOptions,
      core,
    })
  }
  return result
}

/** Computes a call in a later turn of the event loop. Checks and copies the options now. */
export async function computeAsync(
  call: Call,
  x: unknown,
  k: unknown,
  options: object | undefined,
): Promise<NdArray> {
  const validOptions = validateCallOptions(call, options)
  return runInTurn(() => compute(call, x, k, validOptions), validOptions.signal)
}

interface PreviousCall {
  readonly call: Call
  readonly x: NdArray
  readonly k: NdArray
  /** The options as they were read, and the checked options. */
  readonly reading: Reading
  readonly options: CallOptions
  readonly core: PlanCore
}

/** The previous call; the next one is often the same. The weak reference keeps no array alive. */
let previousCall: WeakRef<PreviousCall> | undefined

/** Whether the memory of the arrays still exists. `out` is that of the previous call. */
const areUsable = ({ x, k, options: { out } }: PreviousCall): boolean =>
  isIntact(x) && isIntact(k) && (out === undefined || isIntact(out as NdArray))

/** Options that may differ between calls of one plan. */
const perCallOptions = ['out', 'signal']

/** Returns a text that is equal for calls that may share a plan. */
function cacheKey(
  call: Call,
  input: NdArray,
  kernel: NdArray,
  options: CallOptions,
  dtype: string,
): string {
  // The plan of a layer serves every bias.
  const hasBiasArray = typeof options.bias === 'object'
  const planOptions = optionKey(
    options,
    hasBiasArray ? [...perCallOptions, 'bias'] : perCallOptions,
  )
  const bias = hasBiasArray ? ' bias' : ''
  return `${call} ${input.shape} ${kernel.shape} ${dtype} ${planOptions}${bias}`
}

/** Options of `plan`: those of the call, without `out` and `signal`, and a kernel. */
export type PlanOptions<Name extends Call> = Omit<OptionsOf<Name>, 'out' | 'signal'> & {
  /**
   * The kernel of the later runs. Its shape must be `kernelShape`. Required for `separable`, which
   * depends on the values of the kernel. Default: none; the choice then ignores the values.
   */
  readonly kernel?: unknown
}

/**
 * Returns a plan: the algorithm and the backend for a call on arrays of these shapes. Computes
 * nothing: `.run` computes, and `.explain()` returns the reasons.
 *
 * - `call`, `inputShape`, `kernelShape`: as in the call, such as `'conv2d'`.
 * - `options`: those of the call. `out` belongs to `run`; a plan takes no `signal`.
 * - `options.kernel`: the kernel. Required for `separable`, which depends on the kernel's values.
 *
 * The first run generates code, once per combination of dtypes and strides. 100 plans take 50 ms.
 * Throws `OptionError` for everything that the call rejects.
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
  const validOptions = validateOptionsOf(
    validateCall(call),
    call,
    options,
    ['kernel'],
    runOnlyOptions,
  )
  const kernelArray = kernel === undefined ? undefined : asNdArray(kernel, 'options.kernel')
  const dtype = validOptions.dtype === undefined ? 'float32' : computeDType(validOptions.dtype)
  const problem = problemOf(call, inputShape, kernelShape, validOptions, dtype)
  if (kernelArray !== undefined && kernelArray.shape.join() !== kernelShape.join()) {
    throw new OptionError(
      'SHAPE_MISMATCH',
      `options.kernel has shape [${kernelArray.shape}], but kernelShape is [${kernelShape}].`,
    )
  }
  const core =
    kernelArray === undefined
      ? new PlanCore(problem, validOptions)
      : planFor(problem, validOptions, kernelArray, true)
  return new Plan(
    core,
    placeholder(inputShape, dtype),
    placeholder(kernelShape, problem.geometry.dtype),
  )
}

/** Options of a run that `plan` rejects, each with its message. */
const runOnlyOptions: RejectedOptions = {
  out: ' where a plan is made: it belongs to a run. Give it to the plan: run(x, kernel, out).',
  signal:
    " where a plan is made. Leave it out: only the calls of 'stridefold' can be aborted, not the " +
    'runs of a plan.',
}

/**
 * Returns a plan for a problem in case notation. The notation has problems that the calls lack:
 * input dilation (which a transposed layer uses internally), layers that flip their kernel, and
 * layers with more than three spatial axes.
 *
 * - `text`: a case, see docs/notation.md.
 * - `options`: algorithm, accuracy, backend, memoryLimit, deterministic and dtype, as in a call;
 *   `kernel` as in `plan`.
 *
 * `.run` takes the input as [batch, channels, ...axes] and the kernel as [filters, channels per
 * group, ...axes]. Throws `OptionError` if `text` is not a case.
 *
 * @example
 * planCase('1x1x5x5 * 1x1x3x3 i2').geometry.axes[0].inputDilation // 2
 */
export function planCase(
  text: string,
  options: Omit<RunOptions, 'out' | 'signal' | 'verify'> & { readonly kernel?: unknown } = {},
): Plan {
  const { kernel } = optionsObject('planCase', options)
  const validOptions = validateRunOptions('planCase', options, ['kernel'], runOnlyOptions)
  const kernelArray = kernel === undefined ? undefined : asNdArray(kernel, 'options.kernel')
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
    resultDType: validOptions.dtype ?? g.dtype,
    toCanonicalAxes: (x) => x,
    kernelToCanonicalAxes: (k) => k,
  }
  const inputShape = [batch, channels, ...axes.map((axis) => axis.input)]
  const kernelShape = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
  if (kernelArray !== undefined) checkShape('options.kernel', kernelArray, kernelShape)
  const core =
    kernelArray === undefined
      ? new PlanCore(problem, validOptions)
      : planFor(problem, validOptions, kernelArray, true)
  return new Plan(core, placeholder(inputShape, g.dtype), placeholder(kernelShape, g.dtype))
}
