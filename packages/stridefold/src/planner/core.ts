/**
 * The working part of a plan: one problem, decided once, compiled for the arrays that come, run as
 * often as wanted.
 *
 * The decision belongs to the geometry; what is compiled belongs to a geometry *and* the layout and
 * type of the arrays, so a plan compiles a variant for each combination that it meets.
 */

import type { OperandDescriptors, KernelProperties } from '../algorithms/algorithm.ts'
import { OptionError, UnavailableError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { CallOptions } from '../geometry/options.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { isIntact } from '../ndarray/intact.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray, isInBackendMemory } from '../ndarray/memory.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import type { Executable, StageListener } from '../program/backend.ts'
import { type Choice, choose } from './choose.ts'
import { asksForValues, dependsOnValues } from './exactness.ts'
import { foldBytes, addPadAdjoint } from './pad-adjoint.ts'
import { isWorthLooking, KernelCopy, kernelProperties } from './kernel-properties.ts'
import { biasOf, checkOut, toComputeType, externalOf, type Operands } from './operands.ts'
import { describeOperands, layoutOf, type Problem, placeholder } from './problem.ts'
import { type Externals, stripExecutable } from './strips.ts'
import { isFiniteAndBounded } from './finite.ts'
import { type Verified, verifyResult } from './verify.ts'

/** A kernel that a plan was made for, and what is known of its values. */
export interface Values {
  readonly copy: KernelCopy
  readonly facts: KernelProperties
}

export interface Specialization {
  readonly choice: Choice
  /** What the algorithm was told: the kernel's properties among it. */
  facts: OperandDescriptors
  /** Compiled when it is first asked for: by a run, or for the memory it takes. */
  readonly executable: Executable
  /** Gives back the memory of what was compiled. */
  readonly disposeCompiled: () => void
  /** Whether another kernel may ask for another choice. */
  readonly dependsOnKernelValues: boolean
  /** The facts that its constants were made from, and a way to make them from others. */
  values: KernelProperties | undefined
  readonly replaceConstants: (values: KernelProperties) => void
  /** See `Algorithm.mingles`. */
  readonly spreadsNonFinite: boolean
  /** See `Algorithm.leavesOut`. */
  readonly skipsZeroProducts: boolean
  /** The kernel whose weights the executable holds ready. */
  prepared: KernelCopy | undefined
  /** Whether that kernel was the plan's own. */
  isPrivate: boolean
}

interface LatestRun {
  readonly x: NdArray
  readonly k: NdArray
  readonly out: NdArray
  readonly specialization: Specialization
  readonly operands: Operands
}

export class PlanCore {
  readonly problem: Problem
  readonly options: CallOptions
  #values: Values | undefined
  readonly #variants = new Map<string, Specialization>()
  /** Weights that nobody else can reach: what was prepared from them stays right. */
  #isPrivate: NdArray | undefined
  /** The arrays of the latest run, for as long as nothing else is collected. */
  #latest: WeakRef<LatestRun> | undefined
  #disposed = false
  /**
   * The same problem by the direct sum of every product, made when an input or a kernel needs it.
   */
  #direct: PlanCore | undefined
  /** The same problem for any kernel, made when a plan meets another one than it was made for. */
  #forAny: PlanCore | undefined
  readonly #everyProduct: boolean

  constructor(problem: Problem, options: CallOptions, values?: Values, everyProduct = false) {
    this.problem = problem
    this.options = options
    this.#values = values
    this.#everyProduct = everyProduct
  }

  /** The kernel whose values the choice depends on, where it does. */
  get plannedKernel(): KernelCopy | undefined {
    return this.#values?.copy
  }

