/**
 * Defines a backend: it says what it can do and at which price, and compiles a program into an
 * executable that runs on arrays.
 */

import type { DType, TypedArray } from '../ndarray/dtype.ts'
import type { MemoryKind, MemorySpan } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import type { Machine } from './machine.ts'
import type { Buffer, ExternalRole, Program } from './program.ts'
import type { SumOrders } from './sum-order.ts'

/**
 * The caller's arrays for one run. Element [0, 0, …] of each is address 0 of the buffer with that
 * role.
 */
export interface Bindings {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias?: NdArray | undefined
  /** An array of the shape of the output that is added to it. */
  readonly addend?: NdArray | undefined
  readonly output: NdArray
}

/**
 * Called with the name of each part of a run as soon as it is done: a copy, or a stage by its name.
 * `prepares`: whether a later run with the same kernel skips this part.
 */
export type StageListener = (part: string, prepares: boolean) => void

/**
 * A compiled program. A backend that takes its time returns promises: workers and GPUs do. The
 * runtime starts nothing else on the executable, and does not dispose of it, until such a promise
 * settles. The executable may read the arrays until then, and writes the output before then.
 */
export interface Executable {
  /**
   * Allocates the memory that runs need, so that no run grows it. Runs the `prepare` stages for a
   * kernel; later runs with `prepared: true` skip them.
   */
  prepare(kernel: NdArray, onStage?: StageListener, signal?: AbortSignal): void | Promise<void>
  /**
   * Runs the program. `prepared`: `prepare` was called with a kernel of the same contents.
   * `signal`: after it is aborted nobody waits for the result, and the output belongs to the caller
   * again: it must not be written. The promise settles when the executable can run again.
   */
  run(
    bindings: Bindings,
    prepared: boolean,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): void | Promise<void>
  /**
   * Runs the program on prepared weights and returns the output as a new array. `bindings.output`
   * has no data; the new array is contiguous in the order of its strides. Copying a result into a
   * new array saves clearing the array first.
   */
  runFresh(
    bindings: Bindings,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): TypedArray | Promise<TypedArray>
  /**
   * Replaces the values of constants that were computed from a kernel (`Buffer.ofKernel`).
   * `buffers` have the new values under the same names. Prepared weights must then be prepared
   * again.
   */
  replaceConstants(buffers: readonly Buffer[]): void
  /**
   * The same program and prepared weights, for workers: its runs return promises, and the caller
   * goes on. Allocates the memory that they need. Undefined without `forWorkers`, and where workers
   * cannot share the memory. The two must not run at the same time.
   */
  onWorkers?(): Executable | undefined
  /** True if a guard of the latest run is not zero. Its result may then be wrong. */
  guardTripped(): boolean
  /** Frees the memory. The executable cannot run afterwards. */
  dispose(): void
}

/** A run of a prepared executable. */
export interface ProgramRun {
  readonly executable: Executable
  readonly bindings: Bindings
}

/**
 * The boxes of a run, as they go to workers and come back. A buffer holds the memory that the
 * window of a box spans, or its results. Copies yield after each piece of about a millisecond.
 */
export interface Boxes {
  readonly count: number
  /** The bytes of the two buffers of each box. */
  readonly inputBytes: number
  readonly outputBytes: number
  /** Where the spans of box number i begin in its buffers, in bytes. */
  offsets(i: number): { readonly input: number; readonly output: number }
  copyIn(i: number, to: ArrayBuffer): Iterable<unknown>
  copyOut(i: number, from: ArrayBuffer): Iterable<unknown>
}

/** A compiled program that computes the boxes of a problem elsewhere. See `Executable`. */
export interface BoxProgram {
  /** The weights of later runs are other ones. */
  forgetKernel(): void
  /** Computes all boxes. Resolves with whether a guard tripped. */
  run(
    boxes: Boxes,
    operands: Pick<Bindings, 'kernel' | 'bias'>,
    signal?: AbortSignal,
  ): Promise<boolean>
  replaceConstants(buffers: readonly Buffer[]): void
  dispose(): void
}

/** An executable that computes on the calling thread, before it returns. */
export interface SynchronousExecutable extends Executable {
  prepare(kernel: NdArray, onStage?: StageListener): void
  run(bindings: Bindings, prepared: boolean, onStage?: StageListener): void
  runFresh(bindings: Bindings, onStage?: StageListener): TypedArray
}

/** Where one of the caller's arrays lies, known when compiling. */
export interface ExternalLayout extends MemorySpan {
  /**
   * True if it is a `Scratch`. Such arrays may be combined with each other and with arrays that are
   * copied, but not with arrays that callers own.
   */
  readonly scratch?: boolean
}

