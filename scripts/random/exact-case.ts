/**
 * A random call with an integer result, and what it must return: computed with whole numbers of any
 * size (BigInt), so that nothing rounds before the end.
 *
 * Samples have an integer type. Weights, bias and the constants of borders are multiples of a power
 * of two. Many cases have the largest samples of their type, and weights whose sum is just below or
 * just above the limit up to which sums are exact.
 */

import {
  conv1d,
  conv2d,
  conv3d,
  convolve,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  correlate,
  type NdArray,
  ndarray,
  type TypedArray,
} from 'stridefold/sync'
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

type Border = 'zero' | 'edge' | 'reflect' | 'symmetric' | 'wrap' | { readonly constant: number }

/** Whole numbers in units of 2^−exponent. */
interface Fractions {
  readonly shape: readonly number[]
  readonly exponent: number
  readonly units: readonly number[]
}

interface Axis {
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

/** Where a position lies: a sample of an axis of n samples, or the constant of its border. */
function sampleAt(position: number, n: number, border: Border): number | { constant: number } {
  if (position >= 0 && position < n) return position
  const cyclic = (period: number): number => ((position % period) + period) % period
  if (typeof border === 'object') return border
  switch (border) {
    case 'zero':
      return { constant: 0 }
    case 'edge':
      return position < 0 ? 0 : n - 1
    case 'wrap':
      return cyclic(n)
    case 'symmetric': {
      const p = cyclic(2 * n)
      return p < n ? p : 2 * n - 1 - p
    }
    case 'reflect': {
      if (n === 1) return 0
      const p = cyclic(2 * n - 2)
      return p < n ? p : 2 * n - 2 - p
    }
  }
}

/** All indices of a shape, in row-major order. */
function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  )
}

const rowMajor = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((at, i, a) => at * shape[a]! + i, 0)

/** The smallest number of binary digits after the point that these numbers need. */
function exponentOf(values: readonly number[]): number {
  let exponent = 0
  while (!values.every((value) => Number.isInteger(value * 2 ** exponent))) exponent++
  return exponent
}

const numbersOf = ({ units, exponent }: Fractions): number[] => units.map((u) => u / 2 ** exponent)

const constantsOf = ({ axes }: ExactCase): number[] =>
  axes.flatMap(({ border }) => (typeof border === 'object' ? [border.constant] : []))

/** The sums in units of 2^−exponent: [batch, filters, ...outputs]. */
function exactSums(c: ExactCase, exponent: number): bigint[] {
  const [batch, channels, ...extents] = c.x.shape as [number, number, ...number[]]
  const [rows, columns, ...taps] = c.kernel.shape as [number, number, ...number[]]
  const isTransposed = c.call === 'convTranspose'
  const filters = isTransposed ? columns * c.groups : rows
  const [filtersPerGroup, channelsPerGroup] = [filters / c.groups, channels / c.groups]
  const shape = [batch, filters, ...c.axes.map(({ outputs }) => outputs)]
  const sums = new Array<bigint>(count(shape)).fill(0n)
  const scale = 2 ** (exponent - c.kernel.exponent)
  const [x, weights] = [
    c.x.data.map((sample) => BigInt(sample * scale)),
    c.kernel.units.map((unit) => BigInt(unit)),
  ]
  const tapIndices = indicesOf(taps)
  const places = (isTransposed ? indicesOf(extents) : indicesOf(shape.slice(2))).map((q) =>
    tapIndices.map((t) => placeOf(c, q, t, isTransposed ? shape.slice(2) : extents)),
  )
  const [inputs, outputs] = [count(extents), count(shape.slice(2))]
  for (let n = 0; n < batch; n++)
    for (let f = 0; f < filters; f++)
      for (let channel = 0; channel < channelsPerGroup; channel++) {
        const group = Math.floor(f / filtersPerGroup)
        const source = (n * channels + group * channelsPerGroup + channel) * inputs
        const target = (n * filters + f) * outputs
        const row = isTransposed
          ? (group * channelsPerGroup + channel) * columns + (f % filtersPerGroup)
          : f * columns + channel
        places.forEach((ofTaps, q) => {
          ofTaps.forEach((place, t) => {
            const flipped = c.call === 'convolve' ? tapIndices.length - 1 - t : t
            const weight = weights[row * tapIndices.length + flipped]!
            if (isTransposed) {
              if (typeof place === 'number') sums[target + place]! += x[source + q]! * weight
            } else {
              const sample =
                typeof place === 'number' ? x[source + place]! : BigInt(place.constant * scale)
              sums[target + q]! += sample * weight
            }
          })
        })
      }
  return sums
}

/**
 * The sample that an output multiplies with a tap; of a transposed layer the output to which a
 * sample adds it. Where several axes are outside, the first constant decides.
 */
function placeOf(
  c: ExactCase,
  q: readonly number[],
  t: readonly number[],
  extents: readonly number[],
): number | { constant: number } {
  const at = c.axes.map(({ stride, dilation, before, border }, a) =>
    sampleAt(q[a]! * stride + t[a]! * dilation - before, extents[a]!, border),
  )
  const constant = at.find((place) => typeof place === 'object')
  return constant ?? rowMajor(at as number[], extents)
}

