/**
 * The part of a plan that does the work: it chooses, compiles and runs one problem.
 *
 * A compiled program depends on the geometry and on the dtypes and strides of the arrays. A plan
 * therefore holds one specialization for each combination of dtypes and strides. It makes each one
 * when the first arrays of that kind come.
 */

import { allAlgorithms } from '../algorithms/index.ts'
import { OptionError, UnavailableError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { KernelProperties, OperandDescriptors } from '../geometry/operands.ts'
import type { CallOptions } from '../geometry/options.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { isIntact } from '../ndarray/intact.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray, isInBackendMemory } from '../ndarray/memory.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import type { Executable, StageListener } from '../program/backend.ts'
import { type Choice, choose } from './choose.ts'
import { dependsOnValues, mayDependOnValues } from './exactness.ts'
import { isFiniteAndBounded } from './finite.ts'
import { isWorthAnalyzing, KernelCopy, kernelProperties } from './kernel-properties.ts'
import { biasOf, checkOut, externalOf, type Operands, toComputeType } from './operands.ts'
import { addPadAdjoint, padAdjointBytes } from './pad-adjoint.ts'
import { describeOperands, layoutOf, type Problem, placeholder } from './problem.ts'
import { type Externals, stripExecutable } from './strips.ts'
import { type VerifiedArrays, verifyResult } from './verify.ts'

/** The kernel that a plan was made for, and the properties of its values. */
export interface PlannedKernel {
  readonly copy: KernelCopy
  readonly properties: KernelProperties
}

/** The choice for one combination of dtypes and strides, and its compiled program. */
export interface Specialization {
  readonly choice: Choice
  /** The descriptors that the algorithm received, the properties of the kernel included. */
  descriptors: OperandDescriptors
  /** Compiled at the first access: by a run, or to read its workspace. */
  readonly executable: Executable
  /** Frees the memory of the compiled program. */
  readonly disposeCompiled: () => void
  /** Whether another kernel may lead to another choice. */
  readonly dependsOnKernelValues: boolean
  /** The kernel properties from which the constants of the program were computed. */
  properties: KernelProperties | undefined
  /** Computes the constants again, from the properties of another kernel. */
  readonly replaceConstants: (properties: KernelProperties) => void
  /** See `Algorithm.spreadsNonFinite`. False if a guard detects non-finite values. */
  readonly spreadsNonFinite: boolean
  /** See `Algorithm.skipsZeroProducts`. */
  readonly skipsZeroProducts: boolean
  /** The kernel whose packed weights the executable holds. */
  prepared: KernelCopy | undefined
  /** Whether that kernel is the private one of the plan. */
  isPrivate: boolean
}

interface PreviousRun {
  readonly x: NdArray
  readonly k: NdArray
  readonly out: NdArray
  readonly specialization: Specialization
  readonly operands: Operands
}

/** One problem with its options: all its specializations, and the methods that run them. */
export class PlanCore {
  readonly problem: Problem
  readonly options: CallOptions
  #plannedKernel: PlannedKernel | undefined
  readonly #specializations = new Map<string, Specialization>()
  /** A private copy of the kernel. No caller can change it, so the packed weights stay valid. */
  #privateKernel: NdArray | undefined
  /** The arrays of the previous run. The weak reference does not keep them alive. */
  #previousRun: WeakRef<PreviousRun> | undefined
  #disposed = false
  /** The same problem as a direct sum of all products. Made for the first arrays that need it. */
  #directSum: PlanCore | undefined
  /** The same problem for any kernel. Made for the first kernel that is not the planned one. */
  #anyKernel: PlanCore | undefined
  readonly #everyProduct: boolean

  constructor(
    problem: Problem,
    options: CallOptions,
    plannedKernel?: PlannedKernel,
    everyProduct = false,
  ) {
    this.problem = problem
    this.options = options
    this.#plannedKernel = plannedKernel
    this.#everyProduct = everyProduct
  }

  /** The kernel on whose values the choice depends; undefined if it depends on no values. */
  get plannedKernel(): KernelCopy | undefined {
    return this.#plannedKernel?.copy
  }

