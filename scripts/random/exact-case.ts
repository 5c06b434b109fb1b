/**
 * A random call with an integer result. exact-definition.ts says what it must return.
 *
 * Samples have an integer type. Weights, bias and the constants of borders are multiples of a power
 * of two. Many cases have the largest samples of their type, and weights whose sum is just below or
 * just above the limit up to which sums are exact.
 */

import type { TypedArray } from 'stridefold/sync'
import { count, type Next, numbers, pickFrom } from './random-case.ts'

export type IntegerType = 'uint8' | 'uint8c' | 'int8' | 'int16' | 'uint16' | 'int32'

interface TypeInfo {
  readonly create: (values: readonly number[]) => TypedArray
  readonly min: number
  readonly max: number
}

/** The integer types, and their ranges. */
export const integerTypes: Readonly<Record<IntegerType, TypeInfo>> = {
  uint8: { create: (values) => Uint8Array.from(values), min: 0, max: 255 },
  uint8c: { create: (values) => Uint8ClampedArray.from(values), min: 0, max: 255 },
  int8: { create: (values) => Int8Array.from(values), min: -128, max: 127 },
  int16: { create: (values) => Int16Array.from(values), min: -32768, max: 32767 },
  uint16: { create: (values) => Uint16Array.from(values), min: 0, max: 65535 },
  int32: { create: (values) => Int32Array.from(values), min: -(2 ** 31), max: 2 ** 31 - 1 },
}

export type Border =
  | 'zero'
  | 'edge'
  | 'reflect'
  | 'symmetric'
  | 'wrap'
  | { readonly constant: number }

/** Whole numbers in units of 2^−exponent. */
export interface Fractions {
  readonly shape: readonly number[]
  readonly exponent: number
  readonly units: readonly number[]
}

export interface Axis {
  readonly stride: number
  readonly dilation: number
  /** Samples before the first one; for a transposed layer, outputs that are cut off there. */
  readonly before: number
  readonly outputs: number
  readonly border: Border
}

export interface ExactCase {
  readonly call: 'convolve' | 'correlate' | 'conv' | 'convTranspose'
  readonly input: IntegerType
  readonly result: IntegerType
  /** [batch, channels, ...axes]; a signal has one of each. */
  readonly x: { readonly shape: readonly number[]; readonly data: readonly number[] }
  /** [filters, channels per group, ...taps]; of a transposed layer [channels, filters, ...taps]. */
  readonly kernel: Fractions
  readonly groups: number
  /** One number per filter; of a signal a single one. */
  readonly bias: Fractions | undefined
  readonly activation: { readonly min: number; readonly max: number } | undefined
  readonly axes: readonly Axis[]
  /** The options of the call, except algorithm and backend. */
  readonly options: Readonly<Record<string, unknown>>
}

