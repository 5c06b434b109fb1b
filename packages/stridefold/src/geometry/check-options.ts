/**
 * Does this call take this option, and with this value? The check returns a frozen record of plain
 * data, in which every option that has a default has a value. All later code uses only the record.
 * The checked values, the key of a cached plan and the computed values can therefore not differ.
 *
 * option-rules.ts has the rules and the defaults of the values, read-options.ts reads the values.
 */

import { OptionError } from '../errors.ts'
import { unknownName } from '../ndarray/known-names.ts'
import { isOptionsObject } from '../ndarray/options.ts'
import type {
  Checked,
  CheckedLayerOptions,
  CheckedOptions,
  CheckedSignalOptions,
} from './checked-options.ts'
import { foreignOption } from './foreign-options.ts'
import { closestName, formatValue } from './format-value.ts'
import { isTransposed } from './layer-calls.ts'
import {
  convolveRules,
  layerRules,
  missingRules,
  type Rule,
  type Rules,
  runRules,
  signalRules,
  transposedRules,
} from './option-rules.ts'
import type { RunOptions } from './options.ts'
import { type Kind, type Reader, type Reading, readers, runReader } from './read-options.ts'

interface Table {
  readonly reader: Reader
  readonly rules: Rules
  /** Pairs of options that exclude each other, because both set the same thing. */
  readonly eitherOr: readonly (readonly [string, string])[]
  /** The value of every option that is left out; undefined where none has a default. */
  readonly defaults: Readonly<Record<string, unknown>>
}

const tableOf = (reader: Reader, rules: Rules, ...eitherOr: Table['eitherOr']): Table => ({
  ...{ reader, rules, eitherOr: [...eitherOr, ['memory', 'out']] },
  defaults: Object.fromEntries(reader.names.map((name) => [name, rules[name]!.default])),
})

const tables: Readonly<Record<Kind | 'run', Table>> = {
  run: tableOf(runReader, runRules),
  convolve: tableOf(readers.convolve, convolveRules, ['mode', 'padding']),
  signal: tableOf(readers.signal, signalRules, ['mode', 'padding']),
  layer: tableOf(readers.layer, layerRules),
  transposed: tableOf(readers.transposed, transposedRules, ['outputPadding', 'outputShape']),
}

/** For a message about an option of another call. The first entry that has the option counts. */
const callsAndRules: readonly (readonly [string, Rules])[] = [
  ['convolve and correlate', convolveRules],
  ['the calls convolve and correlate, and of the filters', missingRules],
  ['conv1d, conv2d and conv3d', layerRules],
  ['convTranspose1d, 2d and 3d', transposedRules],
]

/**
 * The checked options of any call. Throws `OptionError` for an unknown option (`OPTION_UNKNOWN`),
 * for a value that is not valid (`OPTION_INVALID`), and for two options that exclude each other
 * (`OPTION_CONFLICT`).
 */
export function validateCallOptions(call: string, options: unknown): CheckedOptions {
  return validateFor(kindOf(call), call, options)
}

/** The checked options of the calls `convolve` and `correlate`. Throws as above. */
export function validateSignalOptions(call: string, options: unknown): CheckedSignalOptions {
  return validateFor('signal', call, options) as CheckedSignalOptions
}

/** The checked options of a forward layer or its gradients. Throws as above. */
export function validateLayerOptions(call: string, options: unknown): CheckedLayerOptions {
  return validateFor('layer', call, options) as CheckedLayerOptions
}

/** The checked options of a transposed layer or its gradients. Throws as above. */
export function validateTransposedOptions(call: string, options: unknown): CheckedLayerOptions {
  return validateFor('transposed', call, options) as CheckedLayerOptions
}

/**
 * The caller's values of all options, each read once but not checked. Comparing them with those of
 * the previous call is cheaper than a check. Throws `OptionError` for an unknown option.
 */
