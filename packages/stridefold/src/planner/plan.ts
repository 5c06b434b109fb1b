/**
 * A plan: one problem, decided once, run as often as wanted. Calls of both doors make plans too and keep the recent ones.
 *
 * The decision belongs to the geometry; what is compiled belongs to a geometry *and* the layout and type of the arrays, so a plan compiles
 * a variant for each combination that it meets.
 */

import type { Facts, KernelFacts } from '../algorithms/algorithm.ts'
import type { ExternalLayout, ExternalLayouts, Executable } from '../program/backend.ts'
import { OptionError, UnavailableError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { copy, dense, overlaps } from '../ndarray/copy.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { elementCount, reach, rowMajorStrides } from '../ndarray/layout.ts'
import { asNdArray } from '../ndarray/interop.ts'
import { allocated, isInBackendMemory } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoted } from '../ndarray/untyped.ts'
import { printProgram } from '../program/print.ts'
import type { Program } from '../program/program.ts'
import { type Candidate, type Choice, choose } from './choose.ts'
import { explainPlan } from './explain-plan.ts'
import { folded } from './fold.ts'
import { isWorthLooking, KernelCopy, kernelFacts } from './kernel-facts.ts'
import { type CallOptions, checkShape, factsOf, layoutOf, type Problem } from './problem.ts'
import { stripped } from './strips.ts'
import { verified } from './verify.ts'

interface Variant {
  readonly choice: Choice
  readonly executable: Executable
  /** The kernel whose weights the executable holds ready. */
  prepared: KernelCopy | undefined
}

/** Layouts of the arrays of one run. */
type Externals = ExternalLayouts & { readonly input: ExternalLayout; readonly kernel: ExternalLayout; readonly output: ExternalLayout }

/** The arrays of one run in canonical order. */
interface Operands {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly output: NdArray
}

export class PlanCore {
  readonly problem: Problem
  readonly options: CallOptions
  /** The kernel whose values the choice depends on, where it does. */
  readonly known: KernelCopy | undefined
  readonly #values: KernelFacts | undefined
  readonly #variants = new Map<string, Variant>()

  constructor(problem: Problem, options: CallOptions, values?: { readonly kernel: NdArray; readonly facts: KernelFacts }) {
    this.problem = problem
    this.options = options
    this.#values = values?.facts
    this.known = values === undefined ? undefined : new KernelCopy(values.kernel)
  }

  get geometry(): ConvGeometry {
    return this.problem.geometry
  }

  /** Decides and compiles for arrays like these; data are not looked at. */
  variant({ input, kernel, bias, output }: Operands): Variant {
    const key =
      [input, kernel, output].map((x) => `${x.dtype}${isInBackendMemory(x) ? '*' : ''}[${x.strides}]`).join() +
      (bias === undefined ? '' : '+')
    const found = this.#variants.get(key)
    if (found !== undefined) return found
    const facts = {
      ...factsOf(this.problem, input, kernel, layoutOf(output), bias !== undefined),
      ...(this.#values === undefined ? {} : { values: this.#values }),
    }
    const externals: Externals = {
      input: externalOf(input),
      kernel: externalOf(kernel),
      output: externalOf(output),
      ...(bias === undefined ? {} : { bias: externalOf(bias) }),
    }
    const choice = choose(this.geometry, facts, externals, this.options)
    const { executable, program } = this.#compiled(choice, facts, externals)
    const limit = this.options.memoryLimit ?? Infinity
    if (executable.workspaceBytes > limit) {
      executable.dispose()
      throw new UnavailableError(
        'MEMORY_LIMIT',
        `${choice.algorithm.name} takes ${executable.workspaceBytes} bytes of workspace for ${this.geometry.key}, and memoryLimit is ${limit}. Raise it, or use backend: 'js'.`,
      )
    }
    const made: Variant = { choice: { ...choice, program }, executable, prepared: undefined }
    this.#variants.set(key, made)
    return made
  }

  /** Strip by strip where that saves memory and time, else on whole arrays. */
  #compiled(choice: Choice, facts: Facts, externals: Externals): { executable: Executable; program: Program } {
    const { algorithm, backend, program } = choice
    const strips = stripped(this.geometry, facts, externals, algorithm, backend)
    return strips ?? { executable: backend.compile(program, externals), program }
  }

