/**
 * The public class of a plan: the choice, its reasons, and methods to run it. Calls such as
 * `conv2d` run the same plans (run.ts), without this class.
 */

import { backends } from '../backends/list.ts'
import { OptionError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { candidatesOf } from '../planner/decide.ts'
import type { Candidate, Decision } from '../planner/decision.ts'
import { explainDecision } from '../planner/explain.ts'
import { type PlanStage, stagesOf } from '../planner/stages.ts'
import { stripLayouts, workspaceBytes } from '../planner/strips.ts'
import { contiguousOperands } from '../problem/operands.ts'
import { isIntegerResult, type Problem, padAdjointBytes } from '../problem/problem.ts'
import type { BackendName } from '../program/backend.ts'
import { printProgram } from '../program/print.ts'
import { outArray, toComputeType } from './arrays.ts'
import { backendOf, dispose, prepareOn, programFor } from './loaded.ts'
import { type PlanPart, stopwatch } from './parts.ts'
import { canonicalKernel, type Planned, plannedFor } from './planned.ts'
import { forAnyKernel, type RunArrays, run, runAgain, runChecked } from './run.ts'
import { runInTurn } from './turns.ts'

/** The shapes of the arrays of a plan. */
export interface PlanArrays {
  /** The shape of the input of every run. */
  readonly inputShape: readonly number[]
  /** The shape of the kernel of every run. */
  readonly kernelShape: readonly number[]
  /** The bias of a layer, for every run. */
  readonly bias: unknown
}

/**
 * The choice of algorithm and backend for one problem, ready to run many times. Made by `plan` and
 * `planCase`; `runSync` and `run` compute.
 */
export class Plan {
  readonly #plan: Planned
  readonly #arrays: PlanArrays
  readonly #kernel: NdArray | undefined
  /** The problem of contiguous arrays on the heap, and its decision. */
  readonly #problem: Problem
  readonly #decision: Decision

  /** `kernel`: a copy of the kernel of every run. */
  constructor(plan: Planned, arrays: PlanArrays, kernel?: NdArray) {
    this.#plan = plan
    this.#arrays = arrays
    this.#kernel = kernel
    const { inputShape, kernelShape, bias } = arrays
    const operands = contiguousOperands(plan.question, inputShape, kernelShape, bias !== undefined)
    const program = programFor(plan, operands)
    this.#problem = program.problem
    this.#decision = program.decision
    if (kernel === undefined || this.geometry.axes.some((axis) => axis.output === 0)) return
    prepareOn(
      plan,
      program,
      toComputeType(canonicalKernel(plan.question, kernel), this.geometry.dtype),
    )
  }

  /** The problem as numbers: `geometry.key` is its case. */
  get geometry(): ConvGeometry {
    return this.#plan.question.geometry
  }

  /** The name of the chosen algorithm, such as `'winograd'`. */
  get algorithm(): string {
    return this.#decision.algorithm
  }

  /** The name of the chosen backend, `'wasm'` or `'js'`. */
  get backend(): BackendName {
    return this.#decision.backend
  }

  /** The reason for the choice, in one line. */
  get decision(): string {
    return this.#decision.reason
  }

  /**
   * The bytes that a run needs besides the caller's arrays: copies in and out, packed weights, and
   * scratch.
   */
  get workspaceBytes(): number {
    return (
      workspaceBytes(this.#decision, this.#problem, backendOf(this.#decision)) +
      padAdjointBytes(this.#problem)
    )
  }

  /** For every algorithm the predicted time, flops and bytes, or the reason why it cannot run. */
  get candidates(): readonly Candidate[] {
    const { workspaceBytes } = this
    return candidatesOf(this.#decision, this.#problem, backends).map((candidate) =>
      candidate.algorithm === this.algorithm ? { ...candidate, workspaceBytes } : candidate,
    )
  }

  /** The program as text, for people: its buffers, stages, loops and steps. */
  get program(): string {
    return printProgram(this.#decision.program)
  }

  /**
   * The stages of the program, each with its flops and bytes, counted from its loops. A problem
   * that runs in strips has the stages of one strip.
   */
  get stages(): readonly PlanStage[] {
    return stagesOf(this.#decision.program)
  }

  /**
   * The bytes of the WebAssembly module that runs; undefined on the js backend. Every access builds
   * the module again.
   */
  get module(): Uint8Array | undefined {
    const { program, strips } = this.#decision
    const { spans, options } = this.#problem
    const layouts = strips === undefined ? spans : stripLayouts(spans)
    return backendOf(this.#decision).module(program, layouts, options)
  }

  /**
   * Returns the plan as text: the problem, the choice, the prediction for every algorithm, and the
   * stages. The text is for people and may change. Never throws. It also predicts the algorithms
   * that the planner left out, which takes longer than `plan` itself.
   *
   * @example
   * plan('correlate', [5], [3]).explain().split('\n')[0] // '1x1x5 * 1x1x3 p1'
   */
  explain(): string {
    return explainDecision(this.geometry, this.#decision, this.candidates, this.workspaceBytes)
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
   *
   * Allocates the result unless `out` is given; the workspace is kept for later runs.
   *
   * @example
   * plan('correlate', [3], [2], { mode: 'valid' }).runSync([1, 2, 3], [1, 10]) // [21, 32]
   */
  runSync(x: unknown, k?: unknown, out?: unknown): NdArray {
    const previous = this.#mayReadValues
      ? undefined
      : runAgain(this.#plan, x, k ?? this.#kernel, out)
    if (previous !== undefined) return previous
    const { plan, arrays } = this.#checked(x, k, out)
    return run(plan, arrays)
  }

  /** Checks the arrays of a run against the plan. Returns them and the plan that runs them. */
  #checked(
    x: unknown,
    k: unknown,
    out: unknown,
  ): { readonly plan: Planned; readonly arrays: RunArrays } {
    const input = asNdArray(x, 'input')
    checkShape('input', input, this.#arrays.inputShape)
    const kernel = k === undefined ? this.#kernel : asNdArray(k, 'kernel')
    if (kernel === undefined)
      throw new OptionError(
        'KERNEL_MISSING',
        'this plan has no prepared kernel. Give run() the input and the kernel.',
      )
    checkShape('kernel', kernel, this.#arrays.kernelShape)
    return {
      plan: this.#planFor(kernel),
      arrays: {
        ...{ x: input, k: kernel, bias: this.#arrays.bias },
        out: out === undefined ? undefined : outArray(out),
      },
    }
  }

  /** The plan for this kernel: another one if the decision depends on the values of another. */
  #planFor(kernel: NdArray): Planned {
    const { known, question } = this.#plan
    const isKnown =
      known === undefined ||
      !this.#mayReadValues ||
      known.copy.holds(toComputeType(canonicalKernel(question, kernel), this.geometry.dtype))
    if (isKnown) return this.#plan
    if (!this.#decision.dependsOnKernelValues) return forAnyKernel(this.#plan)
    throw new OptionError(
      'KERNEL_CHANGED',
      'this plan depends on the values of another kernel (options.kernel). Make a new plan for ' +
        'this kernel.',
    )
  }

  /** Whether the choice may depend on the values of the kernel, for arrays of any dtype. */
  get #mayReadValues(): boolean {
    return (
      this.#decision.dependsOnKernelValues ||
      (this.#plan.known !== undefined && isIntegerResult(this.#plan.question))
    )
  }

  /**
   * Runs the plan and returns the result and the time of each part of the run. Use it to see where
   * the time goes.
   *
   * - `x`, `k`, `out`: as for `runSync`, whose errors it throws.
   *
   * Parts with `prepare: true` appear only in the first run with a kernel. Each part reads the
   * clock once, so a run of a few microseconds becomes slower.
   *
   * @example
   * const { output, parts } = plan('correlate', [3], [1]).timeSync([1, 2, 3], [2])
   * output // [2, 4, 6]
   * parts.every((part) => part.milliseconds >= 0) // true
   */
  timeSync(
    x: unknown,
    k?: unknown,
    out?: unknown,
  ): {
    /** The result of the run. */
    readonly output: NdArray
    /** The parts of the run, in the order in which they first ran. */
    readonly parts: readonly PlanPart[]
  } {
    const { plan, arrays } = this.#checked(x, k, out)
    const { onStage, parts } = stopwatch(this.stages)
    const output = runChecked(plan, arrays, onStage)
    return { output, parts: parts() }
  }

  /**
   * Runs as `runSync` does, in a later turn of the event loop. Returns a promise of the result. It
   * rejects with the errors of `runSync`.
   *
   * @example
   * await plan('correlate', [3], [2], { mode: 'valid' }).run([1, 2, 3], [1, 10]) // [21, 32]
   */
  run(x: unknown, k?: unknown, out?: unknown): Promise<NdArray> {
    return runInTurn(() => this.runSync(x, k, out))
  }

  /**
   * Returns a new plan with a fixed kernel. Copies `k` and packs its weights once, now. `run(x)`
   * then takes no kernel and compares no weights. Later changes of `k` have no effect. Use it when
   * one kernel filters many inputs.
   *
   * - `k`: the kernel, of the kernel shape of the plan.
   *
   * Throws `OptionError` (`SHAPE_MISMATCH`) for another shape, and `UnavailableError` if there is
   * not enough memory (`OUT_OF_MEMORY`). Call `dispose()` on both plans.
   *
   * @example
   * const smooth = plan('correlate', [4], [2], { mode: 'valid' }).prepare([0.5, 0.5])
   * smooth.runSync([1, 2, 3, 4]) // [1.5, 2.5, 3.5]
   * smooth.dispose()
   */
  prepare(k: unknown): Plan {
    const kernel = contiguousCopy(asNdArray(k, 'kernel'))
    checkShape('kernel', kernel, this.#arrays.kernelShape)
    const plan = plannedFor(this.#plan.question, kernel, true)
    plan.privateKernel = kernel
    return new Plan(plan, this.#arrays, kernel)
  }

  /**
   * Frees the memory of the plan: compiled code and packed weights. A later run throws
   * `OptionError` (`PLAN_DISPOSED`). Use it for plans that you keep; those of calls are freed by
   * themselves. Never throws.
   *
   * @example
   * const p = plan('correlate', [5], [3])
   * p.dispose()
   * p.algorithm // 'strided'
   */
  dispose(): void {
    dispose(this.#plan)
  }
}
