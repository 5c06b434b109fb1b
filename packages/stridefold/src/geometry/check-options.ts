/**
 * Is this an option of this call, and may it have this value? Out comes a checked record: frozen,
 * of plain data, and all that anybody behind the check ever sees, so that what is checked, what a
 * plan is kept by and what is computed cannot differ.
 *
 * A record is checked once: it is known where it comes by again. What the values may be stands in
 * option-rules.ts, how they are read in read-options.ts.
 */

import { OptionError } from '../errors.ts'
import { unknownName } from '../ndarray/known-names.ts'
import { convolveRules, layerRules, type Rules, runRules, transposedRules } from './option-rules.ts'
import type {
  CallOptions,
  ConvolveOptions,
  LayerOptions,
  RunOptions,
  TransposedOptions,
} from './options.ts'
import { closestName, formatValue } from './format-value.ts'
import {
  type Kind,
  type Reader,
  type Reading,
  readerOfNames,
  readers,
  runReader,
} from './read-options.ts'

interface Table {
  readonly reader: Reader
  readonly rules: Rules
  /** Options that decide the same thing. */
  readonly eitherOr: readonly (readonly [string, string])[]
}

const tables: Readonly<Record<Kind | 'run', Table>> = {
  run: { reader: runReader, rules: runRules, eitherOr: [] },
  convolve: { reader: readers.convolve, rules: convolveRules, eitherOr: [['mode', 'padding']] },
  layer: { reader: readers.layer, rules: layerRules, eitherOr: [] },
  transposed: {
    reader: readers.transposed,
    rules: transposedRules,
    eitherOr: [['outputPadding', 'outputShape']],
  },
}

/**
 * Which calls an option belongs to, for those who used it elsewhere; the first table that has it.
 */
const homes: readonly (readonly [string, Rules])[] = [
  ['convolve and correlate', convolveRules],
  ['conv1d, conv2d and conv3d', layerRules],
  ['convTranspose1d, 2d and 3d', transposedRules],
]

/** The records there are, with the table that they were checked by. */
const records = new WeakMap<object, Kind | 'run'>()

/**
 * The options of `convolve` or `correlate`, or `OptionError` for one that is unknown, malformed or
 * at odds with another.
 */
export function checkedConvolveOptions(call: string, options: unknown): ConvolveOptions {
  return checkedBy('convolve', call, options) as ConvolveOptions
}

/** The options of a forward layer or its gradients, checked likewise. */
export function checkedLayerOptions(call: string, options: unknown): LayerOptions {
  return checkedBy('layer', call, options) as LayerOptions
}

/** The options of a transposed layer or its gradients, checked likewise. */
export function checkedTransposedOptions(call: string, options: unknown): TransposedOptions {
  return checkedBy('transposed', call, options) as TransposedOptions
}

/** The options of a call, checked likewise. */
export function checkedCallOptions(call: string, options: unknown): CallOptions {
  return checkedBy(kindOf(call), call, options)
}

/**
 * The options of a call as they are given, each read once, to be compared before they are checked.
 * Throws for unknown ones.
 */
export function readOptions(call: string, options: unknown): Reading {
  return readingBy(tables[kindOf(call)], call, options)
}

/** What `readOptions` gave, checked. */
export function checkedReading(call: string, reading: Reading): CallOptions {
  const kind = kindOf(call)
  return recorded(kind, call, tables[kind].reader.names, reading)
}

/**
 * What stands in the way of options that a call takes, where it is not the call itself that takes
 * them: option → advice.
 */
export type Refused = Readonly<Record<string, string>>

/**
 * The options of a call that `name` takes too, but for those that it refuses; `beside` are options
 * of its own, which are not looked at.
 */
export function checkedBeside(
  name: string,
  call: string,
  options: unknown,
  beside: readonly string[],
  refused: Refused,
): CallOptions {
  return checkedWithout(kindOf(call), name, options, beside, refused)
}