  /** Computes into a new array, or into `out`. */
  run(x: NdArray, k: NdArray, outArray: NdArray | undefined): NdArray {
    const { problem, options } = this
    const { geometry: g, outputShape, resultDType } = problem
    const input = problem.arrange(promoted(x, g.dtype))
    const kernel = computed(problem.arrangeKernel(promoted(k, g.dtype)), g.dtype)
    const bias = biasOf(problem)
    const result = outArray ?? allocated(outputShape, resultDType)
    if (outArray !== undefined) checkOut(outArray, problem, [x, k])
    const unfolded =
      problem.folds === undefined ? undefined : allocated([g.batch, g.filters, ...g.axes.map((axis) => axis.output)], g.dtype)
    const output = unfolded ?? problem.arrange(result)
    if (elementCount(output.shape) > 0) this.#execute({ input, kernel, bias, output })
    if (unfolded !== undefined) folded(unfolded, problem.arrange(result), problem)
    if (options.verify === true) verified(problem, { input, kernel, bias, result }, this.#choiceFor({ input, kernel, bias, output }))
    return result
  }

  #execute(operands: Operands): void {
    const { input, kernel, bias, output } = operands
    const variant = this.variant(operands)
    const ready = variant.prepared?.holds(kernel) === true
    if (!ready) {
      // Until the new weights are in place the executable holds none that may be used.
      variant.prepared = undefined
      variant.executable.prepare(kernel)
      variant.prepared = new KernelCopy(kernel)
    }
    variant.executable.run({ input, kernel, output, ...(bias === undefined ? {} : { bias }) }, true)
  }

  #choiceFor(operands: Operands): Choice {
    return this.variant(operands).choice
  }

  dispose(): void {
    for (const { executable } of this.#variants.values()) executable.dispose()
    this.#variants.clear()
  }
}

/** The kernel in the compute type. */
function computed(kernel: NdArray, dtype: ComputeDType): NdArray {
  if (kernel.dtype === dtype) return kernel
  const converted = allocated(kernel.shape, dtype)
  copy(kernel, converted)
  return converted
}

function biasOf({ bias, geometry: g, call }: Problem): NdArray | undefined {
  if (bias === undefined) return undefined
  const given = promoted(asNdArray(bias, 'bias'), g.dtype)
  if (given.shape.length !== 1 || given.shape[0] !== g.filters) {
    throw new OptionError(
      'BIAS_MISMATCH',
      `${call}: bias has shape [${given.shape}], but one number for each of the ${g.filters} output channels is needed: shape [${g.filters}].`,
    )
  }
  return computed(dense(given), g.dtype)
}

function checkOut(out: NdArray, problem: Problem, operands: readonly NdArray[]): void {
  checkShape(`${problem.call}: out`, out, problem.outputShape)
  if (out.dtype !== problem.resultDType) {
    throw new OptionError(
      'DTYPE_MISMATCH',
      `${problem.call}: out is ${out.dtype}, but the result is ${problem.resultDType}. Give out of that type, or dtype: '${out.dtype}'.`,
    )
  }
  if (!out.writable) throw new OptionError('OUT_READ_ONLY', `${problem.call}: out is a read-only view. Give an array that may be written.`)
  if (operands.some((x) => overlaps(out, x))) {
    throw new OptionError(
      'OUT_OVERLAPS',
      `${problem.call}: out shares memory with an operand, which would be overwritten while it is read. Give an array of its own.`,
    )
  }
}

/** Where a canonical array's elements lie around its first one. */
function externalOf(x: NdArray): ExternalLayout {
  if (x.shape.includes(0)) return { span: 0, lowest: 0, adopted: false }
  const [first, last] = reach(x.shape, x.strides, 0)
  return { span: last - first + 1, lowest: first, adopted: isInBackendMemory(x) }
}

/** A plan core for arrays; looks at the kernel's values where that may pay. */
export function planFor(problem: Problem, options: CallOptions, k: NdArray, always: boolean): PlanCore {
  const { geometry: g } = problem
  const { algorithm = 'auto' } = options
  const looks = always || algorithm === 'separable' || (algorithm === 'auto' && isWorthLooking(g))
  if (!looks) return new PlanCore(problem, options)
  const kernel = problem.arrangeKernel(promoted(k, g.dtype))
  const facts = kernelFacts(g, kernel)
  return facts === undefined ? new PlanCore(problem, options) : new PlanCore(problem, options, { kernel: computed(kernel, g.dtype), facts })
}

