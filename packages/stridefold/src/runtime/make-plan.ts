/**
 * Makes plans that the user keeps: for a call on arrays of given shapes, or for a problem in case
 * notation. The calls themselves do not need this file, so a page that only calls does not load it.
 */

import { OptionError } from '../errors.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import {
  optionsObject,
  type RejectedOptions,
  validateOptionsOf,
  validateRunOptions,
} from '../geometry/check-options.ts'
import { parseCase } from '../geometry/notation.ts'
import type { RunOptions } from '../geometry/options.ts'
import { type Call, type OptionsOf, validateCall } from '../geometry/shapes.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { computeDType } from '../ndarray/dtype.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { questionKey } from '../problem/key.ts'
import type { Question } from '../problem/problem.ts'
import { isSignal, questionOf, questionOfGeometry } from '../problem/question.ts'
import { Plan } from './plan.ts'
import { type Planned, planned, plannedFor } from './planned.ts'

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
 * nothing: `.run` computes, and `.explain()` returns the reasons. Use it to see the cost of a call
 * before it runs, or to run it often.
 *
 * - `call`, `inputShape`, `kernelShape`: as in the call, such as `'conv2d'`.
 * - `options`: those of the call. `out` belongs to `run`; a plan takes no `signal`.
 * - `options.kernel`: the kernel. Required for `separable`, which depends on the kernel's values.
 * - `options.dtype`: shapes do not tell the type of the arrays. So a plan computes in float32 if
 *   `dtype` is left out. Give `'float64'` for arrays of float64 and int32, which a call computes in
 *   float64.
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
  const question = questionOf(call, inputShape, kernelShape, validOptions, dtype)
  if (kernelArray !== undefined && kernelArray.shape.join() !== kernelShape.join()) {
    throw new OptionError(
      'SHAPE_MISMATCH',
      `options.kernel has shape [${kernelArray.shape}], but kernelShape is [${kernelShape}].`,
    )
  }
  return new Plan(plannedWith(question, kernelArray), {
    inputShape,
    kernelShape,
    bias: isSignal(call) ? undefined : validOptions.bias,
  })
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
export function planCase(
  text: string,
  options: Omit<RunOptions, 'out' | 'signal' | 'verify'> & {
    /** The kernel of the later runs, as in `PlanOptions`. Default: none. */
    readonly kernel?: unknown
  } = {},
): Plan {
  const { kernel } = optionsObject('planCase', options)
  const validOptions = validateRunOptions('planCase', options, ['kernel'], runOnlyOptions)
  const kernelArray = kernel === undefined ? undefined : asNdArray(kernel, 'options.kernel')
  const g = parseCase(text)
  const question = questionOfGeometry(
    questionKey('planCase', [], [], g.dtype, validOptions) + g.key,
    'planCase',
    g,
    validOptions.dtype ?? g.dtype,
    validOptions,
    true,
  )
  const { input: inputShape, kernel: kernelShape } = canonicalShapes(g)
  if (kernelArray !== undefined) checkShape('options.kernel', kernelArray, kernelShape)
  return new Plan(plannedWith(question, kernelArray), { inputShape, kernelShape, bias: undefined })
}

const plannedWith = (question: Question, kernel: NdArray | undefined): Planned =>
  kernel === undefined ? planned(question) : plannedFor(question, kernel, true)
