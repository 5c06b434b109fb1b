/**
 * Makes plans that the user keeps: for a call on arrays of given shapes, or for a problem in case
 * notation. The calls themselves do not need this file, so a page that only calls does not load it.
 */

import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import {
  optionsObject,
  type RejectedOptions,
  validateOptionsOf,
  validateRunOptions,
} from '../geometry/check-options.ts'
import { makeGeometry } from '../geometry/geometry.ts'
import { parseCase } from '../geometry/notation.ts'
import type { RunOptions } from '../geometry/options.ts'
import { type Call, checkAreShapes, type OptionsOf, validateCall } from '../geometry/shapes.ts'
import { readable } from '../ndarray/allocations.ts'
import { asShaped } from '../ndarray/check-shape.ts'
import { type ComputeDType, computeDType, type DType } from '../ndarray/dtype.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { DTypeOf } from '../ndarray/result-type.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { questionKey } from '../problem/key.ts'
import type { Question } from '../problem/problem.ts'
import { isSignal, questionOf, questionOfGeometry, resultTypes } from '../problem/question.ts'
import { Plan } from './plan.ts'
import { type Planned, planned, plannedFor } from './planned.ts'

/**
 * Options of `plan`: those of the call, without `out` and `signal`, and a kernel. `D` and `K` are
 * the types of `dtype` and `kernel`, from which the type of the results follows.
 */
export type PlanOptions<
  Name extends Call,
  D extends DType | undefined = DType | undefined,
  K extends ArrayInput = ArrayInput,
> = Omit<OptionsOf<Name>, 'out' | 'signal' | 'dtype'> & {
  /** Element type of the results. Default: that of the call with the arrays of the run. */
  readonly dtype?: D
  /**
   * A kernel as the later runs will bring it; the plan only reads its values. To keep it in the
   * plan, use `prepare`. Its shape must be `kernelShape`. Required for `separable`, which depends
   * on the values of the kernel. Default: none; the choice then ignores the values.
   */
  readonly kernel?: K
}

/**
 * Returns a plan: the algorithm and the backend for a call on arrays of these shapes. Computes
 * nothing: `.run` computes, and `.explain()` returns the reasons. Use it to see the cost of a call
 * before it runs, or to run it often.
 *
 * - `call`, `inputShape`, `kernelShape`: as in the call, such as `'conv2d'`. Shapes, not arrays.
 * - `options`: those of the call. `out` and `signal` belong to `run`.
 * - `options.kernel`: the kernel. Required for `separable`, which depends on the kernel's values.
 * - `options.dtype`: the element type of the results. Default: that of the call with the arrays of
 *   each run. With an integer type the plan assumes that the input has this type, too: exact
 *   results then rule out some algorithms.
 *
 * Shapes do not tell the type of the arrays. So the choice and everything that the plan reports
 * are for arrays that are summed in float32; with `dtype: 'float64'` or `'int32'`, or with a kernel
 * of these types, in float64. A run with float64 or int32 arrays computes in float64, as the call
 * does. If the plan is for float32, such a run takes another choice.
 *
 * Throws `OptionError` for everything that the call rejects, and if the named algorithm cannot
 * compute the problem (`ALGORITHM_REFUSED`). Throws `UnavailableError` if nothing fits
 * `memoryLimit` (`MEMORY_LIMIT`). The first run generates code, once per combination of dtypes and
 * strides. 100 plans take 54 ms (one core of an Intel Xeon, Node 24, docs/benchmarks.md).
 *
 * @example
 * const p = plan('conv2d', [1, 64, 56, 56], [64, 64, 3, 3], { padding: 1 })
 * p.algorithm // 'winograd'
 */
export function plan<
  Name extends Call,
  D extends DType | undefined = undefined,
  K extends ArrayInput = number,
