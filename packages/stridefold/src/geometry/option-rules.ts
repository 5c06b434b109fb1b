/**
 * Which values may each option have, and which has it if it is left out? Each option has one rule.
 * A rule returns a plain copy of the caller's value, or a text that says what is needed.
 *
 * Code after the check sees only these copies. Lists and records, such as a border with a constant,
 * are copied and frozen. Arrays (`out`, `bias`) and signals are passed on as they are. The rules
 * see no arrays, so they cannot check the number of axes: the geometry does.
 */

import { type Activation, parametricActivations, plainActivations } from '../ndarray/activation.ts'
import { dtypeOf, dtypes, isDType } from '../ndarray/dtype.ts'
import { isGpuBufferArray } from '../ndarray/given-on-gpu.ts'
import { validateAlgorithm } from './algorithm-names.ts'
import { boundaryAdvice, boundaryFrom, boundarySuggestion } from './boundary.ts'
import { didYouMean, formatValue } from './format-value.ts'
import { layouts, weightLayouts } from './layouts.ts'
import type {
  ConvolveOptions,
  LayerOptions,
  MissingOptions,
  RunOptions,
  SignalOptions,
  TransposedOptions,
} from './options.ts'
import { modes, paddingNames } from './padding.ts'

export interface Rule {
  /** A copy of the value that the caller cannot change; undefined for a value that is not valid. */
  readonly read: (value: unknown) => unknown
  /** What the option must be, for a message about a value that is not valid. */
  readonly needed: (value: unknown) => string
  /** A sentence that suggests a name for a misspelt one, or nothing. */
  readonly suggestion?: (value: unknown) => string
  /** The value if the option is left out. Undefined if it depends on the call or on its shapes. */
  readonly default?: unknown
}
export type Rules = Readonly<Record<string, Rule>>
type RulesOf<Options> = Readonly<Record<keyof Options, Rule>>

const rule = (read: Rule['read'], needed: string): Rule => ({ read, needed: () => needed })

/** The same rule, with a value for calls that leave the option out. */
const withDefault = (value: unknown, of: Rule): Rule => ({ ...of, default: value })

/** The same rule, which suggests one of these names. */
const withNames = (names: readonly string[], of: Rule): Rule => ({
  ...of,
  suggestion: (value) => {
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value]
    return didYouMean(
      entries.find((entry) => !isOneOf(names, entry)),
      names,
    )
  },
})

/** Passes a value on unchanged if `accepts` returns true. */
const readIf =
  (accepts: (value: unknown) => boolean): Rule['read'] =>
  (value) =>
    accepts(value) ? value : undefined