  /**
   * Replaces the planned kernel. The values of the new kernel must lead to the same choice. The
   * compiled programs stay; the next run replaces their constants.
   */
  useKernel(plannedKernel: PlannedKernel): void {
    if (this.#plannedKernel === plannedKernel) return
    this.#plannedKernel = plannedKernel
    this.#previousRun = undefined
  }

  get geometry(): ConvGeometry {
    return this.problem.geometry
  }

  /** Runs with this kernel skip the comparison of weights. The caller must not share the array. */
  setPrivateKernel(kernel: NdArray): void {
    this.#privateKernel = kernel
  }

  /** Returns the specialization for arrays of these dtypes and strides. Reads no elements. */
  specialization({ input, kernel, bias, output }: Operands): Specialization {
    const key =
      [input, kernel, output]
        .map((x) => `${x.dtype}${isInBackendMemory(x) ? '*' : ''}[${x.strides}]`)
        .join() + (bias === undefined ? '' : '+')
    const properties = this.#plannedKernel?.properties
    const existing = this.#specializations.get(key)
    if (existing !== undefined) {
      if (properties !== undefined && existing.properties !== properties)
        existing.replaceConstants(properties)
      return existing
    }
    const descriptors = {
      ...describeOperands(this.problem, input, kernel, layoutOf(output), bias !== undefined),
      ...(properties === undefined ? {} : { values: properties }),
      ...(this.#everyProduct ? { everyProduct: true } : {}),
    }
    const externals: Externals = {
      input: externalOf(input),
      kernel: externalOf(kernel),
      output: externalOf(output),
      ...(bias === undefined ? {} : { bias: externalOf(bias) }),
    }
    const specialization = this.#chooseSpecialization(descriptors, externals)
    this.#specializations.set(key, specialization)
    return specialization
  }

  /**
   * Returns the best specialization that fits the memory limit. A compiled program may need more
   * memory than predicted. If so, the planner chooses again, with the actual number of bytes.
   */
  #chooseSpecialization(descriptors: OperandDescriptors, externals: Externals): Specialization {
    const { memoryLimit, options } = this.#programOptions()
    const actualBytes = new Map<string, number>()
    for (;;) {
      const choice = choose(this.geometry, descriptors, externals, options, actualBytes)
      const specialization = this.#makeSpecialization(choice, descriptors, externals)
      // Without a limit, nothing is compiled before the first run.
      if (memoryLimit === Infinity) return specialization
      const { workspaceBytes } = specialization.executable
      if (workspaceBytes <= memoryLimit) return specialization
      actualBytes.set(choice.key, workspaceBytes)
      specialization.disposeCompiled()
    }
  }

  /** The options, with the memory limit reduced by the bytes of the padding adjoint. */
  #programOptions(): { readonly options: CallOptions; readonly memoryLimit: number } {
    const { options, problem } = this
    const bytes = padAdjointBytes(problem)
    if (options.memoryLimit === undefined || bytes === 0)
      return { options, memoryLimit: options.memoryLimit ?? Infinity }
    const memoryLimit = options.memoryLimit - bytes
    if (memoryLimit >= 0) return { options: { ...options, memoryLimit }, memoryLimit }
    throw new UnavailableError(
      'MEMORY_LIMIT',
      `${problem.call}: adding the border's part of the result to the samples it repeats ` +
        `needs ${bytes} bytes, but memoryLimit is ${options.memoryLimit}. Raise memoryLimit.`,
    )
  }

