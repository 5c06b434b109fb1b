/**
 * Is this an option, and may it have this value? One table a call: option → rule, and a rule answers what is needed instead.
 *
 * Only what can be said without the arrays is said here; how many axes there are, and what fits them, is the geometry's business.
 */

import { OptionError } from '../errors.ts'
import { dtypes, isDType } from '../ndarray/dtype.ts'
import { boundaryAdvice, boundaryFrom } from './boundary.ts'
import type { ConvolveOptions, LayerOptions, RunOptions, TransposedOptions, WeightLayout } from './options.ts'
import { modes, paddingNames } from './padding.ts'
import { nearest, quoted } from './quoted.ts'

/** What a value must be where it is not that; undefined where it is. */
type Rule = (value: unknown) => string | undefined
type Rules = Readonly<Record<string, Rule>>

const rule =
  (accepts: (value: unknown) => boolean, needed: string): Rule =>
  (value) =>
    accepts(value) ? undefined : needed

const isWhole = (value: unknown, least = Number.MIN_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least
const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value)
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isOneOf = (words: readonly string[], value: unknown): boolean => typeof value === 'string' && words.includes(value)
const listed = (words: readonly string[]): string => words.map(quoted).join(', ')

const word = (...words: readonly string[]): Rule => rule((value) => isOneOf(words, value), `one of ${listed(words)}`)
const yesOrNo = rule((value) => typeof value === 'boolean', 'true or false')
const array = rule((value) => ArrayBuffer.isView(value) || isList(value) || (isObject(value) && 'data' in value), 'an array')

/** One value that `accepts`, or a list of them with one per axis. */
const perAxis = (accepts: (value: unknown) => boolean, needed: string): Rule =>
  rule((value) => (isList(value) ? value.length > 0 && value.every(accepts) : accepts(value)), `${needed}, or a list with one per axis`)

const isSides = (value: unknown): boolean => isList(value) && value.length === 2 && value.every((side) => isWhole(side))
const isSamples = (value: unknown): boolean =>
  isWhole(value) || (isList(value) && value.length > 0 && value.every((entry) => isWhole(entry) || isSides(entry)))
const samples = 'a whole number (negative crops), or a list with a number or [before, after] per axis'

const steps = perAxis((value) => isWhole(value, 1), 'a whole number ≥ 1')

const border: Rule = (value) => {
  const entries = isList(value) ? value : [value]
  if (entries.length === 0) return 'a border, or a list with one per axis'
  const wrong = entries.findIndex((entry) => boundaryFrom(entry) === undefined)
  return wrong < 0 ? undefined : boundaryAdvice(entries[wrong])
}

/** Every order that `weightLayout` may name, of all ranks. */
export const weightLayouts: readonly WeightLayout[] = (['W', 'HW', 'DHW'] as const).flatMap((axes): WeightLayout[] => [
  `OI${axes}`,
  `${axes}IO`,
  `O${axes}I`,
  `I${axes}O`,
  `IO${axes}`,
  `${axes}OI`,
])

const plainActivations = ['relu', 'relu6', 'sigmoid', 'tanh']

function isActivation(value: unknown): boolean {
  if (isOneOf(plainActivations, value)) return true
  if (!isObject(value)) return false
  const { name, ...numbers } = value as Readonly<Record<string, unknown>>
  const given = Object.keys(numbers).sort().join()
  const { min, max, slope } = numbers
  if (name === 'leaky-relu') return given === 'slope' && Number.isFinite(slope)
  return name === 'clamp' && given === 'max,min' && isNumber(min) && isNumber(max) && min <= max
}

const runRules = {
  algorithm: rule((value) => typeof value === 'string' && value !== '', "'auto' or a name from algorithms()"),
  accuracy: word('fast', 'strict'),
  deterministic: yesOrNo,
  backend: word('auto', 'wasm', 'js'),
  threads: rule((value) => isWhole(value, 1), 'a whole number ≥ 1'),
  memoryLimit: rule((value) => isNumber(value) && value >= 0, 'a number of bytes ≥ 0'),
  dtype: rule(isDType, `one of ${listed(Object.keys(dtypes))}`),
  out: array,
  signal: rule((value) => isObject(value) && 'aborted' in value && 'addEventListener' in value, 'an AbortSignal'),
  verify: yesOrNo,
} satisfies Record<keyof RunOptions, Rule>

