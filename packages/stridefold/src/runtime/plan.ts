/**
 * The public class of a plan: the choice, its reasons, and methods to run it. Calls such as
 * `conv2d` run the same plans (run.ts), without this class.
 */

import { gpuText } from '../backends/webgpu/webgpu.ts'
import { disposedError, OptionError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { asShaped } from '../ndarray/check-shape.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type ComputeDType, computeDType, type DType, dtypes } from '../ndarray/dtype.ts'
import { isGivenOnGpu } from '../ndarray/given-on-gpu.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { MemoryKind } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { DTypeOf, Promoted, ResultDType, SumDType } from '../ndarray/result-type.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { finish } from '../ndarray/work.ts'
import { boxSpans, compileOptions, workspaceBytes } from '../planner/cut.ts'
import { candidatesOf } from '../planner/decide.ts'
import type { Candidate, Decision } from '../planner/decision.ts'
import { type Elsewhere, explainDecision } from '../planner/explain.ts'
import { type PlanStage, stagesOf } from '../planner/stages.ts'
import { bytesPerWorker } from '../planner/transfer.ts'
import { contiguousOperands, type Operands } from '../problem/operands.ts'
import { isIntegerResult, type Problem, type Question } from '../problem/problem.ts'
import type { BackendName } from '../program/backend.ts'
import { printProgram } from '../program/print.ts'
import { resultArray, toComputeType } from './arrays.ts'
import { allBackends, backendOf, haveOneChoice, mayWait } from './backends.ts'
import { type Eventual, now } from './eventual.ts'
import { type OnHeap, onGpuAhead, openForBuffers } from './gpu.ts'
import { dispose, type LoadedProgram, prepareOn, programFor, whileOthersCompute } from './loaded.ts'
import { measureFirst } from './measure-choice.ts'
import { type PlanPart, stopwatch } from './parts.ts'
import { cachedPlan } from './plan-cache.ts'
import { type PlanShaders, shadersOf } from './plan-shaders.ts'
import { canonicalKernel, type Planned, plannedFor } from './planned.ts'
import { forAnyKernel, type RunArrays, run, runAgain, runChecked } from './run.ts'
import { offsetOf, type PlanRunOptions, readRunOptions } from './run-options.ts'
import { tunedBackends } from './tuning.ts'
import { runInTurn, type Turn, throwIfAborted, turnWith } from './turns.ts'

/** What a plan was made for. */
export interface PlanArrays {
  /** The shape of the input of every run. */
  readonly inputShape: readonly number[]
  /** The shape of the kernel of every run. */
  readonly kernelShape: readonly number[]
  /** The bias of a layer, for every run that brings none. */
  readonly bias: unknown
  /** Where the result of a run lies that says nothing about it. */
  readonly memory: MemoryKind | undefined
  /** The question for arrays of another compute type, or with another number as bias. */
  readonly questionFor: (operandType: ComputeDType, offset?: number) => Question
}

/** The dtype of the result of a run, see `Plan`. */
type RunDType<D extends DType | undefined, P extends DType, X, K> = D extends DType
  ? D
  : Promoted<SumDType<X, K>, P>

/** What a run of a plan needs. */
interface PreparedRun {
  readonly plan: Planned
  readonly arrays: RunArrays
}

/**
 * The choice of algorithm and backend for one problem, ready to run many times. Made by `plan` and
 * `planCase`; `runSync` and `run` compute.
 *
 * `D` is the dtype of its results; undefined if they follow the arrays of each run, as in a call.
 * `P` is the dtype of a kernel that the plan knows, see `prepare`.
 */
export class Plan<D extends DType | undefined = DType | undefined, P extends DType = DType> {
  readonly #plan: Planned
  readonly #arrays: PlanArrays
  readonly #kernel: NdArray | undefined
  /**
   * The problem of contiguous arrays on the heap, and its decision: that of asynchronous runs if
   * they have other backends.
   */
  readonly #problem: Problem
  readonly #decision: Decision
  /** Whether synchronous runs have the same decision. */
  readonly #isSynchronous: boolean
  /** The decision in synchronous runs if that one takes a backend that they cannot take. */
  #synchronousDecision: Decision | undefined
  /** The latest other question that a run asked, see `#questionOf`. */
  #other: { readonly key: string; readonly question: Question } | undefined

  /** `kernel`: a copy of the kernel of every run. */
  constructor(plan: Planned, arrays: PlanArrays, kernel?: NdArray) {
    this.#plan = plan
    this.#arrays = arrays
    this.#kernel = kernel
    // Backends that take their time cannot be measured here: their plans are predicted.
    if (haveOneChoice(plan.question.options.backend))
      now(measureFirst(plan, this.#contiguousOperands(plan), false, undefined))
    if (typeof Symbol.dispose === 'symbol')
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() })
    const program = this.#contiguousProgram(
      plan,
      haveOneChoice(plan.question.options.backend) ? undefined : turnWith(undefined),
    )
    this.#problem = program.problem
    this.#decision = program.decision
    this.#isSynchronous = backendOf(program.decision).synchronous
    if (kernel === undefined || this.geometry.axes.some((axis) => axis.output === 0)) return
    // Other backends pack the weights in the first run.
    if (!this.#isSynchronous) return
    const weights = toComputeType(canonicalKernel(plan.question, kernel), this.geometry.dtype)
    now(prepareOn(plan, this.#contiguousProgram(plan, undefined), weights, {}))
  }

  /** Contiguous arrays on the heap, without data. */
  #contiguousOperands({ question }: Planned): Operands {
    const { inputShape, kernelShape, bias } = this.#arrays
    return contiguousOperands(question, inputShape, kernelShape, bias !== undefined)
  }

  /** The program for contiguous arrays on the heap. */
  #contiguousProgram(plan: Planned, turn: Turn | undefined): LoadedProgram {
    return programFor(plan, this.#contiguousOperands(plan), mayWait(turn))
  }

  /** The decision for contiguous arrays on the heap. */
  #decisionIn(turn: Turn | undefined): Decision {
    if (turn !== undefined || this.#isSynchronous) return this.#decision
    this.#synchronousDecision ??= this.#contiguousProgram(this.#plan, undefined).decision
    return this.#synchronousDecision
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
   * scratch. Operands of float16 need copies in float32 besides.
   */
  get workspaceBytes(): number {
    const { outputShape, resultDType, storedDType } = this.#plan.question
    const unrounded =
      storedDType === resultDType ? 0 : elementCount(outputShape) * dtypes[resultDType].bytes
    return unrounded + workspaceBytes(this.#decision, this.#problem, backendOf(this.#decision))
  }

  /** For every algorithm the predicted time, flops and bytes, or the reason why it cannot run. */
  get candidates(): readonly Candidate[] {
    const { workspaceBytes } = this
    const backends = tunedBackends(allBackends(), this.#plan.tuning)
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
   * that runs in boxes has the stages of one box.
   */
  get stages(): readonly PlanStage[] {
    return stagesOf(this.#decision.program)
  }

  /**
   * The bytes of the WebAssembly module that runs; undefined on the js backend. Every access builds
   * the module again.
   */
  get module(): Uint8Array | undefined {
    const { program, cut } = this.#decision
    const { spans } = this.#problem
    const options = compileOptions(this.#decision, this.#problem)
    const layouts = cut === undefined ? spans : boxSpans(spans, cut)
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
    const { geometry, candidates, workspaceBytes } = this
    const { backend, program } = this.#decision
    return explainDecision(geometry, this.#decision, candidates, workspaceBytes, {
      elsewhere: this.#elsewhere(),
      webgpu: gpuText(backend === 'webgpu', program),
    })
  }

  /**
   * Returns a promise of the shaders that the GPU runs for this problem, as text, with the number
   * of workgroups and the bytes of each stage. The algorithm is the one that a call with `backend:
   * 'webgpu'` takes. Needs no GPU: without an open one the shaders are those for the limits that
   * every GPU has. Use it to see what the GPU would do.
   *
   * Rejects with `OptionError` (`ALGORITHM_REFUSED`, `GEOMETRY_TOO_LARGE`) if no algorithm can run
   * on a GPU, which has no sums in float64, for example; with `UnavailableError` (`NO_GPU`) if the
   * program imported 'stridefold/sync' only, which has no shaders.
   *
   * @example
   * const { stages } = await plan('correlate', [64], [3]).shaders()
   * stages.every(({ dispatches }) => dispatches.length > 0) // true
   */
  shaders(): Promise<PlanShaders> {
    return shadersOf(this.#problem)
  }

  /** How asynchronous runs are computed where workers share no memory. */
  #elsewhere(): Elsewhere | undefined {
    const { remote } = this.#decision.threads
    if (remote !== 'transfer' && remote !== 'turns') return undefined
    const decision = finish(whileOthersCompute(this.#decision, this.#problem, this.#plan))
    const bytes = bytesPerWorker(decision, this.#problem, backendOf(decision))
    return { decision, workspaceBytes: bytes }
  }

  /**
   * Runs the plan and returns the result: a new array, or `out`. The result is that of the call
   * with these arrays: without `dtype` in the plan, float64 and int32 arrays are computed in
   * float64.
   * - `x`: the input, of the input shape of the plan. A typed array has no shape: it needs only as
   *   many elements. This holds for every array of a run.
   * - `k`: the kernel, of the kernel shape of the plan. Optional in a plan from `prepare`.
   * - `out`: the array for the result, or a record of `out`, `signal` and `bias`, which
   *   `PlanRunOptions` describes. Default: a new array.
   *
   * Throws `OptionError` if a shape differs from that of the plan (`SHAPE_MISMATCH`), if the kernel
   * is missing (`KERNEL_MISSING`), after `dispose()` (`PLAN_DISPOSED`), if the program contains the
   * values of another kernel (`KERNEL_CHANGED`), and for everything in the record that the call
   * rejects.
   *
   * Allocates the result unless `out` is given; the workspace is kept for later runs.
   *
   * @example
   * plan('correlate', [3], [2], { mode: 'valid' }).runSync([1, 2, 3], [1, 10]) // [21, 32]
   * plan('correlate', [3], [1]).runSync([1, 2, 3], [2], { bias: 0.5 }) // [2.5, 4.5, 6.5]
   */
  runSync<X extends ArrayInput, K extends ArrayInput = number, Out extends object = object>(
    x: X,
    k?: K,
    out?: Out | PlanRunOptions<Out>,
  ): NdArray<ResultDType<RunDType<D, P, X, K>, Out>> {
    const result = now(this.#run(x, k, this.#read(out)))
    // The types follow the rule that `questionOf` and `checkOut` follow.
    return result as NdArray as NdArray<ResultDType<RunDType<D, P, X, K>, Out>>
  }

  #read(last: unknown): PlanRunOptions {
    return readRunOptions(this.#plan.question.call, last)
  }

  #run(x: unknown, k: unknown, options: PlanRunOptions, turn?: Turn): Eventual<NdArray> {
    const { out, signal, bias } = options
    throwIfAborted(signal)
    const mayRepeat = bias === undefined && !this.#mayReadValues(turn)
    const again = mayRepeat ? runAgain(this.#plan, x, k ?? this.#kernel, out, turn) : undefined
    if (again !== undefined) return again
    const opened = openForBuffers([x, k, out, bias], turn)
    if (opened !== undefined) return opened.then(() => this.#run(x, k, options, turn))
    const ready = this.#ahead(x, k, options, turn)
    if (ready !== undefined)
      return ready.then(({ k: kernel, bias: here }) => {
        const { plan, arrays } = this.#checked(x, kernel, { ...options, bias: here as never }, turn)
        return run(plan, arrays, turn)
      })
    const { plan, arrays } = this.#checked(x, k, options, turn)
    return run(plan, arrays, turn)
  }

  /** Opens the GPU if the run needs it, and brings back what must lie on the heap. */
  #ahead(
    x: unknown,
    k: unknown,
    { out, bias = this.#arrays.bias as object, memory = this.#arrays.memory }: PlanRunOptions,
    turn: Turn | undefined,
  ): Promise<OnHeap> | undefined {
    const { inputShape, kernelShape } = this.#arrays
    const { call, storedDType, options } = this.#plan.question
    const { backend } = options
    if (backend !== 'webgpu' && memory !== 'gpu' && ![x, k, bias, out].some(isGivenOnGpu))
      return undefined
    const kernel = k === undefined ? this.#kernel : asShaped('kernel', k, kernelShape)
    if (kernel === undefined) return undefined
    const input = asShaped('input', x, inputShape)
    return onGpuAhead(
      call,
      { x: input, k: kernel, bias, out, backend, memory, dtype: storedDType },
      turn,
    )
  }

  /** Checks the arrays of a run against the plan. Returns them and the plan that runs them. */
  #checked(x: unknown, k: unknown, options: PlanRunOptions, turn?: Turn): PreparedRun {
    const { inputShape, kernelShape, bias, memory } = this.#arrays
    const { call } = this.#plan.question
    const input = asShaped('input', x, inputShape)
    const kernel = k === undefined ? this.#kernel : asShaped('kernel', k, kernelShape)
    if (kernel === undefined)
      throw new OptionError(
        'KERNEL_MISSING',
        'this plan has no prepared kernel. Give run() the input and the kernel, or prepare the ' +
          'kernel once: plan.prepare(kernel).',
      )
    const offset = offsetOf(call, options)
    const plan = this.#planFor(kernel, turn)
    const question = this.#questionOf(operandDType(input, kernel), offset)
    return {
      plan: question === this.#plan.question ? plan : this.#planOfOther(question, kernel),
      arrays: {
        ...{ x: input, k: kernel, bias: offset === undefined ? (options.bias ?? bias) : undefined },
        out: resultArray(question, { memory, ...options }, input),
      },
    }
  }

  /**
   * The question of a run: that of the plan, or another one for arrays that need float64, or for
   * another number as bias.
   */
  #questionOf(operandType: ComputeDType, offset: number | undefined): Question {
    const { question } = this.#plan
    const dtype = computeDType(this.geometry.dtype, operandType)
    if (dtype === this.geometry.dtype && (offset ?? question.offset) === question.offset)
      return question
    const key = `${dtype} ${offset}`
    if (this.#other?.key !== key)
      this.#other = { key, question: this.#arrays.questionFor(dtype, offset) }
    return this.#other.question
  }

  /** The plan for another question: that of a call with these arrays. */
  #planOfOther(question: Question, kernel: NdArray): Planned {
    if (this.#plan.disposed) throw disposedError()
    return question.options.verify
      ? plannedFor(question, kernel, false)
      : cachedPlan(question.key, kernel, () => question)
  }

  /** The plan for this kernel: another one if the decision depends on the values of another. */
  #planFor(kernel: NdArray, turn: Turn | undefined): Planned {
    const { known, question } = this.#plan
    const isKnown =
      known === undefined ||
      !this.#mayReadValues(turn) ||
      known.copy.holds(toComputeType(canonicalKernel(question, kernel), this.geometry.dtype))
    if (isKnown) return this.#plan
    // Without the values, `auto` may choose again; an algorithm that the caller named may not run.
    const { containsKernelValues, dependsOnKernelValues } = this.#decisionIn(turn)
    const mayChoose = question.options.algorithm === 'auto' && !containsKernelValues
    if (mayChoose || !dependsOnKernelValues) return forAnyKernel(this.#plan)
    throw new OptionError(
      'KERNEL_CHANGED',
      'this plan depends on the values of another kernel (options.kernel or prepare). Make a new ' +
        'plan for this kernel.',
    )
  }

  /** Whether the choice may depend on the values of the kernel, for arrays of any dtype. */
  #mayReadValues(turn: Turn | undefined): boolean {
    return (
      this.#decisionIn(turn).dependsOnKernelValues ||
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
  timeSync<X extends ArrayInput, K extends ArrayInput = number, Out extends object = object>(
    x: X,
    k?: K,
    out?: Out | PlanRunOptions<Out>,
  ): {
    /** The result of the run. */
    readonly output: NdArray<ResultDType<RunDType<D, P, X, K>, Out>>
    /** The parts of the run, in the order in which they first ran. */
    readonly parts: readonly PlanPart[]
  } {
    const options = this.#read(out)
    throwIfAborted(options.signal)
    const { plan, arrays } = this.#checked(x, k, options)
    const { decision } = this.#contiguousProgram(plan, undefined)
    const { onStage, parts } = stopwatch(stagesOf(decision.program))
    const output: NdArray = now(runChecked(plan, arrays, { onStage }))
    // As in `runSync`.
    return { output: output as NdArray<ResultDType<RunDType<D, P, X, K>, Out>>, parts: parts() }
  }

  /**
   * Runs as `runSync` does, in a later turn of the event loop. Returns a promise of the result. It
   * rejects with the errors of `runSync`.
   *
   * @example
   * await plan('correlate', [3], [2], { mode: 'valid' }).run([1, 2, 3], [1, 10]) // [21, 32]
   */
  async run<X extends ArrayInput, K extends ArrayInput = number, Out extends object = object>(
    x: X,
    k?: K,
    out?: Out | PlanRunOptions<Out>,
  ): Promise<NdArray<ResultDType<RunDType<D, P, X, K>, Out>>> {
    const options = this.#read(out)
    const result = await runInTurn((turn) => this.#run(x, k, options, turn), options.signal)
    // As in `runSync`.
    return result as NdArray as NdArray<ResultDType<RunDType<D, P, X, K>, Out>>
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
  prepare<K extends ArrayInput>(k: K): Plan<D, Promoted<P, DTypeOf<K>>> {
    const kernel = contiguousCopy(asShaped('kernel', k, this.#arrays.kernelShape))
    const plan = plannedFor(this.#questionOf(operandDType(kernel), undefined), kernel, true)
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

  /**
   * The same as `dispose()`, for `using`. Missing in engines without `Symbol.dispose`. Never
   * throws.
   *
   * @example
   * const p = plan('correlate', [3], [1])
   * p[Symbol.dispose]?.()
   * p.algorithm // 'strided'
   */
  declare readonly [Symbol.dispose]: () => void
}
