/**
 * Which values did the caller pass? Reads each option of a call once. An option may be own or
 * inherited, a value or a getter, enumerable or not. Own names are compared with the known
 * ones; nothing else of the object is read.
 *
 * The property names are written out below because every call reads them, even one that repeats the
 * previous call. Engines read a property by a literal name several times faster than by a variable.
 */

import type { ConvolveOptions, TransposedOptions } from './options.ts'

/** Values in the order of `names`; undefined for an option that the caller left out. */
export type Reading = readonly unknown[]

export interface Reader {
  readonly names: readonly string[]
  /** The names as a set. */
  readonly known: ReadonlySet<string>
  readonly read: (options: object) => Reading
}

/**
 * The kinds of calls. All calls of a kind take the same options. `signal` are the calls `convolve`
 * and `correlate` themselves, `convolve` their plans, in which no sample may be missing.
 */
export type Kind = 'convolve' | 'signal' | 'layer' | 'transposed'

type Raw = { readonly [Name in keyof (ConvolveOptions & TransposedOptions)]?: unknown }

// biome-ignore format: grouped by meaning
const readRun = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.tune, o.deterministic, o.backend, o.threads, o.memoryLimit,
  o.dtype, o.out, o.memory, o.signal, o.verify,
]

// biome-ignore format: grouped by meaning
const readConvolve = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.tune, o.deterministic, o.backend, o.threads, o.memoryLimit,
  o.dtype, o.out, o.memory, o.signal, o.verify,
  o.bias, o.stride, o.padding, o.dilation, o.boundary, o.mode, o.channelAxis,
]

// The values of `readConvolve` come first: such a reading is also one of that kind.
// biome-ignore format: grouped by meaning
const readSignal = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.tune, o.deterministic, o.backend, o.threads, o.memoryLimit,
  o.dtype, o.out, o.memory, o.signal, o.verify,
  o.bias, o.stride, o.padding, o.dilation, o.boundary, o.mode, o.channelAxis,
  o.missing, o.minimumPresent,
]

// biome-ignore format: grouped by meaning
const readLayer = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.tune, o.deterministic, o.backend, o.threads, o.memoryLimit,
  o.dtype, o.out, o.memory, o.signal, o.verify,
  o.bias, o.stride, o.padding, o.dilation, o.boundary, o.groups, o.layout, o.weightLayout,
  o.activation,
]

// biome-ignore format: grouped by meaning
const readTransposed = (o: Raw): Reading => [
  o.algorithm, o.accuracy, o.tune, o.deterministic, o.backend, o.threads, o.memoryLimit,
  o.dtype, o.out, o.memory, o.signal, o.verify,
  o.bias, o.stride, o.padding, o.dilation, o.boundary, o.groups, o.layout, o.weightLayout,
  o.activation,
  o.outputPadding, o.outputShape,
]

/**
 * An object in which each property is its own name. Reading options from it returns their names, in
 * the order in which `read` reads them.
 */
const namesAsValues: Raw = new Proxy({}, { get: (_, name) => name })

function readerOf(read: (options: Raw) => Reading): Reader {
  const names = read(namesAsValues) as readonly string[]
  return { names, known: new Set(names), read }
}

export const runReader: Reader = readerOf(readRun)
export const readers: Readonly<Record<Kind, Reader>> = {
  convolve: readerOf(readConvolve),
  signal: readerOf(readSignal),
  layer: readerOf(readLayer),
  transposed: readerOf(readTransposed),
}

/**
 * Whether two readings are equal. Compares plain values and lists of them by value, and other
 * objects by identity.
 */
export function isSameReading(before: Reading, now: Reading): boolean {
  for (let i = 0; i < before.length; i++)
    if (before[i] !== now[i] && !isSameValue(before[i], now[i])) return false
  return true
}

/**
 * Compares objects other than lists by identity. That is enough: records are frozen, and of an
 * array such as `out` only its place in memory matters here.
 */
function isSameValue(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a)) return Object.is(a, b)
  if (!Array.isArray(b) || a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !isSameValue(a[i], b[i])) return false
  return true
}