const isInteger = (value: unknown, min = Number.MIN_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min
const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && !Number.isNaN(value)
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const isOneOf = (names: readonly string[], value: unknown): boolean =>
  typeof value === 'string' && names.includes(value)
const isKeyOf = <T extends object>(table: T, value: unknown): value is keyof T & string =>
  typeof value === 'string' && Object.hasOwn(table, value)
const formatNames = (names: readonly string[]): string => names.map(formatValue).join(', ')

const nameRule = (...names: readonly string[]): Rule =>
  withNames(
    names,
    rule(
      readIf((value) => isOneOf(names, value)),
      `one of ${formatNames(names)}`,
    ),
  )
const booleanRule = rule(
  readIf((value) => typeof value === 'boolean'),
  'true or false',
)
const arrayRule = rule(
  readIf(
    (value) =>
      ArrayBuffer.isView(value) || (isObject(value) && (Array.isArray(value) || 'data' in value)),
  ),
  'an array',
)

/** A result can be written into a typed array, but not into nested lists of numbers. */
const writableArrayRule = rule(
  readIf(
    (value) =>
      dtypeOf(value) !== undefined ||
      (isObject(value) && 'data' in value && dtypeOf(value.data) !== undefined) ||
      isGpuBufferArray(value),
  ),
  'an array that can be written to: a typed array, or one made by zeros() or ndarray()',
)

/**
 * A frozen copy of a list; reads each entry once. Undefined for an empty list, or if an entry is
 * missing or not valid.
 */
function readList(list: readonly unknown[], read: Rule['read']): readonly unknown[] | undefined {
  const entries: unknown[] = []
  for (let i = 0; i < list.length; i++) {
    const entry = read(list[i])
    if (entry === undefined) return undefined
    entries.push(entry)
  }
  return entries.length === 0 ? undefined : Object.freeze(entries)
}

/** Reads one value, or a list with one value per axis. */
const perAxis =
  (read: Rule['read']): Rule['read'] =>
  (value) =>
    Array.isArray(value) ? readList(value, read) : read(value)

const perAxisRule = (accepts: (value: unknown) => boolean, needed: string): Rule =>
  rule(perAxis(readIf(accepts)), `${needed}, or a list with one per axis`)

const readInteger = readIf((value) => isInteger(value))
const readSides: Rule['read'] = (value) =>
  Array.isArray(value) && value.length === 2 ? readList(value, readInteger) : readInteger(value)
const readPadding = perAxis(readSides)
const paddingNeeded =
  'a whole number (negative crops), or a list with a number or [before, after] per axis'

/** Names that options accept for a padding, besides those of padding.ts. */
const withAlias = (names: readonly string[]): string[] =>
  names.flatMap((name) => (name === 'same' ? ['same', 'same-upper'] : [name]))

/** A name of a padding; 'same-upper' is another name of 'same'. */
const readPaddingName =
  (names: readonly string[]): Rule['read'] =>
  (value) =>
    value === 'same-upper' ? 'same' : isOneOf(names, value) ? value : undefined

const stepRule = perAxisRule((value) => isInteger(value, 1), 'a whole number ≥ 1')

/** A name is passed on as it is; a constant becomes a frozen record. */
const readBorder: Rule['read'] = (value) => {
  const border = boundaryFrom(value)
  return border !== undefined && typeof value === 'string' ? value : border
}

/** The first entry of an option, or of its list, that `read` does not accept. */
function rejectedEntry(value: unknown, read: Rule['read']): unknown {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value]
  return entries.find((entry) => read(entry) === undefined)
}

const borderRule: Rule = {
  read: perAxis(readBorder),
  needed: (value) =>
    Array.isArray(value) && value.length === 0
      ? 'a border, or a list with one per axis'
      : boundaryAdvice(rejectedEntry(value, readBorder)),
  suggestion: (value) => {
    const entry = rejectedEntry(value, readBorder)
    return entry === 'missing'
      ? " 'missing' is a border of the calls convolve and correlate, and of the filters."
      : boundarySuggestion(entry)
  },
}

/** Samples outside may also be missing. */
const readBorderOrMissing: Rule['read'] = (value) =>
  value === 'missing' ? value : readBorder(value)

export const borderOrMissingRule: Rule = {
  read: perAxis(readBorderOrMissing),
  needed: (value) =>
    `'missing', ${borderRule.needed(rejectedEntry(value, readBorderOrMissing) ?? value)}`,
  suggestion: (value) => boundarySuggestion(rejectedEntry(value, readBorderOrMissing)),
}

/** Reads the name of an activation, or a record of a name and parameters. */
function readActivation(value: unknown): Activation | undefined {
  if (isKeyOf(plainActivations, value)) return value
  if (!isObject(value)) return undefined
  const record = value as Readonly<Record<string, unknown>>
  const { name } = record
  if (!isKeyOf(parametricActivations, name)) return undefined
  const parameters = parametricActivations[name].read(record)
  const isOther = (key: string): boolean => key !== 'name' && !Object.hasOwn(parameters ?? {}, key)
  if (parameters === undefined || Object.keys(value).some(isOther)) return undefined
  return Object.freeze({ name, ...parameters }) as Activation
}

const activationsNeeded = `one of ${formatNames(Object.keys(plainActivations))}, ${Object.values(
  parametricActivations,
)
  .map(({ needed }) => needed)
  .join(' or ')}`

const isSignal = (value: unknown): boolean =>
  isObject(value) &&
  'aborted' in value &&
  'addEventListener' in value &&
  typeof value.addEventListener === 'function'