  #makeSpecialization(
    choice: Choice,
    requested: OperandDescriptors,
    externals: Externals,
  ): Specialization {
    const { geometry, problem } = this
    const { key, algorithm, backend, decision, program, strips } = choice
    // With little memory, `choose` sets `inPlace` in its own copy of the descriptors.
    const { descriptors } = choice
    let compiled: Executable | undefined
    const specialization: Specialization = {
      descriptors,
      choice: {
        ...{ key, algorithm, backend, descriptors, decision, program, strips },
        get candidates() {
          const workspaceBytes = specialization.executable.workspaceBytes + padAdjointBytes(problem)
          return choice.candidates.map((c) =>
            c.algorithm === algorithm.name ? { ...c, workspaceBytes } : c,
          )
        },
      },
      get executable() {
        compiled ??=
          strips === undefined
            ? backend.compile(program, externals)
            : stripExecutable(geometry, requested, externals, strips, backend)
        return compiled
      },
      disposeCompiled: () => compiled?.dispose(),
      dependsOnKernelValues:
        algorithm.readsValues === true ||
        dependsOnValues(algorithm, geometry, descriptors, this.options),
      properties: requested.values,
      replaceConstants(properties) {
        specialization.properties = properties
        specialization.descriptors = { ...descriptors, values: properties }
        if (algorithm.readsValues !== true) return
        const stripOrWhole = strips?.geometry ?? geometry
        const { buffers } = algorithm.program(stripOrWhole, specialization.descriptors)
        specialization.executable.replaceConstants(buffers)
        specialization.prepared = undefined
      },
      spreadsNonFinite:
        algorithm.spreadsNonFinite?.(requested) === true &&
        !program.buffers.some((buffer) => buffer.role === 'guard'),
      skipsZeroProducts:
        !this.#everyProduct && algorithm.skipsZeroProducts?.(geometry, descriptors) === true,
      prepared: undefined,
      isPrivate: false,
    }
    return specialization
  }

  /**
   * Computes into a new array, or into `out`. `bias` has the shape of the bias of the problem, and
   * replaces it.
   */
  run(
    x: NdArray,
    k: NdArray,
    out: NdArray | undefined,
    bias: unknown = this.problem.bias,
  ): NdArray {
    return this.runFastPath(x, k, out) ?? this.#runSlowPath(x, k, out, bias)
  }

  /** Runs once and calls `onStage` after every stage. */
  runWithListener(
    x: NdArray,
    k: NdArray,
    out: NdArray | undefined,
    onStage: StageListener,
  ): NdArray {
    return this.#runSlowPath(x, k, out, this.problem.bias, onStage)
  }

  /**
   * Fast path: runs again if input, kernel and output are the same objects as in the previous run.
   * Skips the checks of shape and layout, because both are frozen. For small problems these checks
   * take longer than the run. Returns `undefined` if any object differs.
   */
  runFastPath(x: unknown, k: unknown, out: unknown): NdArray | undefined {
    const previous = this.#previousRun?.deref()
    if (previous === undefined || previous.x !== x || previous.k !== k || previous.out !== out)
      return undefined
    if (!isIntact(previous.x) || !isIntact(previous.k) || !isIntact(previous.out)) return undefined
    this.#executeOn(previous.specialization, previous.operands)
    return previous.out
  }

  /** Runs with all checks. */
  #runSlowPath(
    x: NdArray,
    k: NdArray,
    outArray: NdArray | undefined,
    biasInput: unknown,
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
    const bias = biasOf(problem, biasInput)
    if (outArray !== undefined) checkOut(outArray, problem, [x, k])
    const isEmpty = outputShape.includes(0) || elementCount(g.axes.map((axis) => axis.output)) === 0
    if (
      outArray === undefined &&
      problem.padAdjoints === undefined &&
      !isEmpty &&
      options.verify !== true
    ) {
      const fresh = this.#runFresh(
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
    // With a padding adjoint, bias and activation come after it, when the sums are complete.
    const operands = { input, kernel, bias: paddedResult === undefined ? bias : undefined, output }
    let usedSpecialization: Specialization | undefined
    if (elementCount(output.shape) > 0) {
      const specialization = this.specialization(operands)
      usedSpecialization = this.#executeOn(specialization, operands, onStage)
      const isUnconverted =
        input.data === x.data && kernel.data === k.data && output.data === outArray?.data
      if (isUnconverted && bias === undefined && options.verify !== true)
        this.#previousRun = new WeakRef({ x, k, out: outArray!, specialization, operands })
    }
    if (paddedResult !== undefined) {
      addPadAdjoint(paddedResult, problem.toCanonicalAxes(result), problem, bias)
      onStage?.('add the border back')
    }
    if (options.verify === true && usedSpecialization !== undefined)
      verifyRun(problem, { input, kernel, bias, result }, usedSpecialization)
    return result
  }

  /**
   * Runs into memory that the backend allocates for the result. Returns `undefined` if the backend
   * only writes into existing memory, or if the result is not valid.
   */
  #runFresh(operands: Operands, onStage: StageListener | undefined): TypedArray | undefined {
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
        `a result of shape [${this.problem.outputShape}] is larger than this engine can hold. ` +
          'Use smaller arrays.',
        { cause },
      )
    }
  }

  /** Runs and returns the specialization that computed the result. */
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
    this.#directSum ??= new PlanCore(
      this.problem,
      { ...this.options, algorithm: 'strided' },
      undefined,
      true,
    )
    const specialization = this.#directSum.specialization(operands)
    return this.#directSum.#executeOn(specialization, operands, onStage)
  }

  /** The same problem, with a choice that depends on no kernel values. */
  forAnyKernel(): PlanCore {
    if (this.#disposed) return this
    this.#anyKernel ??= new PlanCore(this.problem, this.options)
    return this.#anyKernel
  }

  /** Packs the weights of this kernel for the arrays of this specialization. */
  prepare(specialization: Specialization, kernel: NdArray): void {
    const { problem } = this
    this.#prepareOn(
      specialization,
      toComputeType(problem.kernelToCanonicalAxes(kernel), problem.geometry.dtype),
    )
  }

  #prepareOn(specialization: Specialization, kernel: NdArray, onStage?: StageListener): void {
    const isPrivate = kernel.data === this.#privateKernel?.data
    const isPrepared =
      specialization.prepared !== undefined &&
      ((isPrivate && specialization.isPrivate) || specialization.prepared.holds(kernel))
    if (isPrepared) return
    // `prepare` may fail halfway. The weights are then neither the old nor the new ones.
    specialization.prepared = undefined
    specialization.executable.prepare(kernel, onStage)
    specialization.prepared = new KernelCopy(kernel)
    specialization.isPrivate = isPrivate
  }

  /** Frees the memory of the compiled programs. The next run compiles again. */
  disposeCompiled(): void {
    for (const { disposeCompiled } of this.#specializations.values()) disposeCompiled()
    this.#specializations.clear()
    this.#previousRun = undefined
    this.#directSum?.disposeCompiled()
    this.#anyKernel?.disposeCompiled()
  }

  dispose(): void {
    this.disposeCompiled()
    this.#disposed = true
  }
}

