/**
 * What was asked for? Every option that a call knows is read once, wherever the object has it: own
 * or inherited, a value or a getter, enumerable or not. Nothing else of the object is looked at,
 * but for its own names, among which may be no unknown one.
 *
 * The names are written out, since engines read a name that stands in the code several times faster
 * than one in a variable, and this is done for every call, also for one that repeats the call
 * before.
 */

import type { ConvolveOptions, TransposedOptions } from './options.ts'

/** Values in the order of `names`; undefined where an option is not given. */
export type Reading = readonly unknown[]

export interface Reader {
  readonly names: readonly string[]
  readonly known: ReadonlySet<string>
  readonly read: (options: object) => Reading
}

/** Which options a call takes. */
export type Kind = 'convolve' | 'layer' | 'transposed'

type Raw = { readonly [Name in keyof (ConvolveOptions & TransposedOptions)]?: unknown }

// biome-ignore format: a line for each group of options
const readRun = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.deterministic, o.backend, o.threads, o.memoryLimit, o.dtype, o.out, o.signal, o.verify,
]

// biome-ignore format: a line for each group of options
const readConvolve = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.deterministic, o.backend, o.threads, o.memoryLimit, o.dtype, o.out, o.signal, o.verify,
  o.bias, o.stride, o.padding, o.dilation, o.boundary, o.mode, o.channelAxis,
]

// biome-ignore format: a line for each group of options
const readLayer = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.deterministic, o.backend, o.threads, o.memoryLimit, o.dtype, o.out, o.signal, o.verify,
  o.bias, o.stride, o.padding, o.dilation, o.boundary, o.groups, o.layout, o.weightLayout, o.activation,
]

// biome-ignore format: a line for each group of options
const readTransposed = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.deterministic, o.backend, o.threads, o.memoryLimit, o.dtype, o.out, o.signal, o.verify,
  o.bias, o.stride, o.padding, o.dilation, o.boundary, o.groups, o.layout, o.weightLayout, o.activation,
  o.outputPadding, o.outputShape,
]

/**
 * What is read of an object that answers every name with the name itself are the names, in the
 * order in which they are read.
 */
const named: Raw = new Proxy({}, { get: (_, name) => name })

function readerOf(read: (options: Raw) => Reading): Reader {
  const names = read(named) as readonly string[]
  return { names, known: new Set(names), read }
}

export const runReader: Reader = readerOf(readRun)
export const readers: Readonly<Record<Kind, Reader>> = {
  convolve: readerOf(readConvolve),
  layer: readerOf(readLayer),
  transposed: readerOf(readTransposed),
}

/** A reader of some names only, for what is asked for rarely. */
export function readerOfNames(names: readonly string[]): Reader {
  const read = (options: object): Reading =>
    names.map((name) => (options as Readonly<Record<string, unknown>>)[name])
  return { names, known: new Set(names), read }
}

/**
 * Whether options read later say the same as those read before: plain values, lists of such, and
 * the very same arrays.
 */
export function isSameReading(before: Reading, now: Reading): boolean {
  for (let i = 0; i < before.length; i++)
    if (before[i] !== now[i] && !isSameValue(before[i], now[i])) return false
  return true
}

/**
 * Other objects than lists are the same where they are one object of ours, which is frozen, or an
 * array, of which only the place counts.
 */
function isSameValue(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a)) return Object.is(a, b)
  if (!Array.isArray(b) || a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !isSameValue(a[i], b[i])) return false
  return true
}