/** Memory of a backend for an array that belongs to no caller. */
export interface Scratch {
  readonly bytes: number
  /**
   * The elements. A new array object after the backend's memory has grown. Contents are arbitrary
   * at first.
   */
  readonly array: NdArray
  /** False if it lies in the memory of the arrays that callers own. */
  readonly isSeparate: boolean
  release(): void
}

export type ExternalLayouts = Readonly<Partial<Record<ExternalRole, ExternalLayout>>>

/** How fast a backend is: a table, from which the planner predicts times. */
export interface Rates {
  /** Arithmetic of a contraction with the best tile, in GFLOP/s. */
  readonly best: number
  /** Arithmetic of a contraction that computes one result at a time, in GFLOP/s. */
  readonly scalar: number
  /** Arithmetic of a transform, in GFLOP/s, if the backend predicts no seconds. */
  readonly fft: number
  /**
   * Cycles per second, in 10⁹, for the cycles that a backend predicts of each kind of code: of
   * sums of products; of products with small constant matrices; of products of complex numbers; of
   * transforms; and of moves. 0 if it predicts none.
   */
  readonly sums: number
  readonly matrices: number
  readonly spectra: number
  readonly transforms: number
  readonly moves: number
  /** Elements per second, in 10⁹, of moves that copy single elements. */
  readonly elements: number
  /** Bytes read and written by contractions from and to memory, in GB/s. */
  readonly stream: number
  /** Bytes read and written by contractions in the L2 cache, in GB/s. */
  readonly cached: number
  /** Bytes of weights that come from memory in short pieces, in GB/s. */
  readonly scattered: number
  /** Bytes read and written by moves from and to memory, in GB/s. */
  readonly move: number
  /** Bytes of arrays copied into or out of backend memory, in GB/s. */
  readonly copy: number
  /** The same for arrays that stay in the L2 cache. */
  readonly cachedCopy: number
  /** The same where threads share that memory. */
  readonly sharedCopy: number
  /** The fixed cost of a piece of a copy of a box, in microseconds. */
  readonly piece: number
  /** The fixed cost of sharing a run, in microseconds. */
  readonly wake: number
  /** The fixed cost of a run, in microseconds. */
  readonly run: number
  /** The fixed cost of a stage, in microseconds. */
  readonly stage: number
}

/** What the code of a program depends on, besides the program. */
export interface CodeOptions {
  /** True if results must have the same bits on every machine and in every engine. */
  readonly deterministic: boolean
}

/** How a program is compiled. */
export interface CompileOptions extends CodeOptions {
  /** The most threads that share a run. Default 1. Their number never changes the bits. */
  readonly threadCount?: number
  /** Whether workers may run it alone, too. Default false. */
  readonly forWorkers?: boolean
}

/**
 * How asynchronous calls can leave their work to others, so that the event loop goes on.
 * - `shared`: to workers, in memory that they share with the caller.
 * - `transfer`: to workers with memories of their own. Boxes go there and back by transfer.
 * - `turns`: no worker can start. The caller computes boxes, each in a turn of the event loop.
 * - `none`: they compute as synchronous calls do.
 */
export type RemoteWork = 'shared' | 'transfer' | 'turns' | 'none'

/** The most threads of a run, and the reason why there are not more, as text. */
export interface ThreadLimit {
  /** The most threads that share a run. */
  readonly count: number
  readonly why: string
  readonly remote: RemoteWork
  /** The most workers to which boxes go by transfer. */
  readonly workers: number
}

/** The bytes of an executable besides the caller's arrays. */
export interface WorkspaceParts {
  /** Bytes that all executables of the backend share: each run uses them anew. */
  readonly shared: number
  /** Bytes of its own, as long as it exists: packed weights, constants. */
  readonly own: number
}

/** A feature that an engine lacks: a code of `UnavailableError`, and the reason as text. */
export interface MissingFeature {
  readonly code: string
  readonly why: string
}

/**
 * What a backend can do, and at which price. The planner knows nothing else of it. The functions
 * keep no state: equal arguments give equal results in one engine.
 */
