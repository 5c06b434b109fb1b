/**
 * The arguments of a call: bound to the names of its parameters, and read as numbers, lists, words
 * and arrays. A value that is not in the text, such as a variable, is rejected by name.
 */

import type { Pair } from '../arrays-and-borders.ts'
import type { Binding } from './tensor.ts'
import { tensorOf } from './tensor.ts'
import { type ArrayValue, described, isKind, kindOf, listOf, type Value } from './values.ts'
import { notRead, oneOf } from './wording.ts'

export interface Arguments {
  /** The function as the code names it. */
  readonly call: string
  readonly values: ReadonlyMap<string, Value>
}

export interface GivenArgument {
  readonly name?: string
  readonly value: Value
}

/** Binds arguments to the parameters of `signature`, such as `'x, k, mode'`. */
export function bindArguments(
  call: string,
  signature: string,
  given: readonly GivenArgument[],
): Arguments {
  const names = signature.split(', ').filter((name) => name !== '')
  const values = new Map<string, Value>()
  let position = 0
  for (const { name, value } of given) {
    const key = name ?? names[position++]
    if (key === undefined)
      throw notRead(`${call} has ${position} arguments`, `It takes ${names.length}: ${signature}.`)
    if (!names.includes(key))
      throw notRead(
        `${call} has the argument '${key}'`,
        `The arguments that are read: ${signature}.`,
      )
    if (values.has(key)) throw notRead(`${call} has ${key} twice`, 'Give it once.')
    values.set(key, value)
  }
  return { call, values }
}

/** The options of a call in JavaScript as arguments. Throws for names that are not in `names`. */
export function optionsOf(args: Arguments, name: string, names: readonly string[]): Arguments {
  const value = args.values.get(name) ?? null
  if (value === null) return { call: args.call, values: new Map() }
  if (!isKind(value, 'dict'))
    throw notRead(`${args.call}: ${name} is ${described(value)}`, 'Write it as { name: value }.')
  return bindArguments(
    args.call,
    names.join(', '),
    [...value.entries].map(([key, entry]) => ({ name: key, value: entry })),
  )
}

export const given = ({ values }: Arguments, name: string): Value | undefined =>
  values.get(name) ?? undefined

function wrongValue(
  args: Arguments,
  name: string,
  value: Value | undefined,
  needed: string,
): Error {
  const { call } = args
  if (value === undefined) return notRead(`${call} has no ${name}`, `Give ${needed} as ${name}.`)
  const isVariable = isKind(value, 'array') || isKind(value, 'opaque')
  return notRead(
    `${call}: ${name} is ${described(value)}${isVariable ? ', a variable' : ''}`,
    isVariable ? `Its value is not in the code: write ${needed}.` : `Write ${needed}.`,
  )
}

export function numberOf(args: Arguments, name: string, fallback?: number): number {
  const value = given(args, name) ?? fallback
  if (typeof value === 'number') return value
  throw wrongValue(args, name, value, 'a number')
}

export function integerOf(args: Arguments, name: string, fallback?: number): number {
  const value = given(args, name) ?? fallback
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw wrongValue(args, name, value, 'a whole number')
}

export function booleanOf(args: Arguments, name: string, fallback: boolean): boolean {
  const value = given(args, name) ?? fallback
  if (typeof value === 'boolean') return value
  throw wrongValue(args, name, value, 'true or false')
}

/** One of some words. */
export function wordOf(
  args: Arguments,
  name: string,
  words: readonly string[],
  fallback?: string,
): string {
  const value = given(args, name) ?? fallback
  if (typeof value === 'string' && words.includes(value)) return value
  throw wrongValue(args, name, value, oneOf(words.map((word) => `'${word}'`)))
}

/** The whole numbers of a list; undefined if it is none. */
export function integersIn(value: Value | undefined): number[] | undefined {
  if (!isKind(value, 'list')) return undefined
  const numbers = value.items.filter((item) => typeof item === 'number')
  return numbers.length === value.items.length && numbers.every(Number.isSafeInteger)
    ? numbers
    : undefined
}

/** A list of whole numbers of a length. */
export function integerListOf(args: Arguments, name: string, length?: number): number[] {
  const value = given(args, name)
  const numbers = integersIn(value)
  if (numbers && (length === undefined || numbers.length === length)) return numbers
  const needed = `${length === undefined ? 'a list of' : length} whole numbers`
  throw wrongValue(args, name, value, needed)
}

