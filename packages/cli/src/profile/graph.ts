/**
 * A network as a list of operations in the order in which they can be done: ONNX's words, whatever
 * file it came from.
 */

import type { NdArray } from 'stridefold/sync'
import { inputError, type Failure } from '../failure.ts'
import { printable } from '../printable.ts'

export type Attribute = number | string | readonly number[] | NdArray

export interface Operation {
  readonly op: string
  /** For people: the file's own name, or the kind and a number. */
  readonly name: string
  /** Names of values; '' where an optional input is left out. */
  readonly inputs: readonly string[]
  readonly output: string
  /** Further results, which are not computed: an error where one of them is used. */
  readonly others: readonly string[]
  readonly attributes: ReadonlyMap<string, Attribute>
  /** What is done to the result at once: only `fused` says so, never a file. */
  readonly activation?: 'relu'
}

/** A value that comes from outside. An extent below 1 is one that the file leaves open. */
export interface GraphInput {
  readonly name: string
  readonly shape: readonly number[]
  readonly kind: Kind
}

/** float32 in a Float32Array, or whole numbers (shapes, axes, flags) in a Float64Array. */
export type Kind = 'float' | 'whole'

export const kindOf = ({ data }: NdArray): Kind =>
  data instanceof Float32Array ? 'float' : 'whole'

export interface Graph {
  readonly name: string
  /** The version of ONNX's operators that its operations mean. */
  readonly opset: number
  readonly inputs: readonly GraphInput[]
  readonly output: string
  readonly operations: readonly Operation[]
  /** Weights and other values that are in the file. */
  readonly constants: ReadonlyMap<string, NdArray>
  /** What the classes of the result are called, where the file says. */
  readonly classes?: readonly string[]
  /** An input that the file brings along. */
  readonly example?: NdArray
}

export const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)

const maxNameLength = 80

/** A name from a file, for one place in one line. */
export function printableName(name: string): string {
  const printed = printable(name.slice(0, maxNameLength + 1))
  return printed.length > maxNameLength ? `${printed.slice(0, maxNameLength)}…` : printed
}

/** A value from a file as JSON, for one place in one line. */
export const quoteValue = (value: unknown): string =>
  printableName(JSON.stringify(value, replacer) ?? 'undefined')

// Long or deep values are not written out before they are cut: nothing below the second level is of
// use in a message.
const replacer = (key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && key !== '' ? '…' : value

export const shapeText = (shape: readonly number[]): string =>
  shape.length <= 10 ? `[${shape}]` : `[${shape.slice(0, 10)},… (${shape.length} axes)]`

/** An operation that cannot be done, with its name. */
export const operationError = ({ name }: Operation, what: string): Failure =>
  inputError(`${printableName(name)} ${what}`)
