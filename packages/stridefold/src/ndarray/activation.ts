/**
 * Activations: functions of one number that a layer applies to its finished sums.
 *
 * `activations` defines every kind. `plainActivations` and `parametricActivations` list the names
 * that a caller may give, and the kind behind each: relu and relu6 are clamps. The types of these
 * tables, and of the tables by kind elsewhere, require every entry: an activation without one does
 * not compile.
 */

import { type ComputeDType, epsilon } from './dtype.ts'
import { hyperbolicTangent, sigmoid } from './elementary.ts'

/**
 * A function that a layer applies to every result, after it adds the bias. `'relu'` is max(x, 0),
 * `'relu6'` is min(max(x, 0), 6), `'sigmoid'` is 1 / (1 + e⁻ˣ), `'tanh'` the hyperbolic tangent.
 * The others have parameters. NaN stays NaN.
 */
export type Activation =
  | 'relu'
  | 'relu6'
  | 'sigmoid'
  | 'tanh'
  | {
      /** The function: x if x ≥ 0, else slope · x. */
      readonly name: 'leaky-relu'
      /** The factor of negative numbers, finite; PyTorch's default is 0.01. */
      readonly slope: number
    }
  | {
      /** The function: x, but at least min and at most max. */
      readonly name: 'clamp'
      /** The smallest result; −Infinity for none. */
      readonly min: number
      /** The largest result, ≥ min; Infinity for none. */
      readonly max: number
    }

/** The kinds of activations, and the parameters of each. */
export interface ActivationParameters {
  readonly clamp: {
    /** The smallest result. */
    readonly min: number
    /** The largest result. */
    readonly max: number
  }
  readonly leaky: {
    /** The factor of negative numbers. */
    readonly slope: number
  }
  readonly sigmoid: object
  readonly tanh: object
}

export type ActivationKind = keyof ActivationParameters

/** An activation of one of these kinds, with its parameters. */
export type ActivationOf<Kind extends ActivationKind> = {
  [K in Kind]: {
    /** Which function: one of `activations`. */
    readonly kind: K
  } & ActivationParameters[K]
}[Kind]

/** An activation as programs contain it. */
export type EpilogueActivation = ActivationOf<ActivationKind>

interface ActivationDefinition<Parameters> {
  /** The activation as a function of one number. NaN stays NaN. */
  readonly formula: (parameters: Parameters) => (value: number) => number
  /**
   * The largest error of a result of magnitude `size`, if the error of the sum is at most `bound`.
   * `unit` is the ε of the compute type.
   */
  readonly errorBound: (bound: number, size: number, unit: number, parameters: Parameters) => number
  /** What it makes of an integer: an integer or a limit, an exact fraction, or a rounded number. */
  readonly ofInteger: 'integer' | 'fraction' | 'rounded'
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
    formula:
      ({ min, max }) =>
      (value) =>
        Math.min(Math.max(value, min), max),
    errorBound: (bound) => bound,
    ofInteger: 'integer',
  },
  leaky: {
    formula:
      ({ slope }) =>
      (value) =>
        value < 0 ? value * slope : value,
    errorBound: (bound, size, unit, { slope }) =>
      bound * Math.max(1, Math.abs(slope)) + unit * size,
    ofInteger: 'fraction',
  },
  sigmoid: {
    formula: () => sigmoid,
    errorBound: (bound, _, unit) => bound + functionRounding * unit,
    ofInteger: 'rounded',
  },
  tanh: {
    formula: () => hyperbolicTangent,
    errorBound: (bound, _, unit) => bound + functionRounding * unit,
    ofInteger: 'rounded',
  },
}

/** The activations that a caller gives by their name alone. */
export const plainActivations: Readonly<Record<Extract<Activation, string>, EpilogueActivation>> = {
  relu: { kind: 'clamp', min: 0, max: Infinity },
  relu6: { kind: 'clamp', min: 0, max: 6 },
  sigmoid: { kind: 'sigmoid' },
  tanh: { kind: 'tanh' },
}

interface ParametricActivation<Kind extends ActivationKind> {
  readonly kind: Kind
  /** Returns a copy of the parameters, each read once; undefined if one is not valid. */
  readonly read: (
    record: Readonly<Record<string, unknown>>,
  ) => ActivationParameters[Kind] | undefined
  /** The record that a caller must give, for a message. */
  readonly needed: string
}

/** The activations that a caller gives as a record of name and parameters. */
export const parametricActivations: {
  readonly 'leaky-relu': ParametricActivation<'leaky'>
  readonly clamp: ParametricActivation<'clamp'>
} = {
  'leaky-relu': {
    kind: 'leaky',
    read: ({ slope }) =>
      typeof slope === 'number' && Number.isFinite(slope) ? { slope } : undefined,
    needed: "{ name: 'leaky-relu', slope }",
  },
  clamp: {
    kind: 'clamp',
    // NaN fails the comparison.
    read: ({ min, max }) =>
      typeof min === 'number' && typeof max === 'number' && min <= max ? { min, max } : undefined,
    needed: "{ name: 'clamp', min, max } with min ≤ max",
  },
}

/** Returns a checked activation in the form of programs. */
export function epilogueActivation(activation: Activation): EpilogueActivation {
  if (typeof activation === 'string') return plainActivations[activation]
  const { name, ...parameters } = activation
  // The parameters have the same names in both forms.
  return { kind: parametricActivations[name].kind, ...parameters } as EpilogueActivation
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