/** A plan for shapes, as callers see it. */
export class Plan {
  readonly #core: PlanCore
  readonly #inputShape: readonly number[]
  readonly #kernelShape: readonly number[]
  readonly #variant: Variant
  readonly #kernel: NdArray | undefined

  constructor(core: PlanCore, input: NdArray, kernel: NdArray, prepared?: NdArray) {
    this.#core = core
    this.#inputShape = input.shape
    this.#kernelShape = kernel.shape
    this.#kernel = prepared
    const { problem } = core
    const { geometry: g } = problem
    const output = {
      ...input,
      data: input.data,
      dtype: problem.resultDType,
      shape: problem.outputShape,
      strides: rowMajorStrides(problem.outputShape),
    }
    const bias = biasOf(problem)
    const canonicalKernel = problem.arrangeKernel(kernel)
    const unfolded = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
    const canonicalOutput =
      problem.folds === undefined
        ? problem.arrange(output)
        : { ...output, dtype: g.dtype, shape: unfolded, strides: rowMajorStrides(unfolded) }
    this.#variant = core.variant({
      input: problem.arrange(input),
      kernel: { ...canonicalKernel, dtype: g.dtype },
      bias,
      output: canonicalOutput,
    })
  }

  /** The problem as numbers. */
  get geometry(): ConvGeometry {
    return this.#core.geometry
  }

  /** Name of the algorithm that was chosen. */
  get algorithm(): string {
    return this.#variant.choice.algorithm.name
  }

  get backend(): 'js' | 'wasm' {
    return this.#variant.choice.backend.name
  }

  /** Why, in one line. */
  get decision(): string {
    return this.#variant.choice.decision
  }

  /** All memory a run takes besides the caller's arrays: copies in and out, packed weights, scratch. */
  get workspaceBytes(): number {
    return this.#variant.executable.workspaceBytes
  }

  /** Every algorithm: predicted time, flops and bytes, or why it was refused. */
  get candidates(): readonly Candidate[] {
    return this.#variant.choice.candidates
  }

  /** The program as text. */
  get program(): string {
    return printProgram(this.#variant.choice.program)
  }

  /** The plan explained, for people. */
  explain(): string {
    return explainPlan(this.geometry, this.#variant.choice, this.workspaceBytes)
  }

  /**
   * Runs the plan: a new array, or `out`. The kernel may be left out where it was prepared. Throws `OptionError` for arrays of other
   * shapes than the plan's.
   */
  runSync(x: unknown, k?: unknown, out?: unknown): NdArray {
    const input = asNdArray(x, 'input')
    checkShape('input', input, this.#inputShape)
    const kernel = k === undefined ? this.#kernel : asNdArray(k, 'kernel')
    if (kernel === undefined)
      throw new OptionError('KERNEL_MISSING', 'this plan has no prepared kernel: give run the input and the kernel.')
    checkShape('kernel', kernel, this.#kernelShape)
    const { known } = this.#core
    if (
      known !== undefined &&
      this.#variant.choice.algorithm.readsValues === true &&
      !known.holds(computed(this.#core.problem.arrangeKernel(promoted(kernel, this.geometry.dtype)), this.geometry.dtype))
    ) {
      throw new OptionError(
        'KERNEL_CHANGED',
        'this plan was made from the values of another kernel (options.kernel). Make a new plan for this one.',
      )
    }
    return this.#core.run(input, kernel, out === undefined ? undefined : asNdArray(out, 'out'))
  }

  /** `runSync` as a promise. */
  async run(x: unknown, k?: unknown, out?: unknown): Promise<NdArray> {
    return this.runSync(x, k, out)
  }

  /** A plan of its own with the weights of this kernel done; its `run` needs no kernel. */
  prepare(k: unknown): Plan {
    const kernel = dense(asNdArray(k, 'kernel'))
    checkShape('kernel', kernel, this.#kernelShape)
    const { problem, options } = this.#core
    const core = planFor(problem, options, kernel, true)
    return new Plan(core, promisedLike(this.#inputShape, this.geometry.dtype), kernel, kernel)
  }

  /** Gives the plan's memory back; it cannot run afterwards. */
  dispose(): void {
    this.#core.dispose()
  }
}

function promisedLike(shape: readonly number[], dtype: ComputeDType): NdArray {
  return { ...allocated([0], dtype), shape, strides: rowMajorStrides(shape) }
}
