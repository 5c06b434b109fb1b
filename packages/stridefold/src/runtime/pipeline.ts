/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The public class of a pipeline: steps that run one after the other, on arrays that stay in the
 * memory of the backend. No array is allocated in a run, and none between two steps is copied.
 *
 *   make-pipeline.ts        the function that makes one, and its options
 *   read-steps.ts           are these steps valid?
 *   pipeline-graph.ts       what is computed, into which arrays
 *   pipeline-plan.ts        with which programs, where
 *   pipeline-executable.ts  compiled, with packed weights
 */

import { OptionError } from '../errors.ts'
import { isChannelsLast } from '../geometry/layouts.ts'
import { readable } from '../ndarray/allocations.ts'
import { asShaped } from '../ndarray/check-shape.ts'
import { copy } from '../ndarray/copy.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray, isOnGpu } from '../ndarray/memory.ts'
import { type NdArray, viewOf } from '../ndarray/ndarray.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import { checkOut, outArray } from './arrays.ts'
import { copyWork } from './copy-work.ts'
import type { Eventual } from './eventual.ts'
import { openForBuffers } from './gpu.ts'
import { finishInTurn, Pace } from './pace.ts'
import { PipelineExecutable } from './pipeline-executable.ts'
import { type Graph, type PipelineSettings, runsOnGpu } from './pipeline-graph.ts'
import { PipelineOnGpu } from './pipeline-on-gpu.ts'
import { type PipelinePlan, planPipeline, workspaceOf } from './pipeline-plan.ts'
import { readRunOptions } from './run-options.ts'
import { kept } from './state.ts'
import { afterTurn, runInTurn, type Turn, throwIfAborted } from './turns.ts'

/** The element types in which a pipeline computes. */
export type PipelineDType = 'float32' | 'float64'

/** Options of one run of a pipeline. `Out` is the type of `out`. */
export interface PipelineRunOptions<Out extends object = object> {
  /** The array that receives the result. Default: the pipeline's own. */
  readonly out?: Out
  /**
   * Aborts the run. Default: none. `run` rejects at once if workers compute, otherwise when the
   * step is done that runs; `runSync` throws if the signal is aborted already.
   */
  readonly signal?: AbortSignal
  /**
   * Where the result lies that a pipeline with `backend: 'webgpu'` returns without `out`: `'heap'`,
   * or `'gpu'`. Default: where the input lies. Other pipelines throw `OptionError`
   * (`OPTION_UNKNOWN`).
   */
  readonly memory?: 'heap' | 'gpu'
}

/** What is known of a step of a pipeline before it runs. */
export interface PipelineStepInfo {
  /** The call of the step. */
  readonly call: string
  /** The shape of its result, in the layout of the pipeline. */
  readonly outputShape: readonly number[]
  /** The algorithm of a layer; undefined for other steps. */
  readonly algorithm: string | undefined
  /** The backend that runs it. */
  readonly backend: 'wasm' | 'js' | 'webgpu'
  /** The predicted time, in milliseconds; 0 for an activation that an earlier step applies. */
  readonly milliseconds: number
}

/**
 * Steps that run as one. Made by `pipeline`; `runSync` and `run` compute.
 */
export class Pipeline<D extends PipelineDType = PipelineDType> {
  readonly #settings: PipelineSettings
  readonly #graph: Graph
  readonly #isOnGpu: boolean
  readonly #plan: PipelinePlan
  readonly #result: NdArray<D>
  readonly #steps: readonly PipelineStepInfo[]
  #disposed = false
  /** Settles when all runs that were started have ended. */
  #runs: Promise<unknown> = Promise.resolve()
  #running = 0
  /** Whether workers run it. An aborted run rejects before they are done. */
  #isAtWork = false

