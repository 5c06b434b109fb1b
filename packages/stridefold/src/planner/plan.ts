/**
 * The public class of a plan: the choice, its reasons, and methods to run it. Calls such as
 * `conv2d` use the same core (core.ts), without this class.
 */

import { OptionError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { asNdArray } from '../ndarray/interop.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import { printProgram } from '../program/print.ts'
import type { Candidate } from './choose.ts'
import { type PlanCore, planFor, type Specialization } from './core.ts'
import { isIntegerResult } from './exactness.ts'
import { explainPlan } from './explain-plan.ts'
import { biasOf, outArray, toComputeType } from './operands.ts'
import { padAdjointBytes } from './pad-adjoint.ts'
import { type PlanPart, type PlanStage, stagesOf, stopwatch } from './parts.ts'
import { placeholder } from './problem.ts'
import { runInTurn } from './promise.ts'

/** The choice of algorithm and backend for one problem, ready to run many times. See `plan`. */
export class Plan {
  readonly #core: PlanCore
  readonly #inputShape: readonly number[]
  readonly #kernelShape: readonly number[]
  readonly #specialization: Specialization
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
    const bias = biasOf(problem, problem.bias)
    const canonicalKernel = problem.kernelToCanonicalAxes(kernel)
    const paddedResult = [g.batch, g.filters, ...g.axes.map((axis) => axis.output)]
    const canonicalOutput =
      problem.padAdjoints === undefined
        ? problem.toCanonicalAxes(output)
        : { ...output, dtype: g.dtype, shape: paddedResult, strides: rowMajorStrides(paddedResult) }
    this.#specialization = core.specialization({
      input: problem.toCanonicalAxes(input),
      kernel: { ...canonicalKernel, dtype: g.dtype },
      bias: problem.padAdjoints === undefined ? bias : undefined,
      output: canonicalOutput,
    })
  }

  /** The problem as numbers. */
  get geometry(): ConvGeometry {
    return this.#core.geometry
  }

  /** The name of the chosen algorithm. */
  get algorithm(): string {
    return this.#specialization.choice.algorithm.name
  }

  /** The name of the chosen backend. */
  get backend(): 'js' | 'wasm' {
    return this.#specialization.choice.backend.name
  }

  /** The reason for the choice, in one line. */
  get decision(): string {
    return this.#specialization.choice.decision
  }

  /**
   * The bytes that a run needs besides the caller's arrays: copies in and out, packed weights, and
   * scratch.
   */
  get workspaceBytes(): number {
    return this.#specialization.executable.workspaceBytes + padAdjointBytes(this.#core.problem)
  }

  /** For every algorithm the predicted time, flops and bytes, or the reason why it cannot run. */
  get candidates(): readonly Candidate[] {
    return this.#specialization.choice.candidates
  }

  /** The program as text. */
  get program(): string {
    return printProgram(this.#specialization.choice.program)
  }

  /**
   * The stages of the program, each with its flops and bytes, counted from its loops. A problem
   * that runs in strips has the stages of one strip.
   */
  get stages(): readonly PlanStage[] {
    return stagesOf(this.#specialization.choice.program)
  }

  /**
   * The bytes of the WebAssembly module that runs; undefined on the js backend. Every access builds
   * the module again.
   */
  get module(): Uint8Array | undefined {
    return this.#specialization.executable.module?.()
  }

  /**
   * Returns the plan as text: the problem, the choice, the prediction for every algorithm, and the
   * stages. The text is for people and may change.
   */
  explain(): string {
    return explainPlan(this.geometry, this.#specialization.choice, this.workspaceBytes)
  }

  /**
   * Runs the plan and returns the result: a new array, or `out`.
   * - `x`: the input, of the input shape of the plan.
   * - `k`: the kernel, of the kernel shape of the plan. Optional in a plan from `prepare`.
   * - `out`: the array for the result. Default: a new array.
   *
   * Throws `OptionError` if a shape differs from that of the plan (`SHAPE_MISMATCH`), if the kernel
   * is missing (`KERNEL_MISSING`), after `dispose()` (`PLAN_DISPOSED`), and if the program contains
   * the values of another kernel (`KERNEL_CHANGED`).
   */
  runSync(x: unknown, k?: unknown, out?: unknown): NdArray {
    const previous = this.#mayReadValues
      ? undefined
      : this.#core.runFastPath(x, k ?? this.#kernel, out)
    if (previous !== undefined) return previous
    const { input, kernel, core } = this.#operands(x, k)
    return core.run(input, kernel, out === undefined ? undefined : outArray(out))
  }

  /** Checks the arrays of a run against the plan. Returns them and the core that runs them. */
  #operands(
    x: unknown,
    k: unknown,
  ): { readonly input: NdArray; readonly kernel: NdArray; readonly core: PlanCore } {
    const input = asNdArray(x, 'input')
    checkShape('input', input, this.#inputShape)
    const kernel = k === undefined ? this.#kernel : asNdArray(k, 'kernel')
    if (kernel === undefined)
      throw new OptionError(
        'KERNEL_MISSING',
        'this plan has no prepared kernel. Give run() the input and the kernel.',
      )
    checkShape('kernel', kernel, this.#kernelShape)
    const { plannedKernel, problem } = this.#core
    const { dtype } = this.geometry
    const isPlannedKernel =
      plannedKernel === undefined ||
      !this.#mayReadValues ||
      plannedKernel.holds(
        toComputeType(problem.kernelToCanonicalAxes(promoteUntyped(kernel, dtype)), dtype),
      )
    if (isPlannedKernel) return { input, kernel, core: this.#core }
    if (!this.#specialization.dependsOnKernelValues)
      return { input, kernel, core: this.#core.forAnyKernel() }
    throw new OptionError(
      'KERNEL_CHANGED',
      'this plan depends on the values of another kernel (options.kernel). Make a new plan for ' +
        'this kernel.',
    )
  }

  /** Whether the choice may depend on the values of the kernel, for arrays of any dtype. */
  get #mayReadValues(): boolean {
    return (
      this.#specialization.dependsOnKernelValues ||
      (this.#core.plannedKernel !== undefined && isIntegerResult(this.#core.options))
    )
  }

  /**
   * Runs as `runSync` does. Returns the result and the time of each part of the run. Parts with
   * `prepare: true` appear only in the first run with a kernel. Each part reads the clock once, so
   * a run of a few microseconds becomes slower.
   */
  timeSync(
    x: unknown,
    k?: unknown,
    out?: unknown,
  ): { readonly output: NdArray; readonly parts: readonly PlanPart[] } {
    const { input, kernel, core } = this.#operands(x, k)
    const { onStage, parts } = stopwatch(this.stages)
    const output = core.runWithListener(
      input,
      kernel,
      out === undefined ? undefined : outArray(out),
      onStage,
    )
    return { output, parts: parts() }
  }

  /**
   * Runs as `runSync` does, in a later turn of the event loop. Returns a promise of the result. It
   * rejects with the errors of `runSync`.
   */
  run(x: unknown, k?: unknown, out?: unknown): Promise<NdArray> {
    return runInTurn(() => this.runSync(x, k, out))
  }

  /**
   * Returns a new plan with a fixed kernel. Copies `k` and packs its weights once, now. `run(x)`
   * then takes no kernel and compares no weights. Later changes of `k` have no effect. Use it when
   * one kernel filters many inputs. Throws `OptionError` (`SHAPE_MISMATCH`) for another shape. Call
   * `dispose()` on both plans.
   */
  prepare(k: unknown): Plan {
    const kernel = contiguousCopy(asNdArray(k, 'kernel'))
    checkShape('kernel', kernel, this.#kernelShape)
    const { problem, options } = this.#core
    const core = planFor(problem, options, kernel, true)
    core.setPrivateKernel(kernel)
    const prepared = new Plan(
      core,
      placeholder(this.#inputShape, this.geometry.dtype),
      kernel,
      kernel,
    )
    if (!this.geometry.axes.some((axis) => axis.output === 0))
      core.prepare(prepared.#specialization, kernel)
    return prepared
  }

  /** Frees the memory of the plan. A later run throws `OptionError` (`PLAN_DISPOSED`). */
  dispose(): void {
    this.#core.dispose()
  }
}