  /**
   * Goes on with another kernel whose values lead to the same choice: what is compiled stays, and
   * gets other constants when it runs.
   */
  useKernel(values: Values): void {
    if (this.#values === values) return
    this.#values = values
    this.#latest = undefined
  }

  get geometry(): ConvGeometry {
    return this.problem.geometry
  }

  /** Runs with this kernel, which nobody else may hold, compare no weights. */
  setPrivateKernel(kernel: NdArray): void {
    this.#isPrivate = kernel
  }

  /** Decides and compiles for arrays like these; data are not looked at. */
  specialization({ input, kernel, bias, output }: Operands): Specialization {
    const key =
      [input, kernel, output]
        .map((x) => `${x.dtype}${isInBackendMemory(x) ? '*' : ''}[${x.strides}]`)
        .join() + (bias === undefined ? '' : '+')
    const plannedKernel = this.#values?.facts
    const found = this.#variants.get(key)
    if (found !== undefined) {
      if (plannedKernel !== undefined && found.values !== plannedKernel)
        found.replaceConstants(plannedKernel)
      return found
    }
    const facts = {
      ...describeOperands(this.problem, input, kernel, layoutOf(output), bias !== undefined),
      ...(plannedKernel === undefined ? {} : { values: plannedKernel }),
      ...(this.#everyProduct ? { everyProduct: true } : {}),
    }
    const externals: Externals = {
      input: externalOf(input),
      kernel: externalOf(kernel),
      output: externalOf(output),
      ...(bias === undefined ? {} : { bias: externalOf(bias) }),
    }
    const made = this.#chosen(facts, externals)
    this.#variants.set(key, made)
    return made
  }

  /**
   * The best that fits: what is compiled may take more than was predicted, and then the choice is
   * made again, knowing it.
   */
  #chosen(facts: OperandDescriptors, externals: Externals): Specialization {
    const { memoryLimit, options } = this.#forProgram()
    const taken = new Map<string, number>()
    for (;;) {
      const choice = choose(this.geometry, facts, externals, options, taken)
      const made = this.#made(choice, facts, externals)
      // Looked at before anything runs; without a limit nothing is compiled yet.
      if (memoryLimit === Infinity || made.executable.workspaceBytes <= memoryLimit) return made
      taken.set(choice.key, made.executable.workspaceBytes)
      made.disposeCompiled()
    }
  }

  /** Options with what memory a fold leaves of the limit. */
  #forProgram(): { readonly options: CallOptions; readonly memoryLimit: number } {
    const { options, problem } = this
    const bytes = foldBytes(problem)
    if (options.memoryLimit === undefined || bytes === 0)
      return { options, memoryLimit: options.memoryLimit ?? Infinity }
    const memoryLimit = options.memoryLimit - bytes
    if (memoryLimit >= 0) return { options: { ...options, memoryLimit }, memoryLimit }
    throw new UnavailableError(
      'MEMORY_LIMIT',
      `${problem.call}: adding the border's part of the result back to the samples it ` +
        `repeats takes ${bytes} bytes, and memoryLimit is ${options.memoryLimit}. Raise ` +
        'memoryLimit.',
    )
  }

