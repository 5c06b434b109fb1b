/**
 * A plan as callers see it: what was chosen and why, and a way to run it. Calls of both doors use
 * the same working part.
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
import { foldBytes } from './pad-adjoint.ts'
import { biasOf, toComputeType, outArray } from './operands.ts'
import { type PlanPart, type PlanStage, stagesOf, stopwatch } from './parts.ts'
import { placeholder } from './problem.ts'
import { inTurn } from './promise.ts'

/** A plan for shapes, as callers see it. */
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

  /** Name of the algorithm that was chosen. */
  get algorithm(): string {
    return this.#specialization.choice.algorithm.name
  }

  get backend(): 'js' | 'wasm' {
    return this.#specialization.choice.backend.name
  }

  /** Why, in one line. */
  get decision(): string {
    return this.#specialization.choice.decision
  }

  /**
   * All memory a run takes besides the caller's arrays: copies in and out, packed weights, scratch.
   */
  get workspaceBytes(): number {
    return this.#specialization.executable.workspaceBytes + foldBytes(this.#core.problem)
  }

  /** Every algorithm: predicted time, flops and bytes, or why it was refused. */
  get candidates(): readonly Candidate[] {
    return this.#specialization.choice.candidates
  }

  /** The program as text. */
  get program(): string {
    return printProgram(this.#specialization.choice.program)
  }

  /**
   * What each stage of the program computes and moves, by its loops; a problem that is done strip
   * by strip has the stages of one strip.
   */
  get stages(): readonly PlanStage[] {
    return stagesOf(this.#specialization.choice.program)
  }

  /**
   * The WebAssembly module that runs, as its bytes; undefined on the js backend. Builds it anew
   * each time.
   */
  get module(): Uint8Array | undefined {
    return this.#specialization.executable.module?.()
  }

  /** The plan explained, for people. */
  explain(): string {
    return explainPlan(this.geometry, this.#specialization.choice, this.workspaceBytes)
  }

  /**
   * Runs the plan: a new array, or `out`. The kernel may be left out where it was prepared. Throws
   * `OptionError` for arrays of other shapes than the plan's.
   */
  runSync(x: unknown, k?: unknown, out?: unknown): NdArray {
    const previous = this.#mayReadValues
      ? undefined
      : this.#core.runFastPath(x, k ?? this.#kernel, out)
    if (previous !== undefined) return previous
    const { input, kernel, core } = this.#operands(x, k)
    return core.run(input, kernel, out === undefined ? undefined : outArray(out))
  }

  /** The arrays of a run, checked against the plan, and what runs them. */
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
        'this plan has no prepared kernel: give run the input and the kernel.',
      )
    checkShape('kernel', kernel, this.#kernelShape)
    const { plannedKernel: known, problem } = this.#core
    const { dtype } = this.geometry
    const isKnown =
      known === undefined ||
      !this.#mayReadValues ||
      known.holds(
        toComputeType(problem.kernelToCanonicalAxes(promoteUntyped(kernel, dtype)), dtype),
      )
    if (isKnown) return { input, kernel, core: this.#core }
    if (!this.#specialization.dependsOnKernelValues)
      return { input, kernel, core: this.#core.withoutValues() }
    throw new OptionError(
      'KERNEL_CHANGED',
      'this plan was made from the values of another kernel (options.kernel). Make a new ' +
        'plan for this one.',
    )
  }

  /**
   * Whether the choice, for these or for other types of arrays, may depend on the kernel's values.
   */
  get #mayReadValues(): boolean {
    return (
      this.#specialization.dependsOnKernelValues ||
      (this.#core.plannedKernel !== undefined && isIntegerResult(this.#core.options))
    )
  }

  /**
   * `runSync` with a stopwatch: the result, and the time of each part of the run. The kernel's own
   * parts (`prepare`) appear in the first run with a kernel only. Costs a look at the clock for
   * each part, which a run of a few microseconds feels.
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

  /** `runSync` as a promise, after a turn of the event loop. */
  run(x: unknown, k?: unknown, out?: unknown): Promise<NdArray> {
    return inTurn(() => this.runSync(x, k, out))
  }

  /** A plan of its own with the weights of this kernel done; its `run` needs no kernel. */
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

  /** Gives the plan's memory back; it cannot run afterwards. */
  dispose(): void {
    this.#core.dispose()
  }
}