const convolveRules = {
  ...runRules,
  mode: perAxis((value) => isOneOf(modes, value), `one of ${listed(modes)}`),
  padding: (value) => (isSamples(value) ? undefined : `${samples}${typeof value === 'string' ? "; names go into 'mode'" : ''}`),
  boundary: border,
  stride: steps,
  dilation: steps,
  channelAxis: rule((value) => isWhole(value), 'the number of an axis, counted from the end where negative'),
  bias: rule(isNumber, 'a number'),
} satisfies Record<keyof ConvolveOptions, Rule>

const layerRules = {
  ...runRules,
  bias: array,
  stride: steps,
  padding: rule((value) => isSamples(value) || isOneOf(paddingNames, value), `${samples}, or one of ${listed(paddingNames)}`),
  dilation: steps,
  groups: rule((value) => isWhole(value, 1), 'a whole number ≥ 1'),
  boundary: border,
  layout: word('channels-first', 'channels-last'),
  weightLayout: word(...weightLayouts),
  activation: rule(
    isActivation,
    `one of ${listed(plainActivations)}, { name: 'leaky-relu', slope } or { name: 'clamp', min, max } with min ≤ max`,
  ),
} satisfies Record<keyof LayerOptions, Rule>

const transposedRules = {
  ...layerRules,
  outputPadding: perAxis((value) => isWhole(value, 0), 'a whole number ≥ 0'),
  outputShape: rule(
    (value) => isList(value) && value.length > 0 && value.every((extent) => isWhole(extent, 0)),
    'a list of extents, one per spatial axis (or the whole shape)',
  ),
} satisfies Record<keyof TransposedOptions, Rule>

/** Which calls an option belongs to, for those who used it elsewhere; the first table that has it. */
const homes: readonly (readonly [string, Rules])[] = [
  ['convolve and correlate', convolveRules],
  ['conv1d, conv2d and conv3d', layerRules],
  ['convTranspose1d, 2d and 3d', transposedRules],
]

/** The options of `convolve` or `correlate`, or `OptionError` for one that is unknown, malformed or at odds with another. */
export function checkedConvolveOptions(call: string, options: unknown): ConvolveOptions {
  const checked: ConvolveOptions = checkedAgainst(convolveRules, call, options)
  refuseBoth(call, checked, 'mode', 'padding')
  return checked
}

/** The options of a forward layer or its gradients, checked likewise. */
export function checkedLayerOptions(call: string, options: unknown): LayerOptions {
  return checkedAgainst(layerRules, call, options)
}

/** The options of a transposed layer or its gradients, checked likewise. */
export function checkedTransposedOptions(call: string, options: unknown): TransposedOptions {
  const checked: TransposedOptions = checkedAgainst(transposedRules, call, options)
  refuseBoth(call, checked, 'outputPadding', 'outputShape')
  return checked
}

/** The options of how a call runs, alone. */
export function checkedRunOptions(call: string, options: unknown): RunOptions {
  return checkedAgainst(runRules, call, options)
}

function checkedAgainst(rules: Rules, call: string, options: unknown = {}): object {
  if (!isObject(options) || isList(options) || ArrayBuffer.isView(options)) {
    throw new OptionError('OPTION_INVALID', `${call}: options are ${quoted(options)}; an object such as { stride: 2 } is needed.`)
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) throw new OptionError('OPTION_UNKNOWN', unknownOption(rules, call, name))
    const needed = value === undefined ? undefined : rules[name]!(value)
    if (needed !== undefined) {
      throw new OptionError('OPTION_INVALID', `${call}: option ${quoted(name)} is ${quoted(value)}; it must be ${needed}.`)
    }
  }
  return options
}

function unknownOption(rules: Rules, call: string, name: string): string {
  const home = homes.find(([, known]) => Object.hasOwn(known, name))
  const near = nearest(name, Object.keys(rules))
  const advice = home ? `It belongs to ${home[0]}. ` : near ? `Did you mean ${quoted(near)}? ` : ''
  return `${call} has no option ${quoted(name)}. ${advice}It takes ${Object.keys(rules).join(', ')}.`
}

function refuseBoth<Options extends object>(
  call: string,
  options: Options,
  one: keyof Options & string,
  other: keyof Options & string,
): void {
  if (options[one] === undefined || options[other] === undefined) return
  throw new OptionError(
    'OPTION_CONFLICT',
    `${call}: both ${one} (${quoted(options[one])}) and ${other} (${quoted(options[other])}) are given, and each decides alone. Leave one out.`,
  )
}
