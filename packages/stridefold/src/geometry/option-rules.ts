/**
 * What may each option be? One rule an option: it reads a value that came from outside and gives a
 * plain copy of it, or says what is needed.
 *
 * What a rule gives is all that anybody behind the check ever sees: lists are copied and frozen,
 * records such as a border with a constant too, and arrays (`out`, `bias`) and signals stay what
 * they are. Only what can be said without the arrays is said here; how many axes there are, and
 * what fits them, is the geometry's business.
 */

import { dtypeOf, dtypes, isDType } from '../ndarray/dtype.ts'
import { checkedAlgorithm } from './algorithm-names.ts'
import { boundaryAdvice, boundaryFrom } from './boundary.ts'
import type {
  Activation,
  ConvolveOptions,
  LayerOptions,
  RunOptions,
  TransposedOptions,
  WeightLayout,
} from './options.ts'
import { modes, paddingNames } from './padding.ts'
import { formatValue } from './format-value.ts'

export interface Rule {
  /**
   * The value as it is kept: plain data that nobody else can change. Undefined where it is not what
   * is needed.
   */
  readonly read: (value: unknown) => unknown
  /** What a value must be, for one that is not. */
  readonly needed: (value: unknown) => string
}
export type Rules = Readonly<Record<string, Rule>>
type RulesOf<Options> = Readonly<Record<keyof Options, Rule>>

const rule = (read: Rule['read'], needed: string): Rule => ({ read, needed: () => needed })

/** A value that is kept as it is where it is accepted. */
const either =
  (accepts: (value: unknown) => boolean): Rule['read'] =>
  (value) =>
    accepts(value) ? value : undefined