/** Returns the case of a seed. */
export function exactCase(seed: number): ExactCase {
  const next = numbers(seed)
  const pick = pickFrom(next)
  const call = pick(['correlate', 'convolve', 'conv', 'conv', 'convTranspose'] as const)
  const isSignal = call === 'correlate' || call === 'convolve'
  const isTransposed = call === 'convTranspose'
  const rank = isSignal ? pick([1, 2, 2, 2, 3]) : pick([1, 2, 2])
  const groups = isSignal ? 1 : pick([1, 1, 1, 2])
  // Winograd needs 8 channels, 4 filters, stride 1 and no dilation.
  const [channels, filters] = isSignal
    ? [1, 1]
    : [groups * pick([1, 2, 8, 8, 8]), groups * pick([1, 4, 4, 4])]
  const isPlain = next(3) > 0
  const taps = Array.from(
    { length: rank },
    () =>
      1 +
      next(
        [
          [40, 9, 4],
          [5, 4, 3],
        ][+!isSignal]![rank - 1]!,
      ),
  )
  const strides = taps.map(() => (isPlain ? 1 : pick([1, 2, 3])))
  const dilations = taps.map(() => (isPlain ? 1 : pick([1, 1, 2, 3])))
  const extents = taps.map(
    () =>
      1 +
      next(
        [
          [150, 24, 9],
          [24, 10, 5],
        ][+!isSignal]![rank - 1]!,
      ),
  )
  const pickBorder = (): Border => {
    const constants = [{ constant: next(512) - 256 }, { constant: next(64) / 2 ** next(4) }]
    return pick<Border>([
      ...(['zero', 'zero', 'edge', 'reflect', 'symmetric', 'wrap'] as const),
      ...(isTransposed ? [] : constants),
    ])
  }
  const border = pickBorder()
  const borders = taps.map(() => (isPlain ? border : pickBorder()))
  const outputPadding = strides.map((s) => (isTransposed ? next(s) : 0))
  const modes = ['same', 'same-lower', 'full', 'valid'] as const
  const wantedMode = pick(modes)
  const reach = taps.map((k, a) => dilations[a]! * (k - 1))
  const mode =
    wantedMode === 'valid' && extents.some((n, a) => n <= reach[a]!) ? 'full' : wantedMode
  const padding = taps.map((_, a) => {
    const wanted = next(reach[a]! + 1)
    return isTransposed ? wanted : Math.max(wanted, Math.ceil((reach[a]! + 1 - extents[a]!) / 2))
  })
  const axes = taps.map((_, a): Axis => {
    const [n, s, e] = [extents[a]!, strides[a]!, reach[a]!]
    const common = { stride: s, dilation: dilations[a]!, border: borders[a]! }
    if (isTransposed) {
      const outputs = (n - 1) * s - 2 * padding[a]! + e + outputPadding[a]! + 1
      return { ...common, before: padding[a]!, outputs }
    }
    const [before, after] = isSignal
      ? {
          same: [Math.floor(e / 2), Math.ceil(e / 2)],
          'same-lower': [Math.ceil(e / 2), Math.floor(e / 2)],
          full: [e, e],
          valid: [0, 0],
        }[mode]
      : [padding[a]!, padding[a]!]
    return {
      ...common,
      before: before!,
      outputs: Math.floor((n + before! + after! - e - 1) / s) + 1,
    }
  })
  if (axes.some(({ outputs }) => outputs < 1))
    return exactCase(Math.imul(seed, 1664525) + 1013904223)
  const input = pick(['uint8', 'uint8', 'int8', 'uint8c', 'int16', 'uint16', 'int32'] as const)
  const result = pick(['uint8', 'int8', 'int16', 'uint16', 'int32', 'int32', 'uint8c'] as const)
  const kernel = randomKernel(next, {
    shape: [
      isTransposed ? channels : filters,
      (isTransposed ? filters : channels) / groups,
      ...taps,
    ],
    isSeparable: isSignal && next(2) === 0,
    largest: Math.max(-integerTypes[input].min, integerTypes[input].max),
    limit: input === 'int32' || result === 'int32' ? 2 ** 53 : 2 ** 24,
  })
  const bias =
    next(2) === 0
      ? undefined
      : {
          shape: [isSignal ? 1 : filters],
          exponent: next(5),
          units: Array.from({ length: isSignal ? 1 : filters }, () => next(2001) - 1000),
        }
  const activation =
    !isSignal && next(3) === 0
      ? pick([
          { min: 0, max: Infinity },
          { min: 0.5, max: 100 },
        ])
      : undefined
  return {
    ...{ call, input, result, kernel, groups, bias, activation, axes },
    x: randomSamples(next, [isSignal ? 1 : 1 + next(2), channels, ...extents], input),
    options: {
      ...{ stride: strides, dilation: dilations, dtype: result, boundary: borders },
      ...(isSignal ? { mode } : { groups, padding }),
      ...(isTransposed ? { outputPadding } : {}),
      ...(bias === undefined
        ? {}
        : { bias: isSignal ? numbersOf(bias)[0]! : new Float32Array(numbersOf(bias)) }),
      ...(activation === undefined ? {} : { activation: { name: 'clamp', ...activation } }),
    },
  }
}

function randomSamples(
  next: Next,
  shape: readonly number[],
  input: IntegerType,
): { shape: readonly number[]; data: number[] } {
  const { min, max } = integerTypes[input]
  const kind = next(4)
  const [limit, span] = [next(2) === 0 ? max : min, max - min + 1]
  const data = Array.from({ length: count(shape) }, () =>
    kind === 0 ? limit : kind === 1 ? [min, max][next(2)]! : min + next(span),
  )
  return { shape, data }
}

interface KernelWish {
  readonly shape: readonly number[]
  readonly isSeparable: boolean
  /** The largest sample. */
  readonly largest: number
  /** Sums are exact below so many units. */
  readonly limit: number
}

function randomKernel(next: Next, { shape, isSeparable, largest, limit }: KernelWish): Fractions {
  const size = [1, 3, 60][next(3)]!
  const signed = (): number => next(2 * size + 1) - size
  const factors = shape.map((n) => Array.from({ length: n }, signed))
  const units = Array.from({ length: count(shape) }, (_, i) => {
    if (!isSeparable) return signed()
    let [rest, product] = [i, 1]
    for (let a = shape.length - 1; a >= 2; a--) {
      product *= factors[a]![rest % shape[a]!]!
      rest = Math.floor(rest / shape[a]!)
    }
    return product
  })
  // The largest sum of weights that the limit allows, or one more.
  const target = Math.ceil(limit / largest) - 1 + next(2)
  const kind = next(4)
  if (kind === 0 && !isSeparable && target < 2 ** 24) {
    const filter = units.length / shape[0]!
    const others = units.slice(1, filter).reduce((n, u) => n + Math.abs(u), 0)
    if (others < target) units[0] = (next(2) === 0 ? 1 : -1) * (target - others)
  }
  return { shape, exponent: next(3) === 0 ? 0 : next(9), units }
}

/** The numbers themselves. */
export const numbersOf = ({ units, exponent }: Fractions): number[] =>
  units.map((u) => u / 2 ** exponent)