/** One whole number for all axes, or one per axis. */
export function perAxisOf(
  args: Arguments,
  name: string,
  rank: number,
  fallback: number,
  min = 1,
): number[] {
  const value = given(args, name) ?? fallback
  const numbers = typeof value === 'number' ? [value] : integersIn(value)
  const valid = numbers?.every((number) => Number.isSafeInteger(number) && number >= min)
  if (numbers && valid && (numbers.length === 1 || numbers.length === rank))
    return numbers.length === rank ? numbers : Array.from({ length: rank }, () => numbers[0]!)
  throw wrongValue(
    args,
    name,
    value,
    `a whole number ≥ ${min}${rank > 1 ? `, or ${rank} of them` : ''}`,
  )
}

/** One whole number or several, such as axes; undefined if the argument is missing. */
export function axesOf(args: Arguments, name: string): number[] | undefined {
  const value = given(args, name)
  if (value === undefined) return undefined
  return typeof value === 'number' ? [integerOf(args, name)] : integerListOf(args, name)
}

/** Pairs of whole numbers, one for each axis. */
export function pairsOf(args: Arguments, name: string): Pair[] {
  const value = given(args, name)
  const pairs = isKind(value, 'list')
    ? value.items.map((item): Pair | undefined => {
        const numbers = integersIn(item)
        return numbers?.length === 2 ? [numbers[0]!, numbers[1]!] : undefined
      })
    : []
  const complete = pairs.filter((pair) => pair !== undefined)
  if (pairs.length > 0 && complete.length === pairs.length) return complete
  throw wrongValue(args, name, value, 'pairs of whole numbers')
}

/** An array: a variable, or a literal. */
export function arrayOf(args: Arguments, name: string): ArrayValue {
  const value = given(args, name)
  const array = value === undefined ? undefined : asArray(value)
  if (array) return array
  if (isKind(value, 'convolution'))
    throw notRead(
      `${args.call}: ${name} is the result of another convolution`,
      'Translate one call at a time.',
    )
  throw wrongValue(args, name, value, 'an array')
}

/** Nested lists of numbers are an array whose shape is known. */
export function asArray(value: Value): ArrayValue | undefined {
  if (isKind(value, 'array')) return value
  if (isKind(value, 'vector')) return asArray(listOf(value.values))
  if (!isKind(value, 'list')) return undefined
  const shape: number[] = []
  for (let inner: Value = value; isKind(inner, 'list'); inner = inner.items[0] ?? null)
    shape.push(inner.items.length)
  const flat = (item: Value, depth: number): Value[] => {
    if (depth === shape.length) return [item]
    if (!isKind(item, 'list') || item.items.length !== shape[depth])
      throw notRead('The rows of a list of numbers have different lengths', 'Complete the rows.')
    return item.items.flatMap((inner) => flat(inner, depth + 1))
  }
  const values = flat(value, 0)
  const numbers = values.filter((item) => typeof item === 'number')
  if (numbers.length !== values.length || numbers.length === 0) return undefined
  return { kind: 'array', source: { name: described(value), shape, values: numbers }, steps: [] }
}

/** Nested lists of numbers, or an array that is already one. */
export function literalOf(args: Arguments, name: string): ArrayValue {
  const value = given(args, name)
  const array = value === undefined ? undefined : asArray(value)
  if (array) return array
  throw notRead(`${args.call} has ${described(value)}`, 'Write nested lists of numbers.')
}

/** A shape, whose extents may come from other arrays. */
export function shapeOfList(args: Arguments, name: string): (bind: Binding) => number[] {
  const value = given(args, name)
  const items = isKind(value, 'list')
    ? value.items
    : typeof value === 'number' || isKind(value, 'extents')
      ? [value]
      : undefined
  if (!items?.every((item) => typeof item === 'number' || isKind(item, 'extents')))
    throw wrongValue(args, name, value, 'a shape in numbers')
  return (bind) => extentsOf(items, bind)
}

/** The extents of a list of numbers and of shapes of arrays. */
export const extentsOf = (items: readonly Value[], bind: Binding): number[] =>
  items.flatMap((item) => {
    if (typeof item === 'number') return [item]
    if (isKind(item, 'extents'))
      return [...item.select(tensorOf(item.array, bind).axes.map(({ extent }) => extent))]
    throw notRead(`A shape has ${described(item)} (${kindOf(item)})`, 'Write it in numbers.')
  })

/** The text of a bias: a number, or the name of an array. */
export function biasOf(args: Arguments, name: string): string | undefined {
  const value = given(args, name)
  if (value === undefined) return undefined
  if (isKind(value, 'array')) return value.source.name
  if (typeof value === 'number') return value === 0 ? undefined : String(value)
  throw wrongValue(args, name, value, 'a number or an array')
}