export interface BackendDescription {
  /** The value for the option `backend`. */
  readonly name: BackendName
  /** Where arrays may lie that it reads and writes without a copy. It copies all others. */
  readonly places: readonly MemoryKind[]
  /**
   * Whether its executables compute before they return. Synchronous calls take no other backend;
   * asynchronous calls wait for its promises.
   */
  readonly synchronous: boolean
  /**
   * Whether it adds in the order of a program and rounds as its type does, so that boxes have the
   * bits of the whole, and other machines the same bits.
   */
  readonly reproducible: boolean
  /**
   * True if `'auto'` takes it only for arrays that lie in its memory: bringing others there costs
   * more than it saves.
   */
  readonly forOwnArrays?: boolean
  /** What this engine lacks to run programs on it. Undefined if it can run them. */
  missing(): MissingFeature | undefined
  /** The reason why this program cannot run on it. Undefined if it can. */
  unsupportedReason(program: Program): string | undefined
  /** The work of `unsupportedReason`. Undefined: it is done in one piece. */
  unsupportedWork?(program: Program): Work<string | undefined>
  rates(options: CodeOptions): Rates
  /** The processor for which the blocks of a program are cut. */
  readonly machine: Machine
  /** The most threads of a run in this engine, and how asynchronous calls use workers. */
  threadLimit(): ThreadLimit
  /**
   * Predicts the seconds of each step of each stage for its whole grid at these rates, if its data
   * are in a cache; 0 for stages that run once per kernel. Undefined if it cannot predict them:
   * then all arithmetic has the same rate, and moves have those of `elements` and `move`.
   */
  seconds(
    program: Program,
    options: CodeOptions,
    rates: Rates,
  ): readonly (readonly number[])[] | undefined
  /** Does the work of `seconds` ahead: it then only looks the times up. */
  secondsAhead?(program: Program, options: CodeOptions): Work<void>
  /**
   * The order in which each kind of sum of a program adds its terms (program/sum-order.ts). A
   * program with these orders has the same bits, however large its loops over results are.
   */
  sumOrders(program: Program, options: CodeOptions): SumOrders
  /**
   * The exact bytes that an executable takes besides the caller's arrays: scratch, local, prepared,
   * constant buffers, tables, and copies in and out.
   */
  workspaceBytes(program: Program, externals: ExternalLayouts, options: CompileOptions): number
  /** The same bytes, in two parts. */
  workspaceParts(
    program: Program,
    externals: ExternalLayouts,
    options: CompileOptions,
  ): WorkspaceParts
}

/** The names of the backends, as the option `backend` takes them. */
export type BackendName = 'js' | 'wasm' | 'webgpu'

/** Settings of threads. What is missing does not change. */
export interface ThreadConfiguration {
  /** The most threads of a call. */
  readonly threads?: number | undefined
  /** The address of the workers' script. */
  readonly workerUrl?: string | undefined
}

export interface Backend extends BackendDescription {
  /**
   * The numbers of the boxes of a problem, in the order in which they are computed. Undefined: from
   * the first to the last. No box needs the results of another.
   */
  boxOrder?(boxes: number): readonly number[]
  compile(program: Program, externals: ExternalLayouts, options: CompileOptions): Executable
  /** Does work of the three functions that compile ahead: they then take less time. */
  compileAhead?(program: Program, externals: ExternalLayouts, options: CodeOptions): Work<void>
  /**
   * The same as `compile`, for asynchronous calls whose decision leaves the work to workers in
   * shared memory. Its runs return promises; in the meantime the other executables of the backend
   * may run.
   */
  compileRemote(program: Program, externals: ExternalLayouts, options: CompileOptions): Executable
  /**
   * The program of a box, for asynchronous calls whose decision sends boxes to workers by transfer.
   * `externals`: the arrays of a box, none of them in backend memory. `workers`: the most that
   * compute at once.
   */
  compileBoxes(
    program: Program,
    externals: ExternalLayouts,
    options: CompileOptions,
    workers: number,
  ): BoxProgram
  /**
   * Runs prepared executables of this backend one after the other, as one piece of work: each may
   * read what those before it wrote to memory of the backend. None may come twice. Their
   * `guardTripped` is that of this run. Undefined if the backend runs each alone.
   */
  runTogether?(runs: readonly ProgramRun[], signal?: AbortSignal): Promise<void>
  /** Returns the machine code: a WebAssembly module. Undefined if there is none. */
  module(
    program: Program,
    externals: ExternalLayouts,
    options: CompileOptions,
  ): Uint8Array | undefined
  /**
   * Allocates an array of `length` elements that a run reads and writes without a copy.
   * `besideCallersArrays`: whether the program also reads or writes arrays of callers in its
   * memory.
   */
  scratch(length: number, dtype: DType, besideCallersArrays: boolean): Scratch
  /**
   * Sets the most bytes that its memories may grow to. Throws `OptionError` if they hold more
   * already. A backend without memories of its own has no limit.
   */
  limitMemory(bytes: number): void
  /** Changes what is known of threads, for later calls. No call may run. */
  configureThreads(change: ThreadConfiguration): void
  /**
   * Gives back all its memory, and ends its workers. Arrays of callers that lie there stay
   * readable. Resolves when the workers are gone.
   */
  close(): Promise<void>
}

/** A backend whose executables compute before they return. */
export interface SynchronousBackend extends Backend {
  readonly synchronous: true
  compile(
    program: Program,
    externals: ExternalLayouts,
    options: CompileOptions,
  ): SynchronousExecutable
}