>(
  call: Name,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options?: PlanOptions<Name, D, K>,
): Plan<D, DTypeOf<K>> {
  const { kernel } = optionsObject('plan', options)
  const validOptions = validateOptionsOf(
    validateCall(call),
    call,
    options,
    ['kernel'],
    runOnlyOptions,
  )
  checkAreShapes('plan', inputShape, kernelShape)
  const kernelArray =
    kernel === undefined
      ? undefined
      : readable(asShaped('options.kernel', kernel, kernelShape), 'options.kernel')
  const questionFor = (operandType: ComputeDType, bias?: number): Question =>
    questionOf(
      call,
      inputShape,
      kernelShape,
      bias === undefined ? validOptions : { ...validOptions, bias },
      operandType,
    )
  const question = questionFor(kernelArray === undefined ? 'float32' : operandDType(kernelArray))
  return new Plan(plannedWith(question, kernelArray), {
    ...{ inputShape, kernelShape, questionFor },
    bias: isSignal(call) ? undefined : validOptions.bias,
    memory: validOptions.memory,
  })
}

/** Options of a run that `plan` rejects, each with its message. */
const runOnlyOptions: RejectedOptions = {
  out: ' where a plan is made: it belongs to a run. Give it to the plan: run(x, kernel, out).',
  signal:
    ' where a plan is made: it belongs to a run. Give it to the plan: run(x, kernel, { signal }).',
}

/**
 * Returns a plan for a problem in case notation. The notation has problems that the calls lack:
 * input dilation (which a transposed layer uses internally), layers that flip their kernel, and
 * layers with more than three spatial axes.
 *
 * - `text`: a case, such as `'9x9 * 3x3 same'`; docs/notation.md has the grammar.
 * - `options`: algorithm, accuracy, backend, threads, memoryLimit, deterministic and dtype, as in a
 *   call; `kernel` as in `plan`. Default: none.
 *
 * `.run` takes the input as [batch, channels, ...axes] and the kernel as [filters, channels per
 * group, ...axes]. Throws `OptionError` if `text` is not a case (`CASE_INVALID`), and for
 * everything that `plan` rejects. Costs as much as `plan`.
 *
 * @example
 * planCase('1x1x5x5 * 1x1x3x3 i2').geometry.axes[0].inputDilation // 2
 */
export function planCase<
  D extends DType | undefined = undefined,
  K extends ArrayInput = ArrayInput,
>(
  text: string,
  options: Omit<RunOptions, 'out' | 'signal' | 'verify' | 'dtype'> & {
    /** The element type of the results, as in `RunOptions`. Default: that of the case. */
    readonly dtype?: D
    /** The kernel of the later runs, as in `PlanOptions`. Default: none. */
    readonly kernel?: K
  } = {},
): Plan<D> {
  const { kernel } = optionsObject('planCase', options)
  const validOptions = validateRunOptions('planCase', options, ['kernel'], runOnlyOptions)
  const parsed = parseCase(text)
  const questionFor = (operandType: ComputeDType): Question => {
    const inputType = computeDType(parsed.dtype, operandType)
    const { dtype, storedDType } = resultTypes(inputType, validOptions.dtype)
    const g = dtype === parsed.dtype ? parsed : makeGeometry({ ...parsed, dtype })
    return questionOfGeometry(
      questionKey('planCase', [], [], dtype, validOptions) + g.key,
      'planCase',
      g,
      storedDType,
      validOptions,
      true,
    )
  }
  const { input: inputShape, kernel: kernelShape } = canonicalShapes(parsed)
  const kernelArray =
    kernel === undefined
      ? undefined
      : readable(asShaped('options.kernel', kernel, kernelShape), 'options.kernel')
  const question = questionFor(kernelArray === undefined ? 'float32' : operandDType(kernelArray))
  return new Plan(plannedWith(question, kernelArray), {
    ...{ inputShape, kernelShape, questionFor },
    bias: undefined,
    memory: validOptions.memory,
  })
}

const plannedWith = (question: Question, kernel: NdArray | undefined): Planned =>
  kernel === undefined ? planned(question) : plannedFor(question, kernel, true)