  #made(choice: Choice, facts: OperandDescriptors, externals: Externals): Specialization {
    const { geometry, problem } = this
    const { key, algorithm, backend, decision, program, strips } = choice
    const taken = choice.facts
    let compiled: Executable | undefined
    const made: Specialization = {
      facts: taken,
      choice: {
        ...{ key, algorithm, backend, facts: taken, decision, program, strips },
        get candidates() {
          const workspaceBytes = made.executable.workspaceBytes + foldBytes(problem)
          return choice.candidates.map((c) =>
            c.algorithm === algorithm.name ? { ...c, workspaceBytes } : c,
          )
        },
      },
      get executable() {
        compiled ??=
          strips === undefined
            ? backend.compile(program, externals)
            : stripExecutable(geometry, facts, externals, strips, backend)
        return compiled
      },
      disposeCompiled: () => compiled?.dispose(),
      dependsOnKernelValues:
        algorithm.dependsOnKernelValues === true ||
        dependsOnValues(algorithm, geometry, taken, this.options),
      values: facts.values,
      replaceConstants(values) {
        made.values = values
        made.facts = { ...taken, values }
        if (algorithm.dependsOnKernelValues !== true) return
        const { buffers } = algorithm.program(strips?.geometry ?? geometry, made.facts)
        made.executable.replaceConstants(buffers)
        made.prepared = undefined
      },
      spreadsNonFinite:
        algorithm.spreadsNonFinite?.(facts) === true &&
        !program.buffers.some((buffer) => buffer.role === 'guard'),
      skipsZeroProducts:
        !this.#everyProduct && algorithm.skipsZeroProducts?.(geometry, taken) === true,
      prepared: undefined,
      isPrivate: false,
    }
    return made
  }

  /**
   * Computes into a new array, or into `out`. `bias`: that of the problem, or another of its shape.
   */
  run(
    x: NdArray,
    k: NdArray,
    out: NdArray | undefined,
    bias: unknown = this.problem.bias,
  ): NdArray {
    return this.runFastPath(x, k, out) ?? this.#firstRun(x, k, out, bias)
  }

  /** A run whose parts are heard of. */
  runWithListener(
    x: NdArray,
    k: NdArray,
    out: NdArray | undefined,
    onStage: StageListener,
  ): NdArray {
    return this.#firstRun(x, k, out, this.problem.bias, onStage)
  }

  /**
   * The run of before once more, where all three arrays are those of before: no check of shape and
   * layout, which cannot have changed. Small problems are repeated often, and there checking costs
   * more than computing. Undefined where anything is new.
   */
  runFastPath(x: unknown, k: unknown, out: unknown): NdArray | undefined {
    const previous = this.#latest?.deref()
    if (previous === undefined || previous.x !== x || previous.k !== k || previous.out !== out)
      return undefined
    if (!isIntact(previous.x) || !isIntact(previous.k) || !isIntact(previous.out)) return undefined
    this.#executeOn(previous.specialization, previous.operands)
    return previous.out
  }

  #firstRun(
    x: NdArray,
    k: NdArray,
    outArray: NdArray | undefined,
    biasGiven: unknown,
    onStage?: StageListener,
  ): NdArray {
    if (this.#disposed)
      throw new OptionError(
        'PLAN_DISPOSED',
        'this plan was disposed of and cannot run. Make a new one with plan().',
      )
    const { problem, options } = this
    const { geometry: g, outputShape, resultDType } = problem
    const input = problem.toCanonicalAxes(promoteUntyped(x, g.dtype))
    const kernel = toComputeType(problem.kernelToCanonicalAxes(promoteUntyped(k, g.dtype)), g.dtype)
    const bias = biasOf(problem, biasGiven)
    if (outArray !== undefined) checkOut(outArray, problem, [x, k])
    const isEmpty = outputShape.includes(0) || elementCount(g.axes.map((axis) => axis.output)) === 0
    if (
      outArray === undefined &&
      problem.padAdjoints === undefined &&
      !isEmpty &&
      options.verify !== true
    ) {
      const fresh = this.#fresh(
        {
          input,
          kernel,
          bias,
          output: problem.toCanonicalAxes(placeholder(outputShape, resultDType)),
        },
        onStage,
      )
      if (fresh !== undefined) return view(fresh, outputShape)
    }
    const result = outArray ?? allocateArray(outputShape, resultDType)
    const paddedResult =
      problem.padAdjoints === undefined
        ? undefined
        : allocateArray([g.batch, g.filters, ...g.axes.map((axis) => axis.output)], g.dtype)
    const output = paddedResult ?? problem.toCanonicalAxes(result)
    // What is folded gets its bias and activation when its sums are whole.
    const operands = { input, kernel, bias: paddedResult === undefined ? bias : undefined, output }
    let ran: Specialization | undefined
    if (elementCount(output.shape) > 0) {
      const specialization = this.specialization(operands)
      ran = this.#executeOn(specialization, operands, onStage)
      const asTheyAre =
        input.data === x.data && kernel.data === k.data && output.data === outArray?.data
      if (asTheyAre && bias === undefined && options.verify !== true)
        this.#latest = new WeakRef({ x, k, out: outArray!, specialization, operands })
    }
    if (paddedResult !== undefined) {
      addPadAdjoint(paddedResult, problem.toCanonicalAxes(result), problem, bias)
      onStage?.('fold the border back')
    }
    if (options.verify === true && ran !== undefined)
      verifiedRun(problem, { input, kernel, bias, result }, ran)
    return result
  }

  /**
   * The result as memory that the backend makes for it; undefined where it writes into memory that
   * is there.
   */
  #fresh(operands: Operands, onStage: StageListener | undefined): TypedArray | undefined {
    const specialization = this.specialization(operands)
    const { executable } = specialization
    if (executable.runFresh === undefined || needsDirect(specialization, operands)) return undefined
    this.#prepareOn(specialization, operands.kernel, onStage)
    try {
      const result = executable.runFresh(operands, onStage)
      return executable.guardTripped?.() === true ? undefined : result
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      throw new UnavailableError(
        'OUT_OF_MEMORY',
        `a result of shape [${this.problem.outputShape}] is larger than this engine can hold.`,
        {
          cause,
        },
      )
    }
  }

  /** Returns the variant whose result it is. */
  #executeOn(
    specialization: Specialization,
    operands: Operands,
    onStage?: StageListener,
  ): Specialization {
    if (needsDirect(specialization, operands)) return this.#executeDirectly(operands, onStage)
    this.#prepareOn(specialization, operands.kernel, onStage)
    specialization.executable.run(operands, true, onStage)
    return specialization.executable.guardTripped?.() === true
      ? this.#executeDirectly(operands, onStage)
      : specialization
  }

  #executeDirectly(operands: Operands, onStage: StageListener | undefined): Specialization {
    this.#direct ??= new PlanCore(
      this.problem,
      { ...this.options, algorithm: 'strided' },
      undefined,
      true,
    )
    return this.#direct.#executeOn(this.#direct.specialization(operands), operands, onStage)
  }

  /** The same problem, chosen for whatever values a kernel has. */
  withoutValues(): PlanCore {
    if (this.#disposed) return this
    this.#forAny ??= new PlanCore(this.problem, this.options)
    return this.#forAny
  }

  /** Does the weights of this kernel for arrays like those the variant was made for. */
  prepare(specialization: Specialization, kernel: NdArray): void {
    const { problem } = this
    this.#prepareOn(
      specialization,
      toComputeType(problem.kernelToCanonicalAxes(kernel), problem.geometry.dtype),
    )
  }

  #prepareOn(specialization: Specialization, kernel: NdArray, onStage?: StageListener): void {
    const unchanged = kernel.data === this.#isPrivate?.data
    const ready =
      specialization.prepared !== undefined &&
      ((unchanged && specialization.isPrivate) || specialization.prepared.holds(kernel))
    if (ready) return
    // Until the new weights are in place the executable holds none that may be used.
    specialization.prepared = undefined
    specialization.executable.prepare(kernel, onStage)
    specialization.prepared = new KernelCopy(kernel)
    specialization.isPrivate = unchanged
  }

  /** Gives the memory of what was compiled back; the next run compiles again. */
  disposeCompiled(): void {
    for (const { disposeCompiled } of this.#variants.values()) disposeCompiled()
    this.#variants.clear()
    this.#latest = undefined
    this.#direct?.disposeCompiled()
    this.#forAny?.disposeCompiled()
  }

  dispose(): void {
    this.disposeCompiled()
    this.#disposed = true
  }
}

