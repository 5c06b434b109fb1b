/**
 * Activations: functions of one number that a layer applies to its finished sums.
 *
 * `activations` defines every kind. `plainActivations` and `parametricActivations` list the names
 * that a caller may give, and the kind behind each: relu and relu6 are clamps. The types of these
 * tables, and of the tables by kind in the backends, require every entry: an activation without one
 * does not compile.
 */

import { type ComputeDType, epsilon } from './dtype.ts'
import { hyperbolicTangent, sigmoid } from './elementary.ts'

/** A function that a layer applies to every result, after it adds the bias. */
export type Activation =
  | 'relu'
  | 'relu6'
  | 'sigmoid'
  | 'tanh'
  | { readonly name: 'leaky-relu'; readonly slope: number }
  | { readonly name: 'clamp'; readonly min: number; readonly max: number }

/** The kinds of activations, and the parameters of each. */
export interface ActivationParameters {
  readonly clamp: { readonly min: number; readonly max: number }
  readonly leaky: { readonly slope: number }
  readonly sigmoid: object
  readonly tanh: object
}

export type ActivationKind = keyof ActivationParameters

/** An activation of one of these kinds, with its parameters. */
export type ActivationOf<Kind extends ActivationKind> = {
  [K in Kind]: { readonly kind: K } & ActivationParameters[K]
}[Kind]

/** An activation as programs contain it. */
export type EpilogueActivation = ActivationOf<ActivationKind>

interface ActivationDefinition<Parameters> {
  /** The names of the parameters. All of them are numbers. */
  readonly parameters: readonly (keyof Parameters)[]
  /** Whether numbers, maybe NaN, are valid parameters. */
  readonly accepts: (parameters: Parameters) => boolean
  /** What the parameters must fulfil, for a message; undefined if a message needs no such text. */
  readonly condition?: string
  /** The activation as a function of one number. NaN stays NaN. */
  readonly formula: (parameters: Parameters) => (value: number) => number
  /**
   * The largest error of a result of magnitude `size`, if the error of the sum is at most `bound`.
   * `unit` is the ε of the compute type.
   */
  readonly errorBound: (bound: number, size: number, unit: number, parameters: Parameters) => number
  /** What it makes of an integer: an integer or a limit, an exact fraction, or a rounded number. */
  readonly ofInteger: 'integer' | 'fraction' | 'rounded'
  /** The activation in a printed program. */
  readonly text: (parameters: Parameters) => string
}

/**
 * The error of sigmoid and tanh, in units of ε. Their results are at most 1; the error comes from a
 * few roundings and a truncated series.
 */
const functionRounding = 4

/** The definition of every kind. */
export const activations: {
  readonly [Kind in ActivationKind]: ActivationDefinition<ActivationParameters[Kind]>
} = {
  clamp: {
    parameters: ['min', 'max'],
    accepts: ({ min, max }) => min <= max,
    condition: 'min ≤ max',
    formula:
      ({ min, max }) =>
      (value) =>
        Math.min(Math.max(value, min), max),
    errorBound: (bound) => bound,
    ofInteger: 'integer',
    text: ({ min, max }) => `clamped to ${min} … ${max}`,
  },
  leaky: {
    parameters: ['slope'],
    accepts: ({ slope }) => Number.isFinite(slope),
    formula:
      ({ slope }) =>
      (value) =>
        value < 0 ? value * slope : value,
    errorBound: (bound, size, unit, { slope }) =>
      bound * Math.max(1, Math.abs(slope)) + unit * size,
    ofInteger: 'fraction',
    text: ({ slope }) => `negative results times ${slope}`,
  },
  sigmoid: {
    parameters: [],
    accepts: () => true,
    formula: () => sigmoid,
    errorBound: (bound, _, unit) => bound + functionRounding * unit,
    ofInteger: 'rounded',
    text: () => 'sigmoid',
  },
  tanh: {
    parameters: [],
    accepts: () => true,
    formula: () => hyperbolicTangent,
    errorBound: (bound, _, unit) => bound + functionRounding * unit,
    ofInteger: 'rounded',
    text: () => 'tanh',
  },
}

type PlainName = Extract<Activation, string>
type ParametricName = Exclude<Activation, string>['name']

/** The activations that a caller gives by their name alone. */
export const plainActivations: Readonly<Record<PlainName, EpilogueActivation>> = {
  relu: { kind: 'clamp', min: 0, max: Infinity },
  relu6: { kind: 'clamp', min: 0, max: 6 },
  sigmoid: { kind: 'sigmoid' },
  tanh: { kind: 'tanh' },
}

/** The activations that a caller gives as a record of name and parameters, and their kinds. */
export const parametricActivations: Readonly<Record<ParametricName, ActivationKind>> = {
  'leaky-relu': 'leaky',
  clamp: 'clamp',
}

/**
 * Returns a copy of the parameters in `record`, each of which is read once. Undefined if one is
 * missing or not valid.
 */
export function readParameters<Kind extends ActivationKind>(
  kind: Kind,
  record: Readonly<Record<string, unknown>>,
): ActivationParameters[Kind] | undefined {
  const { parameters, accepts } = activations[kind]
  const values = parameters.map((name) => [name, record[name as string]] as const)
  if (!values.every(([, value]) => typeof value === 'number')) return undefined
  const copy = Object.fromEntries(values) as ActivationParameters[Kind]
  return accepts(copy) ? copy : undefined
}

/** Returns a checked activation in the form of programs. */
export function epilogueActivation(activation: Activation): EpilogueActivation {
  if (typeof activation === 'string') return plainActivations[activation]
  const { name, ...parameters } = activation
  // The parameters have the same names in both forms.
  return { kind: parametricActivations[name], ...parameters } as EpilogueActivation
}

/** Returns the activation as a function of one number; without an activation the identity. */
export function activationFunction<Kind extends ActivationKind>(
  activation: ActivationOf<Kind> | undefined,
): (value: number) => number {
  return activation === undefined
    ? (value) => value
    : activations[activation.kind].formula(activation)
}

/**
 * Returns the bound after an activation. It may enlarge a difference, and it rounds a result of
 * magnitude `size`.
 */
export function activatedBound<Kind extends ActivationKind>(
  bound: number,
  size: number,
  activation: ActivationOf<Kind> | undefined,
  dtype: ComputeDType,
): number {
  return activation === undefined
    ? bound
    : activations[activation.kind].errorBound(bound, size, epsilon[dtype], activation)
}

/** Returns the activation as a printed program shows it. */
export function activationText<Kind extends ActivationKind>(
  activation: ActivationOf<Kind>,
): string {
  return activations[activation.kind].text(activation)
}