/** Half to even. */
function rounded(units: bigint, exponent: number): bigint {
  const one = 1n << BigInt(exponent)
  const floor = units >> BigInt(exponent)
  const twice = 2n * (units - floor * one)
  return twice > one || (twice === one && floor % 2n !== 0n) ? floor + 1n : floor
}

/** Computes a case by its definition: the result, rounded half to even and saturated. */
export function exactResult(c: ExactCase): number[] {
  const sumExponent = c.kernel.exponent + exponentOf(constantsOf(c))
  const limits = c.activation === undefined ? [] : [c.activation.min, c.activation.max]
  const finiteLimits = limits.filter(Number.isFinite)
  const exponent = Math.max(sumExponent, c.bias?.exponent ?? 0, exponentOf(finiteLimits))
  const inUnits = (value: number): bigint => BigInt(value * 2 ** exponent)
  const filters = c.call === 'convTranspose' ? c.kernel.shape[1]! * c.groups : c.kernel.shape[0]!
  const outputs = c.axes.reduce((n, axis) => n * axis.outputs, 1)
  const { min, max } = integerTypes[c.result]
  return exactSums(c, sumExponent).map((sum, i) => {
    let value = sum << BigInt(exponent - sumExponent)
    if (c.bias !== undefined) {
      const bias = c.bias.units[Math.floor(i / outputs) % filters]!
      value += BigInt(bias) << BigInt(exponent - c.bias.exponent)
    }
    const [low, high] = limits
    if (low !== undefined && value < inUnits(low)) value = inUnits(low)
    if (high !== undefined && high !== Infinity && value > inUnits(high)) value = inUnits(high)
    const integer = rounded(value, exponent)
    return integer < BigInt(min) ? min : integer > BigInt(max) ? max : Number(integer)
  })
}

/** Whether the types and the weights promise that every result is exact. */
export function isPromised(c: ExactCase): boolean {
  const { min, max } = integerTypes[c.input]
  const limit = c.input === 'int32' || c.result === 'int32' ? 2 ** 53 : 2 ** 24
  const weights = numbersOf(c.kernel)
  const exponent = exponentOf(weights)
  const range = Math.max(-min, max)
  const sum = largestSum(c, weights.map(Math.abs))
  if (!(range * sum * 2 ** exponent < limit)) return false
  const constants = leavesInput(c) ? constantsOf(c) : []
  const bias = c.bias === undefined ? [] : numbersOf(c.bias)
  const largest = (values: readonly number[]): number => Math.max(0, ...values.map(Math.abs))
  const all = Math.max(range, largest(constants)) * sum + largest(bias)
  return all * 2 ** Math.max(exponent + exponentOf(constants), exponentOf(bias)) < limit
}

/** Whether any window of a signal or a layer leaves the input. */
const leavesInput = ({ axes, x, kernel }: ExactCase): boolean =>
  axes.some(
    ({ stride, dilation, before, outputs }, a) =>
      before > 0 ||
      (outputs - 1) * stride + dilation * (kernel.shape[a + 2]! - 1) - before >= x.shape[a + 2]!,
  )

/** The largest sum of magnitudes that one output can add up. */
function largestSum(
  { call, kernel, groups, axes }: ExactCase,
  magnitudes: readonly number[],
): number {
  const [rows, columns, ...taps] = kernel.shape as [number, number, ...number[]]
  const sums = new Map<string, number>()
  for (const [i, [row, column, ...t]] of (
    indicesOf([rows, columns, ...taps]) as [number, number, ...number[]][]
  ).entries()) {
    // A transposed layer adds to an output the taps of one remainder.
    const filter =
      call === 'convTranspose'
        ? [
            Math.floor(row / (rows / groups)) * columns + column,
            ...t.map((tap, a) => (tap * axes[a]!.dilation) % axes[a]!.stride),
          ].join()
        : `${row}`
    sums.set(filter, (sums.get(filter) ?? 0) + magnitudes[i]!)
  }
  return Math.max(0, ...sums.values())
}

/** The arrays of a case as its call takes them. */
function exactArrays({ call, x, kernel, input }: ExactCase): {
  readonly x: NdArray
  readonly kernel: NdArray
} {
  const first = call === 'convolve' || call === 'correlate' ? 2 : 0
  const samples = integerTypes[input].create(x.data)
  return {
    x: ndarray(samples, x.shape.slice(first)),
    kernel: ndarray(Float32Array.from(numbersOf(kernel)), kernel.shape.slice(first)),
  }
}

type Compute = (x: NdArray, kernel: NdArray, options: object) => NdArray

const calls: Readonly<Record<ExactCase['call'], readonly Compute[]>> = {
  convolve: [convolve, convolve, convolve],
  correlate: [correlate, correlate, correlate],
  conv: [conv1d, conv2d, conv3d],
  convTranspose: [convTranspose1d, convTranspose2d, convTranspose3d],
}

/** Computes a case with stridefold; `options` are added to those of the case. */
export function computeExactCase(c: ExactCase, options: object): NdArray {
  const { x, kernel } = exactArrays(c)
  return calls[c.call][c.axes.length - 1]!(x, kernel, { ...c.options, ...options })
}
