/**
 * A network as a list of operations in execution order, in the terms of ONNX, whatever the file
 * format.
 */

import type { NdArray } from 'stridefold/sync'
import { type Failure, inputError } from '../failure.ts'
import { printable } from '../printable.ts'

export type Attribute = number | string | readonly number[] | NdArray

export interface Operation {
  readonly op: string
  /** Name for messages: the name in the file, or the type and a number. */
  readonly name: string
  /** Names of values; '' for an omitted optional input. */
  readonly inputs: readonly string[]
  readonly output: string
  /** Further results. They are not computed; using one is an error. */
  readonly others: readonly string[]
  readonly attributes: ReadonlyMap<string, Attribute>
  /** The activation of the epilogue. Only `fuse` sets it, never a file. */
  readonly activation?: 'relu'
}

/** An input of the network. An extent below 1 is unknown. */
export interface GraphInput {
  readonly name: string
  readonly shape: readonly number[]
  readonly kind: Kind
}

/** float32 in a Float32Array, or integers (shapes, axes, flags) in a Float64Array. */
export type Kind = 'float' | 'whole'

export const kindOf = ({ data }: NdArray): Kind =>
  data instanceof Float32Array ? 'float' : 'whole'

export interface Graph {
  readonly name: string
  /** The version of the ONNX operator set. */
  readonly opset: number
  readonly inputs: readonly GraphInput[]
  readonly output: string
  readonly operations: readonly Operation[]
  /** Weights and other values in the file. */
  readonly constants: ReadonlyMap<string, NdArray>
  /** Names of the classes, if the file has them. */
  readonly classes?: readonly string[]
  /** An example input in the file. */
  readonly example?: NdArray
}

const maxNameLength = 80

/** A name from a file for a message: printable and shortened. */
export function printableName(name: string): string {
  const printed = printable(name.slice(0, maxNameLength + 1))
  return printed.length > maxNameLength ? `${printed.slice(0, maxNameLength)}…` : printed
}

/** A value from a file as JSON for a message: printable and shortened. */
export const quoteValue = (value: unknown): string =>
  printableName(JSON.stringify(value, replacer) ?? 'undefined')

// Keeps large or deep values short before they are cut. A message needs at most two levels.
const replacer = (key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && key !== '' ? '…' : value

export const shapeText = (shape: readonly number[]): string =>
  shape.length <= 10 ? `[${shape}]` : `[${shape.slice(0, 10)},… (${shape.length} axes)]`

/** The error for an operation that cannot be run, with its name. */
export const operationError = ({ name }: Operation, what: string): Failure =>
  inputError(`${printableName(name)} ${what}`)
