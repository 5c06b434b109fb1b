/**
 * What an operation says beside its inputs, read by name and kind. What nobody asked for is refused
 * in the end: an attribute that is not honoured is never passed over in silence.
 */

import type { NdArray } from 'stridefold/sync'
import { type Attribute, type Operation, quoted, refused, shown } from './graph.ts'

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
    throw refused(this.#operation, `has ${name} ${quoted(value)}; ${needed} is needed.`)
  }

  has(name: string): boolean {
    return this.#operation.attributes.has(name)
  }

  number(name: string, usual: number): number {
    const value = this.#take(name) ?? usual
    return typeof value === 'number' ? value : this.#wrong(name, value, 'a number')
  }

  whole(name: string, usual: number, least: number = -Infinity): number {
    const value = this.#take(name) ?? usual
    const limit = least === -Infinity ? '' : ` from ${least} on`
    return isWhole(value, least) ? value : this.#wrong(name, value, `a whole number${limit}`)
  }

  flag(name: string): boolean {
    const value = this.#take(name) ?? 0
    return value === 1 || (value === 0 ? false : this.#wrong(name, value, '0 or 1'))
  }

  /** One whole number for each of `length` places. */
  wholes(
    name: string,
    usual: readonly number[] | undefined,
    length: number,
    least: number,
  ): readonly number[] {
    const value = this.#take(name) ?? usual
    if (value === undefined)
      throw refused(this.#operation, `has no ${name}; ${length} whole numbers are needed.`)
    const right =
      Array.isArray(value) && value.length === length && value.every((n) => isWhole(n, least))
    return right
      ? value
      : this.#wrong(name, value, `a list of ${length} whole numbers from ${least} on`)
  }

  /** Any numbers, as they are. */
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

  /** Throws for what was not asked for. */
  end(): void {
    for (const name of this.#operation.attributes.keys())
      if (!this.#read.has(name))
        throw refused(
          this.#operation,
          `has the attribute ${shown(name)}, which is not known of ` +
            `${shown(this.#operation.op)} here.`,
        )
  }
}

const isWhole = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least