export function readOptions(call: string, options: unknown): Reading {
  return readWith(tables[kindOf(call)], call, options)
}

/** As `readOptions`, for the calls `convolve` and `correlate` themselves. */
export function readSignalOptions(call: string, options: unknown): Reading {
  return readWith(tables.signal, call, options)
}

/** Checks the values that `readSignalOptions` returned. */
export function validateSignalReading(call: string, reading: Reading): CheckedSignalOptions {
  return makeRecord('signal', call, tables.signal.reader.names, reading) as CheckedSignalOptions
}

/** Checks the values that `readOptions` returned. */
export function validateReading(call: string, reading: Reading): CheckedOptions {
  const kind = kindOf(call)
  return makeRecord(kind, call, tables[kind].reader.names, reading)
}

/**
 * What `readOptions` would return for the checked copies of these values. Unlike the values of the
 * caller, the copies do not change.
 */
export function readingOfCopies(call: string, reading: Reading, checked: CheckedOptions): Reading {
  const copies = checked as Readonly<Record<string, unknown>>
  const { names } = tables[kindOf(call)].reader
  return reading.map((value, i) => (value === undefined ? undefined : copies[names[i]!]))
}

/** The names and values of the options of a call that differ from their defaults. */
export function* changedOptions(
  call: string,
  checked: object,
): Generator<readonly [name: string, value: unknown]> {
  const { reader, defaults } = tables[kindOf(call)]
  const values = checked as Readonly<Record<string, unknown>>
  for (const name of reader.names) {
    const value = values[name]
    if (value !== undefined && !Object.is(value, defaults[name])) yield [name, value]
  }
}

/**
 * Options of a call that another function does not take, although it takes the other options of
 * that call: option → end of the error message, with advice.
 */
export type RejectedOptions = Readonly<Record<string, string>>

/**
 * Checks the options of the function `name`, which takes the options of `call` except `refused`.
 * `beside` lists the function's additional options, which are not checked here.
 */
export function validateOptionsOf(
  name: string,
  call: string,
  options: unknown,
  beside: readonly string[],
  refused: RejectedOptions,
): CheckedOptions {
  return validateWithout(kindOf(call), name, options, beside, refused)
}

/** As `validateOptionsOf`, for a function that takes only what every call takes (`RunOptions`). */
export function validateRunOptions(
  name: string,
  options: unknown,
  beside: readonly string[],
  refused: RejectedOptions,
): Checked<RunOptions> {
  return validateWithout('run', name, options, beside, refused)
}

/** The checked value of one option of a call. Throws `OptionError` as the call does. */
export function validateOption(call: string, name: string, value: unknown): unknown {
  return checkedValue(call, name, tables[kindOf(call)].rules[name]!, value)
}

/**
 * The checked value of an option of missing samples, or of a border: for filters that compute what
 * `correlate` does. Its default if there is none. Throws `OptionError`.
 */
export function validateMissingOption(
  call: string,
  name: 'missing' | 'minimumPresent' | 'boundary',
  value: unknown,
): unknown {
  const { rules, defaults } = tables.signal
  return value === undefined ? defaults[name] : checkedValue(call, name, rules[name]!, value)
}

/** The options as an object. Throws `OptionError` (`OPTION_INVALID`) for anything else. */
export function optionsObject(call: string, options: unknown): Readonly<Record<string, unknown>> {
  if (options === undefined) return {}
  if (!isOptionsObject(options)) {
    throw new OptionError(
      'OPTION_INVALID',
      `${call}: options are ${formatValue(options)}; an object such as { stride: 2 } is needed.`,
    )
  }
  return options as Readonly<Record<string, unknown>>
}

function kindOf(call: string): Kind {
  if (call === 'convolve' || call === 'correlate') return 'convolve'
  return isTransposed(call) ? 'transposed' : 'layer'
}

function validateFor(kind: Kind, call: string, options: unknown): CheckedOptions {
  const table = tables[kind]
  return makeRecord(kind, call, table.reader.names, readWith(table, call, options))
}

