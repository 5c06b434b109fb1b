/**
 * What a backend offers: it turns a program into something that runs on arrays.
 */

import type { DType, TypedArray } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Buffer, ExternalRole, Program } from './program.ts'

/**
 * The caller's arrays for one run. Element [0, 0, …] of each is address 0 of the buffer of that
 * role.
 */
export interface Bindings {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias?: NdArray | undefined
  readonly output: NdArray
}

/**
 * Hears the name of each part of a run as soon as it is done: copies, and stages by their names.
 */
export type StageListener = (part: string) => void

export interface Executable {
  /**
   * Bytes this executable takes besides the caller's arrays: scratch, local, prepared, constants
   * and copies in and out.
   */
  readonly workspaceBytes: number
  /**
   * Takes the memory that runs need (no run makes it grow) and runs the `prepare` stages for a
   * kernel; later runs with `prepared: true` skip them.
   */
  prepare(kernel: NdArray, watch?: StageListener): void
  /**
   * Runs the program. `prepared` promises that `prepare` was called with a kernel of the same
   * contents.
   */
  run(bindings: Bindings, prepared: boolean, watch?: StageListener): void
  /**
   * Runs the program on prepared weights and gives the output as new memory, dense in the order of
   * its strides: copying a result into memory that is made for it saves clearing that first.
   * `bindings.output` says its layout and holds no data. Missing where results are written in
   * place.
   */
  runFresh?(bindings: Bindings, watch?: StageListener): TypedArray
  /**
   * Goes on with other values in the constants that were made from a kernel (`Buffer.ofKernel`):
   * those of the buffers of the same names. What was prepared has to be prepared anew.
   */
  replaceConstants(buffers: readonly Buffer[]): void
  /**
   * Whether a guard of the latest run is not zero: its result may not stand. Missing where nothing
   * can be spoilt.
   */
  guardTripped?(): boolean
  /** The machine code that runs, where there is any: a WebAssembly module. */
  module?(): Uint8Array
  /** Gives memory back; the executable cannot run afterwards. */
  dispose(): void
}

/**
 * Sizes of the caller's arrays, known when compiling: `span` elements from lowest to highest
 * address, `lowest` ≤ 0.
 */
export interface ExternalLayout {
  readonly span: number
  readonly lowest: number
  /** True where the array lies in the backend's own memory already. */
  readonly inBackendMemory: boolean
  /**
   * True where it is a `Scratch`: such arrays go together with each other and with arrays that are
   * copied, not with those that callers hold.
   */
  readonly scratch?: boolean
}

/** Memory of a backend for arrays that no caller holds. */
export interface Scratch {
  readonly bytes: number
  /**
   * The elements; another array once the backend's memory has grown. Contents are arbitrary at
   * first.
   */
  readonly array: NdArray
  release(): void
}

export type ExternalLayouts = Readonly<Partial<Record<ExternalRole, ExternalLayout>>>

export interface Backend {
  readonly name: 'js' | 'wasm'
  /** Why this program cannot run here, in words; undefined where it can. */
  unsupportedReason(program: Program): string | undefined
  /**
   * Cycles that each step of each stage will take for its whole grid, 0 for copies, where the
   * backend can tell before compiling.
   */
  cycles?(program: Program): readonly (readonly number[])[]
  compile(program: Program, externals: ExternalLayouts): Executable
  /**
   * An array of so many elements that copies reach faster than one that a caller may hold; missing
   * where all memory is alike.
   */
  scratch?(length: number, dtype: DType): Scratch
  close(): void
}
