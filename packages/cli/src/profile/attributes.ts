/**
 * Reads the attributes of an operation by name and type. `rejectUnread` throws for every attribute
 * that was not read, so an unsupported attribute is never ignored.
 */

import type { NdArray } from 'stridefold/sync'
import { countOf } from '../units.ts'
import {
  type Attribute,
  type Operation,
  operationError,
  printableName,
  quoteValue,
} from './graph.ts'

export class Attributes {
  readonly #operation: Operation
  readonly #read = new Set<string>()

  constructor(operation: Operation) {
    this.#operation = operation
  }

  #take(name: string): Attribute | undefined {
    this.#read.add(name)
    return this.#operation.attributes.get(name)
  }

  #wrong(name: string, value: unknown, needed: string): never {
    throw operationError(this.#operation, `has ${name} ${quoteValue(value)}; ${needed} is needed.`)
  }

  has(name: string): boolean {
    return this.#operation.attributes.has(name)
  }

  number(name: string, defaultValue: number): number {
    const value = this.#take(name) ?? defaultValue
    return typeof value === 'number' ? value : this.#wrong(name, value, 'a number')
  }

  integer(name: string, defaultValue: number, min: number = -Infinity): number {
    const value = this.#take(name) ?? defaultValue
    const limit = min === -Infinity ? '' : ` from ${min} on`
    return isIntegerFrom(value, min) ? value : this.#wrong(name, value, `an integer${limit}`)
  }

  flag(name: string): boolean {
    const value = this.#take(name) ?? 0
    return value === 1 || (value === 0 ? false : this.#wrong(name, value, '0 or 1'))
  }

  /** A list of `length` integers. */
  integers(
    name: string,
    defaultValue: readonly number[] | undefined,
    length: number,
    min: number,
  ): readonly number[] {
    const value = this.#take(name) ?? defaultValue
    if (value === undefined)
      throw operationError(
        this.#operation,
        `has no ${name}; a list of ${countOf(length, 'integer')} is needed.`,
      )
    const isValid =
      Array.isArray(value) && value.length === length && value.every((n) => isIntegerFrom(n, min))
    return isValid
      ? value
      : this.#wrong(name, value, `a list of ${countOf(length, 'integer')} from ${min} on`)
  }

  /** Any list of numbers. */
  numbers(name: string): readonly number[] {
    const value = this.#take(name)
    return Array.isArray(value) ? value : this.#wrong(name, value, 'a list of numbers')
  }

  word<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const value = this.#take(name) ?? words[0]
    return (
      words.find((word) => word === value) ?? this.#wrong(name, value, `one of ${words.join(', ')}`)
    )
  }

  tensor(name: string): NdArray {
    const value = this.#take(name)
    return typeof value === 'object' && 'dtype' in value
      ? value
      : this.#wrong(name, value, 'a tensor')
  }

  /** Throws for an attribute that was not read. */
  rejectUnread(): void {
    for (const name of this.#operation.attributes.keys())
      if (!this.#read.has(name))
        throw operationError(
          this.#operation,
          `has the attribute ${printableName(name)}, which is not supported for ` +
            `${printableName(this.#operation.op)}.`,
        )
  }
}

const isIntegerFrom = (value: unknown, min: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min