/**
 * Compares what a variant computed with the definition, within the bound that its algorithm states
 * for this kernel.
 */
function verifiedRun(
  problem: Problem,
  operands: Verified,
  { choice, facts }: Specialization,
): void {
  const { algorithm, backend } = choice
  verifyResult(
    problem,
    operands,
    algorithm.errorBoundFactor(problem.geometry, facts),
    `${algorithm.name} on ${backend.name}`,
  )
}
/** Whether these values may not come to an algorithm that spreads some, or leaves out products. */
const needsDirect = (
  { spreadsNonFinite, skipsZeroProducts }: Specialization,
  { input, kernel }: Operands,
): boolean =>
  (spreadsNonFinite && !isFiniteAndBounded(input)) ||
  (skipsZeroProducts && !isFiniteAndBounded(kernel))

/** A plan core for arrays; looks at the kernel's values where that may pay. */
export function planFor(
  problem: Problem,
  options: CallOptions,
  k: NdArray,
  always: boolean,
): PlanCore {
  return new PlanCore(problem, options, valuesOf(problem, options, k, always))
}

/** A kernel's values, where looking at them may pay. */
export function valuesOf(
  problem: Problem,
  options: CallOptions,
  k: NdArray,
  always: boolean,
): Values | undefined {
  const { geometry: g } = problem
  const { algorithm = 'auto' } = options
  const looks =
    always ||
    algorithm === 'separable' ||
    (algorithm === 'auto' && isWorthLooking(g)) ||
    asksForValues(g, options)
  if (!looks) return undefined
  const kernel = problem.kernelToCanonicalAxes(promoteUntyped(k, g.dtype))
  const facts = kernelProperties(g, kernel, options)
  return facts === undefined
    ? undefined
    : { copy: new KernelCopy(toComputeType(kernel, g.dtype)), facts }
}
