/** Makes plans for boxes: checks the options, chooses for the whole problem, and keeps its form. */

import { OptionError, UnavailableError } from '../errors.ts'
import {
  optionsObject,
  type RejectedOptions,
  validateOptionsOf,
} from '../geometry/check-options.ts'
import type { CheckedConvolveOptions } from '../geometry/checked-options.ts'
import type { ConvolveCall } from '../geometry/convolve-geometry.ts'
import { formatValue } from '../geometry/format-value.ts'
import type { SignalOptions } from '../geometry/options.ts'
import { kernelOverlap } from '../geometry/padding.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type ComputeDType, type DType, dtypes, isDType, isStorageOnly } from '../ndarray/dtype.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { elementCount } from '../ndarray/layout.ts'
import { type NdArray, placeholder } from '../ndarray/ndarray.ts'
import type { DTypeOf, Promoted } from '../ndarray/result-type.ts'
import { operandDType } from '../ndarray/untyped.ts'
import type { Work } from '../ndarray/work.ts'
import { algorithmNamed } from '../planner/boxes.ts'
import { decideWork, errorBound, fallbackWork } from '../planner/decide.ts'
import { fallbackChoice, isCutAsSaid, type WholeChoice } from '../planner/decide-box.ts'
import { withRounding } from '../planner/exactness.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import { problemOf } from '../problem/operands.ts'
import type { Problem, Question } from '../problem/problem.ts'
import { isSignal } from '../problem/question.ts'
import type { Backend } from '../program/backend.ts'
import { toComputeType } from '../runtime/arrays.ts'
import { backendsFor } from '../runtime/backends.ts'
import { finishInTurn } from '../runtime/pace.ts'
import { canonicalKernel, knownKernelWork, planned } from '../runtime/planned.ts'
import { tunedBackends } from '../runtime/tuning.ts'
import { runInTurn } from '../runtime/turns.ts'
import { BoxesPlan, type PlannedBoxes } from './box-plan.ts'
import { invalidForm, problemTextWork, readForm, savedForm } from './form.ts'
import type { Way } from './parts.ts'
import { boxTypes, validateSumDType, type Whole, wholeOf } from './whole.ts'

/** The options of a call that do not hold for a plan of boxes. */
type NotOfBoxes = 'out' | 'signal' | 'memory' | 'verify' | 'tune' | 'memoryLimit' | 'dtype'

/** Options of `planBoxes`: those of `convolve` and `correlate` that decide the result. */
export interface BoxOptions<
  X extends DType = DType,
  S extends ComputeDType = ComputeDType,
  R extends DType = DType,
> extends Omit<SignalOptions, NotOfBoxes> {
  /** The element type of the samples. Default `'float32'`. */
  readonly inputDType?: X
  /**
   * The type of the sums, `'float32'` or `'float64'`. Default: float64 if samples, kernel or
   * results are float64 or int32, else float32, as in the call.
   */
  readonly dtype?: S
  /**
   * The element type of the results. Default: that of the sums. Results of an integer type are
   * rounded, half to even, and saturate.
   */
  readonly outputDType?: R
  /**
   * `plan.form` of another plan for the same problem, also after JSON. The boxes of both then have
   * the same bits, on every machine with the same `relaxedSimd` (see `capabilities`), or on all
   * with `deterministic`. Default: none; the planner chooses. Throws `OptionError` if it is of
   * another problem (`FORM_MISMATCH`), or no form (`FORM_INVALID`).
   */
  readonly form?: unknown
}

/** Options of a call that `planBoxes` rejects, each with its message. */
const rejected: RejectedOptions = {
  out: ': it belongs to a run. Give it to the plan: run(box, samples, { out }).',
  signal: ': it belongs to a run. Give it to the plan: run(box, samples, { signal }).',
  memory: ': results lie on the heap. Give run an array with { out } for another place.',
  memoryLimit: ': the size of a box decides. plan.bytesOf(box) counts its bytes.',
  tune: ': nothing is measured. Name an algorithm.',
  verify: ". Compare a box with compareWithDefinition of 'stridefold/verify'.",
}

