/**
 * A compute shader for one step of a program, as data: its text, and the buffers that it touches.
 * A backend makes a pipeline of the text; equal texts share it, whatever the buffers are.
 */

export interface Kernel {
  /** The text, in WGSL. Its buffers are called b0, b1, …, in the order of `buffers`. */
  readonly code: string
  /** The names of its buffers: of the program, or of a table. */
  readonly buffers: readonly string[]
  /** Whether it reads where the arrays of the caller begin in their buffers. */
  readonly usesOrigins: boolean
  /** The number of workgroups. */
  readonly workgroups: number
  /** In one line, how it computes. For people. */
  readonly form: string
}

/** Numbers that a kernel reads and that depend on the program alone. */
export interface Table {
  readonly name: string
  readonly values: Float32Array | Int32Array
}

/** Kernels that run one after the other, and the tables that they read. */
export interface Kernels {
  readonly kernels: readonly Kernel[]
  readonly tables: readonly Table[]
  /** Buffers that only these kernels use, by their name, in elements of float32. */
  readonly scratch: readonly { readonly name: string; readonly length: number }[]
}

/** The name of the buffer with the origins of the caller's arrays. */
export const originsName = 'origins'
