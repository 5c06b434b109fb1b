/**
 * A network as a list of operations in the order in which they can be done: ONNX's words, whatever file it came from.
 */

import type { NdArray } from 'stridefold/sync'

export type Attribute = number | string | readonly number[] | NdArray

export interface Operation {
  readonly op: string
  /** For people: the file's own name, or the kind and a number. */
  readonly name: string
  /** Names of values; '' where an optional input is left out. */
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes: ReadonlyMap<string, Attribute>
}

export interface Graph {
  readonly name: string
  readonly input: { readonly name: string; readonly shape: readonly number[] }
  readonly output: string
  readonly operations: readonly Operation[]
  /** Weights and other values that are in the file. */
  readonly constants: ReadonlyMap<string, NdArray>
  /** What the classes of the result are called, where the file says. */
  readonly classes?: readonly string[]
  /** An input that the file brings along. */
  readonly example?: NdArray
}