/**
 * Returns a promise of a plan that computes boxes of a convolution. The whole arrays may lie
 * anywhere, such as in files larger than memory: only their shape is needed. Each box has the bits
 * of the whole array in memory, so boxes may be computed on several machines, in any order.
 *
 * - `call`: `'convolve'` or `'correlate'`.
 * - `inputShape`: the shape of the whole input. Each extent may be up to 2⁵³.
 * - `kernel`: the kernel, of the rank of the input. It is copied.
 * - `options`: mode (default 'same'), boundary ('zero'), stride, dilation, inputDType ('float32'),
 *   dtype (of the sums), outputDType, algorithm, form and more; `BoxOptions` describes them.
 *
 * Rejects with `OptionError` for everything that the call rejects, and with `FORM_INVALID` and
 * `FORM_MISMATCH` for a form that does not fit. Costs some milliseconds, whatever the shape is.
 *
 * @example
 * const plan = await planBoxes('correlate', [1e6, 1e6, 1e6], [[[1, 2, 1]]])
 * plan.outputShape // [1000000, 1000000, 1000000]
 * plan.readsOf([[0, 8], [8, 16], [0, 8]]) // [[[0, 8]], [[8, 16]], [[0, 9]]]
 */
export async function planBoxes<
  K extends ArrayInput,
  X extends DType = 'float32',
  S extends ComputeDType = Promoted<X, DTypeOf<K>>,
  R extends DType = S,
>(
  call: 'convolve' | 'correlate',
  inputShape: readonly number[],
  kernel: K,
  options?: BoxOptions<X, S, R>,
): Promise<BoxesPlan<R>> {
  const given = optionsObject('planBoxes', options)
  const { inputDType, outputDType, dtype, form, ...others } = given
  const checked = validateOptionsOf(
    'planBoxes',
    validateSignal(call),
    others,
    ['inputDType', 'outputDType', 'form'],
    rejected,
    // The check ensures that the options belong to the call.
  ) as CheckedConvolveOptions
  const weights = contiguousCopy(asReadable(kernel, 'kernel'))
  const types = boxTypes(
    validateDType('inputDType', inputDType) ?? 'float32',
    operandDType(weights),
    validateSumDType(dtype),
    validateDType('outputDType', outputDType),
  )
  const whole = wholeOf(call, inputShape, weights.shape, checked, types)
  return runInTurn((turn) => finishInTurn(planWork(whole, weights, form), turn)) as Promise<
    BoxesPlan<R>
  >
}

function validateSignal(call: unknown): ConvolveCall {
  if (typeof call === 'string' && isSignal(call)) return call
  throw new OptionError(
    'CALL_UNKNOWN',
    `planBoxes: ${formatValue(call)} is no call whose boxes can be planned. Use 'convolve' or ` +
      "'correlate'.",
  )
}

function validateDType(option: string, dtype: unknown): DType | undefined {
  if (dtype === undefined || isDType(dtype)) return dtype
  throw new OptionError(
    'OPTION_INVALID',
    `planBoxes: option "${option}" is ${formatValue(dtype)}; it must be one of ` +
      `${Object.keys(dtypes)
        .map((name) => `'${name}'`)
        .join(', ')}.`,
  )
}

function* planWork(whole: Whole, given: NdArray, form: unknown): Work<BoxesPlan> {
  const { options } = whole.question
  const kernel = toComputeType(canonicalKernel(whole.question, given), whole.geometry.dtype)
  const text = yield* problemTextWork(whole, kernel)
  const before = form === undefined ? undefined : readForm(form, text, options.deterministic)
  // What is read of the values of the kernel depends on the algorithm.
  const { algorithm } = before ?? options
  const question = { ...whole.question, options: { ...options, algorithm } }
  const known = yield* knownKernelWork(question, given, false)
  const plan = planned(question, known)
  const operands = { ...arraysOf(whole), kernel, bias: undefined }
  const problem = problemOf(question, operands, known?.properties)
  const backends = tunedBackends(backendsFor(options.backend, true), plan.tuning)
  yield
  if (before !== undefined) checkChoice(before, options, backends)
  const choice = before ?? (yield* choiceWork(whole, problem, backends))
  const { descriptors } = withRounding(algorithmNamed(choice.algorithm), problem)
  if (before !== undefined && !isCutAsSaid(before, { ...problem, descriptors }))
    throw invalidForm(form)
  const way = wayOf(choice, descriptors)
  const found: PlannedBoxes = {
    ...{ whole, planned: plan, kernel, way },
    fallback: fallbackOf(way, problem, backends),
    form: savedForm(way.choice, text, options.deterministic),
    errorBound: choice.form.cutKeepsBits
      ? errorBound({ ...choice, descriptors }, problem)
      : choice.form.errorBound,
  }
  return new BoxesPlan(found)
}

