/**
 * Defines the interface of a backend: it compiles a program into an executable that runs on arrays.
 */

import type { DType, TypedArray } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Buffer, ExternalRole, Program } from './program.ts'

/**
 * The caller's arrays for one run. Element [0, 0, …] of each is address 0 of the buffer with that
 * role.
 */
export interface Bindings {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias?: NdArray | undefined
  readonly output: NdArray
}

/**
 * Called with the name of each part of a run as soon as it is done: a copy, or a stage by its name.
 */
export type StageListener = (part: string) => void

export interface Executable {
  /**
   * The bytes that this executable takes besides the caller's arrays: scratch, local, prepared,
   * constant buffers, and copies in and out.
   */
  readonly workspaceBytes: number
  /**
   * Allocates the memory that runs need, so that no run grows it. Runs the `prepare` stages for a
   * kernel; later runs with `prepared: true` skip them.
   */
  prepare(kernel: NdArray, onStage?: StageListener): void
  /** Runs the program. `prepared`: `prepare` was called with a kernel of the same contents. */
  run(bindings: Bindings, prepared: boolean, onStage?: StageListener): void
  /**
   * Runs the program on prepared weights and returns the output as a new array. `bindings.output`
   * has no data; the new array is contiguous in the order of its strides. Copying a result into a
   * new array saves clearing the array first. Undefined if results are written in place.
   */
  runFresh?(bindings: Bindings, onStage?: StageListener): TypedArray
  /**
   * Replaces the values of constants that were computed from a kernel (`Buffer.ofKernel`).
   * `buffers` have the new values under the same names. Prepared weights must then be prepared
   * again.
   */
  replaceConstants(buffers: readonly Buffer[]): void
  /**
   * True if a guard of the latest run is not zero. Its result may then be wrong. Undefined if the
   * program has no guard.
   */
  guardTripped?(): boolean
  /** Returns the machine code: a WebAssembly module. Undefined if there is none. */
  module?(): Uint8Array
  /** Frees the memory. The executable cannot run afterwards. */
  dispose(): void
}

/**
 * The size of one of the caller's arrays, known when compiling: `span` elements from the lowest to
 * the highest address; `lowest` ≤ 0.
 */
export interface ExternalLayout {
  readonly span: number
  readonly lowest: number
  /** True if the array is in the backend's memory already. */
  readonly inBackendMemory: boolean
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
  release(): void
}

export type ExternalLayouts = Readonly<Partial<Record<ExternalRole, ExternalLayout>>>

export interface Backend {
  readonly name: 'js' | 'wasm'
  /** The reason why this program cannot run on this backend. Undefined if it can. */
  unsupportedReason(program: Program): string | undefined
  /**
   * Predicts the cycles of each step of each stage for its whole grid; 0 for copies. Undefined if
   * the backend cannot predict them before compiling.
   */
  cycles?(program: Program): readonly (readonly number[])[]
  compile(program: Program, externals: ExternalLayouts): Executable
  /**
   * Allocates an array of `length` elements that copies reach faster than an array of a caller.
   * Undefined if all memory is equally fast.
   */
  scratch?(length: number, dtype: DType): Scratch
  close(): void
}