/** The options of how something runs, but for those that `name` refuses. */
export function checkedRunOptions(
  name: string,
  options: unknown,
  beside: readonly string[],
  refused: Refused,
): RunOptions {
  return checkedWithout('run', name, options, beside, refused)
}

/** The options as an object, or `OptionError` for what is none. */
export function optionsObject(call: string, options: unknown): Readonly<Record<string, unknown>> {
  if (options === undefined) return {}
  if (
    typeof options !== 'object' ||
    options === null ||
    Array.isArray(options) ||
    ArrayBuffer.isView(options)
  ) {
    throw new OptionError(
      'OPTION_INVALID',
      `${call}: options are ${formatValue(options)}; an object such as { stride: 2 } is needed.`,
    )
  }
  return options as Readonly<Record<string, unknown>>
}

function kindOf(call: string): Kind {
  if (call === 'convolve' || call === 'correlate') return 'convolve'
  return call.startsWith('convTranspose') ? 'transposed' : 'layer'
}

function checkedBy(kind: Kind, call: string, options: unknown): CallOptions {
  if (typeof options === 'object' && options !== null && records.get(options) === kind)
    return options
  const table = tables[kind]
  return recorded(kind, call, table.reader.names, readingBy(table, call, options))
}

function checkedWithout(
  kind: Kind | 'run',
  name: string,
  options: unknown,
  beside: readonly string[],
  refused: Refused,
): CallOptions {
  const table = tables[kind]
  const given = optionsObject(name, options)
  for (const [option, advice] of Object.entries(refused)) {
    if (!Object.hasOwn(given, option) || given[option] === undefined) continue
    throw new OptionError('OPTION_UNKNOWN', `${name} has no option ${formatValue(option)}${advice}`)
  }
  const known = new Set([...table.reader.known, ...beside])
  const unknown = unknownName(known, given)
  const taken = table.reader.names.filter((option) => !Object.hasOwn(refused, option))
  if (unknown !== undefined)
    throw new OptionError('OPTION_UNKNOWN', unknownOption([...taken, ...beside], name, unknown))
  return recorded(kind, name, taken, readerOfNames(taken).read(given))
}

function readingBy({ reader }: Table, call: string, options: unknown): Reading {
  if (options === undefined) return new Array(reader.names.length).fill(undefined)
  const given = optionsObject(call, options)
  const unknown = unknownName(reader.known, given)
  if (unknown !== undefined)
    throw new OptionError('OPTION_UNKNOWN', unknownOption(reader.names, call, unknown))
  return reader.read(given)
}

function recorded(
  kind: Kind | 'run',
  call: string,
  names: readonly string[],
  reading: Reading,
): CallOptions {
  const { rules, eitherOr } = tables[kind]
  const record: Record<string, unknown> = {}
  for (const [i, name] of names.entries()) {
    const value = reading[i]
    if (value === undefined) continue
    const rule = rules[name]!
    const plain = rule.read(value)
    if (plain === undefined) {
      throw new OptionError(
        'OPTION_INVALID',
        `${call}: option ${formatValue(name)} is ${formatValue(value)}; it must be ` +
          `${rule.needed(value)}.`,
      )
    }
    record[name] = plain
  }
  for (const [one, other] of eitherOr) {
    if (record[one] === undefined || record[other] === undefined) continue
    throw new OptionError(
      'OPTION_CONFLICT',
      `${call}: both ${one} (${formatValue(record[one])}) and ${other} ` +
        `(${formatValue(record[other])}) are given, and each decides alone. Leave one out.`,
    )
  }
  Object.freeze(record)
  records.set(record, kind)
  // Every value was accepted by the rule of its name.
  return record as CallOptions
}

function unknownOption(names: readonly string[], call: string, name: string): string {
  const home = homes.find(([, known]) => Object.hasOwn(known, name))
  const near = closestName(name, names)
  const advice = home
    ? `It belongs to ${home[0]}. `
    : near
      ? `Did you mean ${formatValue(near)}? `
      : ''
  return `${call} has no option ${formatValue(name)}. ${advice}It takes ${names.join(', ')}.`
}