const isInteger = (value: unknown, least = Number.MIN_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least
const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && !Number.isNaN(value)
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const isOneOf = (words: readonly string[], value: unknown): boolean =>
  typeof value === 'string' && words.includes(value)
const listed = (words: readonly string[]): string => words.map(formatValue).join(', ')

const word = (...words: readonly string[]): Rule =>
  rule(
    either((value) => isOneOf(words, value)),
    `one of ${listed(words)}`,
  )
const yesOrNo = rule(
  either((value) => typeof value === 'boolean'),
  'true or false',
)
const array = rule(
  either(
    (value) =>
      ArrayBuffer.isView(value) || (isObject(value) && (Array.isArray(value) || 'data' in value)),
  ),
  'an array',
)

/** Lists hold their numbers where no result can be written. */
const writable = rule(
  either(
    (value) =>
      dtypeOf(value) !== undefined ||
      (isObject(value) && 'data' in value && dtypeOf(value.data) !== undefined),
  ),
  'an array that can be written: a typed array, or one from zeros() or ndarray()',
)

/**
 * The entries of a list, each read once; undefined where one is not what is needed, a gap included,
 * or there is none.
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

/** One value, or a list of them with one per axis. */
const perAxis =
  (read: Rule['read']): Rule['read'] =>
  (value) =>
    Array.isArray(value) ? readList(value, read) : read(value)

const perAxisRule = (accepts: (value: unknown) => boolean, needed: string): Rule =>
  rule(perAxis(either(accepts)), `${needed}, or a list with one per axis`)

const whole = either((value) => isInteger(value))
const sides: Rule['read'] = (value) =>
  Array.isArray(value) && value.length === 2 ? readList(value, whole) : whole(value)
const samples = perAxis(sides)
const samplesNeeded =
  'a whole number (negative crops), or a list with a number or [before, after] per axis'

const steps = perAxisRule((value) => isInteger(value, 1), 'a whole number ≥ 1')

/** Words stay as they came; a constant becomes a record of our own. */
const readBorder: Rule['read'] = (value) => {
  const border = boundaryFrom(value)
  return border !== undefined && typeof value === 'string' ? value : border
}
const border: Rule = {
  read: perAxis(readBorder),
  needed: (value) => {
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (entries.length === 0) return 'a border, or a list with one per axis'
    return boundaryAdvice(entries.find((entry) => boundaryFrom(entry) === undefined))
  },
}

/** Every order that `weightLayout` may name, of all ranks. */
export const weightLayouts: readonly WeightLayout[] = (['W', 'HW', 'DHW'] as const).flatMap(
  (axes): WeightLayout[] => [
    `OI${axes}`,
    `${axes}IO`,
    `O${axes}I`,
    `I${axes}O`,
    `IO${axes}`,
    `${axes}OI`,
  ],
)

const plainActivations = ['relu', 'relu6', 'sigmoid', 'tanh']

function readActivation(value: unknown): Activation | undefined {
  if (isOneOf(plainActivations, value)) return value as Activation
  if (!isObject(value)) return undefined
  const { name, min, max, slope } = value as Readonly<Record<string, unknown>>
  const hasOnly = (...names: readonly string[]): boolean =>
    Object.keys(value).every((own) => names.includes(own))
  if (name === 'leaky-relu') {
    return Number.isFinite(slope) && hasOnly('name', 'slope')
      ? Object.freeze({ name, slope: slope as number })
      : undefined
  }
  if (
    name !== 'clamp' ||
    !isNumber(min) ||
    !isNumber(max) ||
    min > max ||
    !hasOnly('name', 'min', 'max')
  )
    return undefined
  return Object.freeze({ name, min, max })
}

const isSignal = (value: unknown): boolean =>
  isObject(value) &&
  'aborted' in value &&
  'addEventListener' in value &&
  typeof value.addEventListener === 'function'

export const runRules: RulesOf<RunOptions> = {
  algorithm: rule(
    (value) => (typeof value === 'string' && value !== '' ? checkedAlgorithm(value) : undefined),
    "'auto' or a name from algorithms()",
  ),
  accuracy: word('fast', 'strict'),
  deterministic: yesOrNo,
  backend: word('auto', 'wasm', 'js'),
  threads: rule(
    either((value) => isInteger(value, 1)),
    'a whole number ≥ 1',
  ),
  memoryLimit: rule(
    either((value) => isNumber(value) && value >= 0),
    'a number of bytes ≥ 0',
  ),
  dtype: rule(either(isDType), `one of ${listed(Object.keys(dtypes))}`),
  out: writable,
  signal: rule(either(isSignal), 'an AbortSignal'),
  verify: yesOrNo,
}

export const convolveRules: RulesOf<ConvolveOptions> = {
  ...runRules,
  mode: perAxisRule((value) => isOneOf(modes, value), `one of ${listed(modes)}`),
  padding: {
    read: samples,
    needed: (value) =>
      `${samplesNeeded}${typeof value === 'string' ? "; names go into 'mode'" : ''}`,
  },
  boundary: border,
  stride: steps,
  dilation: steps,
  channelAxis: rule(whole, 'the number of an axis, counted from the end where negative'),
  bias: rule(either(isNumber), 'a number'),
}

export const layerRules: RulesOf<LayerOptions> = {
  ...runRules,
  bias: array,
  stride: steps,
  padding: rule(
    (value) => (isOneOf(paddingNames, value) ? value : samples(value)),
    `${samplesNeeded}, or one of ${listed(paddingNames)}`,
  ),
  dilation: steps,
  groups: rule(
    either((value) => isInteger(value, 1)),
    'a whole number ≥ 1',
  ),
  boundary: border,
  layout: word('channels-first', 'channels-last'),
  weightLayout: word(...weightLayouts),
  activation: rule(
    readActivation,
    `one of ${listed(plainActivations)}, { name: 'leaky-relu', slope } or { name: 'clamp', ` +
      'min, max } with min ≤ max',
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
            either((extent) => isInteger(extent, 0)),
          )
        : undefined,
    'a list of extents, one per spatial axis (or the whole shape)',
  ),
}