/** Compares a result with the definition, within the error bound that the algorithm states. */
function verifyRun(
  problem: Problem,
  operands: VerifiedArrays,
  { choice, descriptors }: Specialization,
): void {
  const { algorithm, backend } = choice
  verifyResult(
    problem,
    operands,
    algorithm.errorBoundFactor(problem.geometry, descriptors),
    `${algorithm.name} on ${backend.name}`,
  )
}

/**
 * Whether these arrays need the direct sum. The algorithm may spread non-finite values, or it may
 * skip products with zero, which only finite weights allow.
 */
const needsDirect = (
  { spreadsNonFinite, skipsZeroProducts }: Specialization,
  { input, kernel }: Operands,
): boolean =>
  (spreadsNonFinite && !isFiniteAndBounded(input)) ||
  (skipsZeroProducts && !isFiniteAndBounded(kernel))

/** Returns a plan core. Analyzes the values of the kernel if that may change the choice. */
export function planFor(
  problem: Problem,
  options: CallOptions,
  k: NdArray,
  always: boolean,
): PlanCore {
  return new PlanCore(problem, options, plannedKernelOf(problem, options, k, always))
}

/**
 * Analyzes the values of a kernel if that may change the choice, or `always`. Returns undefined if
 * they cannot change it.
 */
export function plannedKernelOf(
  problem: Problem,
  options: CallOptions,
  k: NdArray,
  always: boolean,
): PlannedKernel | undefined {
  const { geometry: g } = problem
  const { algorithm = 'auto' } = options
  const isNeeded =
    always ||
    allAlgorithms.some(({ name, readsValues }) => name === algorithm && readsValues === true) ||
    (algorithm === 'auto' && isWorthAnalyzing(g)) ||
    mayDependOnValues(g, options)
  if (!isNeeded) return undefined
  const kernel = problem.kernelToCanonicalAxes(promoteUntyped(k, g.dtype))
  const properties = kernelProperties(g, kernel, options)
  return properties === undefined
    ? undefined
    : { copy: new KernelCopy(toComputeType(kernel, g.dtype)), properties }
}