  constructor(graph: Graph, settings: PipelineSettings) {
    this.#settings = settings
    this.#graph = graph
    this.#isOnGpu = runsOnGpu(settings)
    this.#plan = planPipeline(graph, settings)
    this.#steps = stepInfo(graph, this.#plan)
    const shape = graph.shapes[graph.output]!
    // The settings have the dtype of the options.
    this.#result = allocateArray(shape, settings.dtype) as NdArray as NdArray<D>
    // Not in a static block: bundlers would keep the class in pages that never use it.
    if (typeof Symbol.dispose === 'symbol')
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() })
    if (this.#isOnGpu) this.#openOnGpu()
    else this.#open()
  }

  /** The shape of the input. */
  get inputShape(): readonly number[] {
    return this.#settings.inputShape
  }

  /** The shape of the result, in the layout of the pipeline. */
  get outputShape(): readonly number[] {
    return this.#result.shape
  }

  /** What is known of each step: shapes, algorithms, predicted times. */
  get steps(): readonly PipelineStepInfo[] {
    return this.#steps
  }

  /**
   * The bytes that the pipeline holds besides the caller's arrays: those between the steps, packed
   * weights, scratch, its copies of weights and biases, and its result.
   */
  get workspaceBytes(): number {
    return workspaceOf(this.#plan, this.#settings) + this.#result.data.byteLength
  }

  /**
   * Runs all steps now, on the calling thread, and returns the result: `out`, or the pipeline's own
   * array, which the next run overwrites.
   *
   * - `x`: the input, of the input shape. A typed array has no shape: it needs only as many
   *   elements.
   * - `out`: the array for the result, or a record of `out` and `signal`. Default: the pipeline's
   *   own array.
   *
   * Throws `OptionError` for another shape (`SHAPE_MISMATCH`), for an `out` that cannot hold the
   * result (`DTYPE_MISMATCH`, `OUT_READ_ONLY`), while an asynchronous run is not done
   * (`PIPELINE_RUNNING`), and after `dispose()` (`PIPELINE_DISPOSED`). Allocates no array.
   *
   * @example
   * const p = pipeline([{ call: 'activation', activation: 'relu' }], { inputShape: [1, 1, 3] })
   * p.runSync([[[-1, 0, 2]]]) // [[[0, 0, 2]]]
   * p.dispose()
   */
  runSync<Out extends object = object>(
    x: ArrayInput,
    out?: Out | PipelineRunOptions<Out>,
  ): NdArray<D> {
    const steps = this.#start(x, out)
    for (;;) {
      const { done, value } = steps.next()
      if (done === true) return value
    }
  }

  /** The steps of a run that does not wait. Nothing has run yet. */
  #start(x: ArrayInput, out: unknown): Generator<number, NdArray<D>> {
    const options = readRun(out, false)
    throwIfAborted(options.signal)
    if (this.#isOnGpu)
      throw new OptionError(
        'BACKEND_ASYNCHRONOUS',
        'this pipeline runs on the GPU, where no synchronous run can compute. Await run(); or ' +
          "make it with backend: 'wasm', 'js' or 'auto'.",
      )
    if (this.#running === 0 && !this.#isAtWork) return this.#run(x, options)
    throw new OptionError(
      'PIPELINE_RUNNING',
      'this pipeline runs asynchronously, and its arrays are in use. Await run() first.',
    )
  }

  /**
   * Runs as `runSync` does, and returns the result and the time of each step. Use it to see where
   * the time goes. Copies of the input and of the result belong to no step.
   *
   * - `x`, `out`: as for `runSync`, whose errors it throws.
   *
   * @example
   * const p = pipeline([{ call: 'maxPool1d', size: 2 }], { inputShape: [1, 1, 4] })
   * const { output, milliseconds } = p.timeSync([[[1, 5, 2, 3]]])
   * output // [[[5, 3]]]
   * milliseconds.length // 1
   */
  timeSync<Out extends object = object>(
    x: ArrayInput,
    out?: Out | PipelineRunOptions<Out>,
  ): {
    /** The result of the run. */
    readonly output: NdArray<D>
    /** The milliseconds of each step; 0 for an activation that an earlier step applies. */
    readonly milliseconds: readonly number[]
  } {
    const steps = this.#start(x, out)
    const milliseconds = this.#steps.map(() => 0)
    let last = performance.now()
    for (;;) {
      const { done, value } = steps.next()
      if (done === true) return { output: value, milliseconds }
      const now = performance.now()
      const step = this.#graph.nodes[value]?.step
      if (step !== undefined) milliseconds[step]! += now - last
      last = performance.now()
    }
  }

  /**
   * Runs as `runSync` does, and returns a promise of the result. Workers compute, from 1 ms of
   * predicted work on; where they cannot, the steps run in later turns of the event loop, at most a
   * few milliseconds in each. Runs of one pipeline wait for each other. Without `out` they share
   * the result, so read it before you start the next run. On the GPU a run is one submission; where
   * a NaN or an infinity needs another algorithm, all of it runs again.
   *
   * Rejects with the errors of `runSync`, with the reason of an aborted signal, and with
   * `UnavailableError` (`WORKER_FAILED`) if a worker ended while it computed.
   *
   * @example
   * const p = pipeline([{ call: 'maxPool1d', size: 2 }], { inputShape: [1, 1, 4] })
   * await p.run([[[1, 5, 2, 3]]]) // [[[5, 3]]]
   * p.dispose()
   */
  async run<Out extends object = object>(
    x: ArrayInput,
    out?: Out | PipelineRunOptions<Out>,
  ): Promise<NdArray<D>> {
    const options = readRun(out, this.#isOnGpu)
    throwIfAborted(options.signal)
    const before = this.#runs
    const run = this.#isOnGpu
      ? this.#runOnGpu(x, options, before)
      : this.#runInTurns(x, options, before)
    // An aborted run ends before those that it waited for.
    this.#runs = Promise.allSettled([before, run])
    return run
  }

  async #runInTurns(
    x: ArrayInput,
    options: PipelineRunOptions,
    before: Promise<unknown>,
  ): Promise<NdArray<D>> {
    this.#running++
    try {
      await unlessAborted(before, options.signal)
      const started = await runInTurn((turn): Eventual<Started<D>> => {
        const executable = this.#open()
        if (!executable.isForWorkers) return { steps: this.#run(x, options) }
        return this.#runOnWorkers(executable, x, options, turn).then((result) => ({ result }))
      }, options.signal)
      if ('result' in started) return started.result
      let start = performance.now()
      for (;;) {
        const { done, value } = started.steps.next()
        if (done === true) return value
        throwIfAborted(options.signal)
        if (performance.now() - start < turnMilliseconds) continue
        start = await runInTurn(() => performance.now(), options.signal)
      }
    } finally {
      this.#running--
    }
  }

  /** All nodes in one submission. Keeps its turn until the result is there. */
  async #runOnGpu(
    x: ArrayInput,
    options: PipelineRunOptions,
    before: Promise<unknown>,
  ): Promise<NdArray<D>> {
    const { signal } = options
    this.#running++
    try {
      await unlessAborted(before, signal)
      return await runInTurn(
        (turn) =>
          openForBuffers([x, options.out], turn)?.then(() =>
            this.#computeOnGpu(x, options, turn),
          ) ?? this.#computeOnGpu(x, options, turn),
        signal,
      )
    } finally {
      this.#running--
    }
  }

  async #computeOnGpu(
    x: ArrayInput,
    { out, memory }: PipelineRunOptions,
    turn: Turn,
  ): Promise<NdArray<D>> {
    const executable = this.#openOnGpu()
    const input = asShaped('pipeline: input', x, this.#settings.inputShape)
    const place = memory ?? (isOnGpu(input) ? 'gpu' : 'heap')
    const isOwn = out === undefined && place === 'gpu'
    const result = this.#resultArray(out, [input])
    if (elementCount(result.shape) === 0) return result
    const { output } = this.#graph
    const to = isOwn ? undefined : this.#inOrder(result)
    const computed = await executable.run(this.#inOrder(input), to, output, turn)
    if (this.#disposed) throw disposedError()
    // The pipeline's own array on the GPU has the dtype of the options.
    return isOwn ? (viewOf(this.#asGiven(computed), {}) as NdArray as NdArray<D>) : result
  }

  /** An array of the caller in canonical order. */
  #inOrder(x: NdArray): NdArray {
    const { layout, inputShape } = this.#settings
    const rank = inputShape.length - 2
    if (!isChannelsLast('pipeline', layout, rank)) return x
    const axes = Array.from({ length: rank }, (_, a) => a + 1)
    return inputInOrder(x, { input: [0, rank + 1, ...axes], kernel: [], groupsAlongChannels: 1 })
  }

  #openOnGpu(): PipelineOnGpu {
    if (this.#disposed) throw disposedError()
    const all = onGpu.get()
    const existing = all.get(this.#plan)
    if (existing !== undefined) return existing
    const executable = new PipelineOnGpu(this.#plan, this.#settings)
    all.set(this.#plan, executable)
    return executable
  }

  /** Workers compute; the caller copies in slices. Keeps its turn until all is done. */
  async #runOnWorkers(
    executable: PipelineExecutable,
    x: ArrayInput,
    { out, signal }: PipelineRunOptions,
    turn: Turn,
  ): Promise<NdArray<D>> {
    const input = inputOnHeap(asShaped('pipeline: input', x, this.#settings.inputShape))
    const result = this.#resultArray(out)
    if (elementCount(result.shape) === 0) return result
    const pace = new Pace()
    this.#isAtWork = true
    try {
      await finishInTurn(copyWork(input, this.#asGiven(executable.array(0))), turn)
      for (let node = 0; node < executable.length; node++) {
        await executable.runLater(node, signal)
        if (this.#disposed) throw disposedError()
        throwIfAborted(signal)
        // Where no worker could start, the caller computed.
        await pace.rest(signal)
      }
      const output = this.#asGiven(executable.array(this.#graph.output))
      await finishInTurn(copyWork(output, result), turn)
    } finally {
      this.#isAtWork = false
    }
    return result
  }

  /** Yields the number of each node when it has run, and −1 before the first. */
  *#run(x: ArrayInput, { out }: PipelineRunOptions): Generator<number, NdArray<D>> {
    const executable = this.#open()
    const { inputShape } = this.#settings
    const input = inputOnHeap(asShaped('pipeline: input', x, inputShape))
    const result = this.#resultArray(out)
    if (elementCount(result.shape) === 0) return result
    copy(input, this.#asGiven(executable.array(0)))
    yield -1
    for (let node = 0; node < executable.length; node++) {
      executable.run(node)
      yield node
      if (this.#disposed) throw disposedError()
    }
    copy(this.#asGiven(executable.array(this.#graph.output)), result)
    return result
  }

  /** An array in canonical order as the caller sees it. */
  #asGiven(x: NdArray): NdArray {
    const { layout, inputShape } = this.#settings
    const rank = inputShape.length - 2
    if (!isChannelsLast('pipeline', layout, rank)) return x
    const axes = Array.from({ length: rank }, (_, a) => a + 2)
    return inputInOrder(x, { input: [0, ...axes, 1], kernel: [], groupsAlongChannels: 1 })
  }

  #resultArray(out: object | undefined, operands: readonly NdArray[] = []): NdArray<D> {
    if (out === undefined) return this.#result
    const { shape: outputShape, dtype: resultDType } = this.#result
    const array = outArray('pipeline', out, outputShape)
    checkOut(array, { call: 'pipeline', outputShape, resultDType }, operands)
    if (!this.#isOnGpu) readable(array, 'pipeline: out')
    // `checkOut` compared its dtype.
    return array as NdArray as NdArray<D>
  }

  /** What runs: compiled, and compiled again after `close()`. */
  #open(): PipelineExecutable {
    if (this.#disposed) throw disposedError()
    const all = executables.get()
    const existing = all.get(this.#plan)
    if (existing !== undefined) return existing
    const executable = new PipelineExecutable(this.#plan, this.#settings)
    all.set(this.#plan, executable)
    return executable
  }

  /**
   * Frees the memory of the pipeline. A later run throws `OptionError` (`PIPELINE_DISPOSED`), and a
   * run that is not done rejects with it. Results stay valid. Never throws.
   *
   * @example
   * const p = pipeline([{ call: 'maxPool1d', size: 2 }], { inputShape: [1, 1, 4] })
   * p.dispose()
   * p.outputShape // [1, 1, 2]
   */
  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    for (const all of [executables.get(), onGpu.get()]) {
      const executable = all.get(this.#plan)
      all.delete(this.#plan)
      // Workers may run it.
      if (executable !== undefined) afterTurn(() => executable.dispose())
    }
  }

  /**
   * The same as `dispose()`, for `using`. Missing in engines without `Symbol.dispose`. Never
   * throws.
   *
   * @example
   * const p = pipeline([{ call: 'maxPool1d', size: 2 }], { inputShape: [1, 1, 4] })
   * p[Symbol.dispose]?.()
   * p.outputShape // [1, 1, 2]
   */
  declare readonly [Symbol.dispose]: () => void
}

/** A run that computes between turns, or the result of workers. */
type Started<D extends PipelineDType> =
  | { readonly steps: Generator<number, NdArray<D>> }
  | { readonly result: NdArray<D> }

/** Waits for a promise that never rejects. Rejects with the reason of an aborted signal. */
function unlessAborted(
  awaited: Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (signal === undefined) return awaited
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort)
    void awaited.then((value) => {
      signal.removeEventListener('abort', abort)
      resolve(value)
    })
  })
}

/** What pipelines have compiled. `close()` forgets it. */
const executables = kept(() => new WeakMap<PipelinePlan, PipelineExecutable>())

/** The same of those on the GPU. */
const onGpu = kept(() => new WeakMap<PipelinePlan, PipelineOnGpu>())

/** A turn of the event loop ends after the step that passes this time. */
const turnMilliseconds = 3

function stepInfo(
  { nodeOfStep, stepShapes, calls, nodes: graphNodes }: Graph,
  { nodes }: PipelinePlan,
): PipelineStepInfo[] {
  return nodeOfStep.map((node, step): PipelineStepInfo => {
    const own = graphNodes.map(({ step: first }, n) => (first === step ? nodes[n]! : []))
    const ofStep = own.flat()
    const algorithm = ofStep[0]?.layer?.decision.algorithm
    return {
      ...{ call: calls[step]!, outputShape: stepShapes[step]!, algorithm },
      backend: nodes[node]!.backend.name,
      milliseconds: ofStep.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    }
  })
}

/** Throws `OptionError` (`ON_GPU`) for an input that only a pipeline on the GPU can read. */
function inputOnHeap(input: NdArray): NdArray {
  if (!isOnGpu(input)) return input
  throw new OptionError(
    'ON_GPU',
    "pipeline: the input lies on the GPU. Make the pipeline with backend: 'webgpu', or bring the " +
      'input back: await read(x).',
  )
}

function readRun(last: unknown, onGpu: boolean): PipelineRunOptions {
  const { bias, memory, ...options } = readRunOptions('pipeline', last)
  if (memory !== undefined && (!onGpu || memory === 'backend'))
    throw new OptionError(
      'OPTION_UNKNOWN',
      `pipeline: a run has no memory '${memory}': its result lies where the pipeline was made. ` +
        'Give out instead.',
    )
  if (bias === undefined) return memory === undefined ? options : { ...options, memory }
  throw new OptionError('OPTION_UNKNOWN', 'pipeline: a run has no bias: it belongs to the steps.')
}

const disposedError = (): OptionError =>
  new OptionError(
    'PIPELINE_DISPOSED',
    'this pipeline was disposed of and cannot run. Make a new one with pipeline().',
  )
