/**
 * What the caller and its workers post each other where they share no memory. Every worker has a
 * memory of its own. A program goes to it once, the weights once per kernel, and boxes by transfer:
 * their buffers come back with the results, and carry the next boxes.
 */

/** A program, as a worker runs it in its memory. */
export interface BoxProgramMessage {
  readonly kind: 'box program'
  readonly id: number
  /** The bytes of the module. The worker compiles it. */
  readonly module: Uint8Array<ArrayBuffer>
  readonly stages: readonly BoxStage[]
  readonly buffers: readonly BoxBuffer[]
  /** The bytes that all programs of the worker share, and those of this one alone. */
  readonly arenaBytes: number
  readonly privateBytes: number
}

export interface BoxStage {
  readonly entry: string
  readonly items: number
  readonly prepare: boolean
  /** The indices of its buffers. */
  readonly buffers: readonly number[]
}

export interface BoxBuffer {
  readonly name: string
  readonly role: string
  /** From the start of the arena, or of the memory of the program. */
  readonly offset: number
  readonly isPrivate: boolean
  /** From the start of a copy to element [0, 0, …]. */
  readonly elementOffset: number
  readonly bytes: number
  readonly bytesPerElement: number
  /** The values of a constant. */
  readonly values: Uint8Array<ArrayBuffer> | undefined
}

export type BoxMessage =
  | (BoxProgramMessage & {
      /** The most bytes that the memory of the worker may have. */
      readonly mostBytes: number
    })
  | {
      readonly kind: 'box weights'
      readonly id: number
      readonly kernel: ArrayBuffer
      /** Constants that were computed from the kernel, by the index of their buffer. */
      readonly constants: readonly (readonly [number, Uint8Array<ArrayBuffer>])[]
    }
  | {
      readonly kind: 'box'
      readonly id: number
      readonly job: number
      readonly input: ArrayBuffer
      readonly output: ArrayBuffer
      readonly bias: ArrayBuffer | undefined
      /** Where the spans begin in these buffers, in bytes. */
      readonly offsets: { readonly input: number; readonly output: number }
    }
  | { readonly kind: 'box release'; readonly id: number }

/** The answer to a message. `bytes`: the size of the memory of the worker. */
export type BoxAnswer =
  | { readonly kind: 'loaded'; readonly bytes: number }
  | {
      readonly kind: 'done'
      readonly job: number
      readonly input: ArrayBuffer
      readonly output: ArrayBuffer
      readonly guardTripped: boolean
    }
  | { readonly kind: 'failed'; readonly why: string; readonly code: string | undefined }