function validateWithout(
  kind: Kind | 'run',
  name: string,
  options: unknown,
  beside: readonly string[],
  refused: RejectedOptions,
): CheckedOptions {
  const table = tables[kind]
  const source = optionsObject(name, options)
  for (const [option, advice] of Object.entries(refused)) {
    if (!Object.hasOwn(source, option) || source[option] === undefined) continue
    throw new OptionError('OPTION_UNKNOWN', `${name} has no option ${formatValue(option)}${advice}`)
  }
  const { known, names } = table.reader
  const unknown = unknownName(beside.length === 0 ? known : new Set([...known, ...beside]), source)
  const isRefused = (option: string): boolean => Object.hasOwn(refused, option)
  if (unknown !== undefined) {
    const accepted = [...names.filter((option) => !isRefused(option)), ...beside]
    throw new OptionError('OPTION_UNKNOWN', unknownOption(accepted, name, unknown))
  }
  const reading = names.map((option) => (isRefused(option) ? undefined : source[option]))
  return makeRecord(kind, name, names, reading)
}

function readWith({ reader }: Table, call: string, options: unknown): Reading {
  if (options === undefined) return new Array(reader.names.length).fill(undefined)
  const source = optionsObject(call, options)
  const unknown = unknownName(reader.known, source)
  if (unknown !== undefined)
    throw new OptionError('OPTION_UNKNOWN', unknownOption(reader.names, call, unknown))
  return reader.read(source)
}

/** Checks each value and the exclusive pairs, and adds the defaults. Returns the frozen record. */
function makeRecord(
  kind: Kind | 'run',
  call: string,
  names: readonly string[],
  reading: Reading,
): CheckedOptions {
  const { rules, eitherOr, defaults } = tables[kind]
  const record: Record<string, unknown> = { ...defaults }
  for (let i = 0; i < names.length; i++) {
    const [name, value] = [names[i]!, reading[i]]
    if (value !== undefined) record[name] = checkedValue(call, name, rules[name]!, value)
  }
  for (const [first, second] of eitherOr) {
    if (record[first] === undefined || record[second] === undefined) continue
    throw new OptionError(
      'OPTION_CONFLICT',
      `${call}: ${first} (${formatValue(record[first])}) and ${second} ` +
        `(${formatValue(record[second])}) cannot be used together. Leave one out.`,
    )
  }
  if (record.deterministic === true && record.tune === 'measure') {
    throw new OptionError(
      'OPTION_CONFLICT',
      `${call}: deterministic and tune: 'measure' cannot be used together: a measurement may ` +
        'lead to another choice on every machine. Leave one out.',
    )
  }
  const hasMode = kind === 'convolve' || kind === 'signal'
  if (hasMode && record.padding === undefined) record.mode ??= 'same'
  // The cast is safe: the rule of each name accepted its value, or has its default.
  return Object.freeze(record) as CheckedOptions
}

function checkedValue(call: string, name: string, rule: Rule, value: unknown): unknown {
  const checked = rule.read(value)
  if (checked !== undefined) return checked
  throw new OptionError(
    'OPTION_INVALID',
    `${call}: option ${formatValue(name)} is ${formatValue(value)}; it must be ` +
      `${rule.needed(value)}.${rule.suggestion?.(value) ?? ''}`,
  )
}

function unknownOption(names: readonly string[], call: string, name: string): string {
  const owner = callsAndRules.find(([, rules]) => Object.hasOwn(rules, name))?.[0]
  const foreign = foreignOption(name, names)
  const suggestion = closestName(name, names)
  const advice = owner
    ? `It is an option of ${owner}. `
    : foreign
      ? `Write ${foreign}. `
      : suggestion
        ? `Did you mean ${formatValue(suggestion)}? `
        : ''
  return `${call} has no option ${formatValue(name)}. ${advice}It takes ${names.join(', ')}.`
}