/**
 * Chooses as a call does. But `auto` takes the fastest algorithm whose smallest box is not too
 * large: some algorithms cannot be cut along an axis, or have other bits in boxes.
 */
function* choiceWork(
  whole: Whole,
  problem: Problem,
  backends: readonly Backend[],
): Work<WholeChoice> {
  const first = yield* decideWork(problem, backends)
  const { options } = problem
  if (options.algorithm !== 'auto' || hasSmallBoxes(whole, first)) return first
  const others = first.compared
    .filter(({ refused, algorithm }) => refused === undefined && algorithm !== first.algorithm)
    .toSorted((a, b) => a.milliseconds - b.milliseconds)
  for (const { algorithm } of others) {
    const named = { ...problem, options: { ...options, algorithm, backend: first.backend } }
    const other = yield* decideWork(named, backends)
    if (!hasSmallBoxes(whole, other)) continue
    const why = first.form.cutKeepsBits ? 'only has large boxes' : 'has other bits in boxes'
    const reason = `${algorithm} on ${other.backend}: the fastest, ${first.algorithm}, ${why}`
    return { ...other, reason }
  }
  return first
}

/** The most samples that the smallest box reads, if `auto` accepts it. */
const mostSamples = 2 ** 23

/** Whether boxes have the bits of the whole, and the smallest one is not large. */
function hasSmallBoxes({ geometry: g }: Whole, { form }: WholeChoice): boolean {
  if (!form.cutKeepsBits) return false
  const { quantum, reach } = form
  const samples = g.axes.map((axis, a) => {
    const outputs = Math.min(axis.output, quantum.outputs[a]!)
    return Math.min(axis.input, (outputs - 1) * axis.stride + kernelOverlap(axis) + 1 + reach[a]!)
  })
  return elementCount(samples) <= mostSamples
}

/** The arrays of the nominal problem, without data. Types of storage are read as those of sums. */
function arraysOf({
  question,
  nominalShape,
  inputDType,
}: Whole): Pick<Parameters<typeof problemOf>[1], 'input' | 'output'> {
  const { geometry, orders, outputShape, resultDType } = question
  const dtype = isStorageOnly(inputDType) ? geometry.dtype : inputDType
  return {
    input: inputInOrder(placeholder(nominalShape, dtype), orders),
    output: inputInOrder(placeholder(outputShape, resultDType), orders),
  }
}

const wayOf = (
  { algorithm, backend, form, reason }: WholeChoice,
  descriptors: Way['descriptors'],
): Way => ({ choice: { algorithm, backend, form, reason }, descriptors })

/** Throws if a choice that was made elsewhere does not fit the options, or this engine. */
function checkChoice(
  form: WholeChoice,
  options: Question['options'],
  backends: readonly Backend[],
): void {
  for (const name of ['algorithm', 'backend'] as const) {
    if (options[name] === 'auto' || options[name] === form[name]) continue
    throw new OptionError(
      'OPTION_CONFLICT',
      `planBoxes: ${name} is '${options[name]}', but the form has '${form[name]}'. Leave one out.`,
    )
  }
  const backend = backends.find(({ name }) => name === form.backend)
  const missing = backend?.missing()
  if (backend !== undefined && missing === undefined) return
  throw new UnavailableError(
    missing?.code ?? 'BACKEND_MISSING',
    `planBoxes: the form needs backend '${form.backend}', but ` +
      `${missing?.why ?? 'there is none of this name here'}. Plan without the form.`,
  )
}

/** What computes a box whose samples the algorithm cannot compute, such as NaN. */
function fallbackOf(
  { choice, descriptors }: Way,
  problem: Problem,
  backends: readonly Backend[],
): PlannedBoxes['fallback'] {
  const { algorithm, ...rest } = fallbackChoice(choice, problem)
  const { values: _, unit: __, ...layouts } = descriptors
  const every = { ...layouts, everyProduct: true }
  return {
    way: { choice: { algorithm, ...rest }, descriptors: every },
    *work() {
      const fallback = { when: [], algorithm }
      const own = backends.filter(({ name }) => name === choice.backend)
      const decision = yield* fallbackWork({ fallback }, problem, own)
      return wayOf(decision, decision.descriptors)
    },
  }
}