export const runRules: RulesOf<RunOptions> = {
  algorithm: withDefault(
    'auto',
    rule(
      (value) => (typeof value === 'string' && value !== '' ? validateAlgorithm(value) : undefined),
      "'auto' or a name from algorithms()",
    ),
  ),
  accuracy: withDefault('fast', nameRule('fast', 'strict')),
  tune: withDefault('predict', nameRule('predict', 'measure')),
  deterministic: withDefault(false, booleanRule),
  backend: withDefault('auto', nameRule('auto', 'wasm', 'js', 'webgpu')),
  threads: withDefault(
    'auto',
    rule(
      readIf((value) => value === 'auto' || isInteger(value, 1)),
      "'auto' or a whole number ≥ 1",
    ),
  ),
  memoryLimit: withDefault(
    Infinity,
    rule(
      readIf((value) => isNumber(value) && value >= 0),
      'a number of bytes ≥ 0',
    ),
  ),
  dtype: withNames(
    Object.keys(dtypes),
    rule(readIf(isDType), `one of ${formatNames(Object.keys(dtypes))}`),
  ),
  out: writableArrayRule,
  // No default: it would conflict with `out`.
  memory: nameRule('heap', 'backend', 'gpu'),
  signal: {
    ...rule(readIf(isSignal), 'an AbortSignal'),
    suggestion: (value) =>
      isObject(value) && 'signal' in value ? ' Give the signal of this controller: .signal.' : '',
  },
  verify: withDefault(false, booleanRule),
}

/** `mode` has no default here: it is 'same', unless `padding` is given (see check-options.ts). */
/** The same rule, which knows the names of borders: SciPy's `mode` is one. */
const withBorderAdvice = (of: Rule): Rule => ({
  ...of,
  suggestion: (value) =>
    typeof value === 'string' && boundaryFrom(value) !== undefined
      ? ` ${formatValue(value)} is a border: use boundary: ${formatValue(value)}.`
      : (of.suggestion?.(value) ?? ''),
})

export const convolveRules: RulesOf<SignalOptions> = {
  ...runRules,
  mode: withBorderAdvice(
    withNames(
      modes,
      rule(
        perAxis(readPaddingName(modes)),
        `one of ${formatNames(withAlias(modes))}, or a list with one per axis`,
      ),
    ),
  ),
  padding: {
    read: readPadding,
    needed: (value) =>
      `${paddingNeeded}${typeof value === 'string' ? "; use 'mode' for a name" : ''}`,
  },
  boundary: withDefault('zero', borderRule),
  stride: withDefault(1, stepRule),
  dilation: withDefault(1, stepRule),
  channelAxis: rule(readInteger, 'the number of an axis; negative numbers count from the end'),
  bias: withDefault(0, rule(readIf(isNumber), 'a number')),
}

export const missingRules: RulesOf<MissingOptions> = {
  missing: rule(
    (value) => (value === 'nan' ? value : arrayRule.read(value)),
    "'nan', or an array of the shape of the input that is 0 where a sample is missing",
  ),
  // Without a default: whether it is given decides which path a call takes.
  minimumPresent: rule(
    readIf((value) => isNumber(value) && value >= 0 && value <= 1),
    'a number from 0 to 1',
  ),
}

/** The rules of the calls themselves. A plan and a geometry have no missing samples. */
export const signalRules: RulesOf<ConvolveOptions> = {
  ...{ ...convolveRules, ...missingRules },
  boundary: withDefault('zero', borderOrMissingRule),
}

/** `groups` has no default here: it is 1, or depends on the weight (see layouts.ts). */
export const layerRules: RulesOf<LayerOptions> = {
  ...runRules,
  bias: arrayRule,
  stride: withDefault(1, stepRule),
  padding: withDefault(
    0,
    withNames(
      paddingNames,
      rule(
        (value) => readPaddingName(paddingNames)(value) ?? readPadding(value),
        `${paddingNeeded}, or one of ${formatNames(withAlias(paddingNames))}`,
      ),
    ),
  ),
  dilation: withDefault(1, stepRule),
  groups: rule(
    readIf((value) => isInteger(value, 1)),
    'a whole number ≥ 1',
  ),
  boundary: withDefault('zero', borderRule),
  layout: withDefault('channels-first', nameRule(...layouts)),
  weightLayout: nameRule(...weightLayouts),
  activation: withNames(
    [...Object.keys(plainActivations), ...Object.keys(parametricActivations)],
    rule(readActivation, activationsNeeded),
  ),
}

export const transposedRules: RulesOf<TransposedOptions> = {
  ...layerRules,
  outputPadding: perAxisRule((value) => isInteger(value, 0), 'a whole number ≥ 0'),
  outputShape: rule(
    (value) =>
      Array.isArray(value)
        ? readList(
            value,
            readIf((extent) => isInteger(extent, 0)),
          )
        : undefined,
    'a list of extents, one per spatial axis, or the whole shape',
  ),
}
