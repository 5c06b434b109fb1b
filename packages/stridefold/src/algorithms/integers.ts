/**
 * Where can the sums of a problem be formed as integers of 16 or 32 bits? Where samples are bytes
 * or shorts, and every weight is a whole multiple of one unit:
 *
 *   y = unit · Σ x · w        w = k / unit: whole numbers. One rounding, at the end.
 *
 *   fractions   unit = 2⁻ᵐ: binomials, Sobel, sharpening. The sum times 2⁻ᵐ is exact.
 *   boxes       unit = the weight that all taps have, w = 1. The product is rounded once as a float
 *               before it is rounded to an integer; `boxScale` proves that this changes no result.
 *
 * A vector holds twice as many 16-bit integers as floats, and bytes need no copy as floats. Layers
 * with several channels or filters sum pairs of products in 32 bits (paired-terms.ts).
 */

import { type ConvGeometry, leavesInput } from '../geometry/geometry.ts'
import type { LatticeProperties, OperandDescriptors } from '../geometry/operands.ts'
import { activations } from '../ndarray/activation.ts'
import { type DType, dtypes, keepsValue } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import { roundHalfToEven } from '../ndarray/rounding.ts'
import { wholeNumbers } from '../ndarray/whole-numbers.ts'
import type { IntegerSums } from '../program/steps.ts'
import { type PairedTerms, pairedTerms } from './paired-terms.ts'

/** How weights become whole numbers, and sums become results. */
export interface IntegerWeights {
  /** Weights are whole multiples of this number. */
  readonly unit: number
  /** By which a whole sum is multiplied. */
  readonly scale: number
  /** Whether all whole weights are 1. */
  readonly areOnes: boolean
  /** The type of the sums. */
  readonly type: IntegerSums['type']
  /** The terms of a layer that are multiplied in pairs. Undefined for one channel and filter. */
  readonly pairs?: PairedTerms
}

/** The lowest and the highest value of numbers, 0 included. */
export type Range = readonly [lowest: number, highest: number]

/** The whole weights of a problem. Undefined if its sums are not formed as integers. */
export function integerWeights(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
): IntegerWeights | undefined {
  const weights = weightsOrReason(g, descriptors)
  return typeof weights === 'string' ? undefined : weights
}

/** The whole weights of a problem, or the reason why its sums are not formed as integers. */
export function weightsOrReason(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
): IntegerWeights | string {
  const reason = unsummable(g, descriptors)
  if (reason !== undefined) return reason
  const lattice = descriptors.values?.lattice
  if (lattice === undefined) return 'the values of the kernel are not known'
  if (!isPlain(g)) return layerWeights(g, descriptors, lattice)
  return (
    fractions(descriptors, lattice) ??
    box(descriptors, lattice) ??
    'the weights are no multiples of a power of two, or the sums leave 24 bits'
  )
}

/** Whether sums of this geometry may be formed as integers, for some arrays. */
export const mayHaveWholeSums = (g: ConvGeometry): boolean =>
  (g.dtype === 'float32' || !isPlain(g)) && g.axes.every((axis) => axis.inputDilation === 1)

/** Whether each result has one channel of its own. */
const isPlain = (g: ConvGeometry): boolean => g.channels === g.groups && g.filters === g.groups

/** The reason why samples and results are none of integer sums. Undefined if they are. */
function unsummable(g: ConvGeometry, descriptors: OperandDescriptors): string | undefined {
  const { input, output, inPlace, padAdjoints, activation, unit } = descriptors
  if (!isShort(input.dtype)) return `${input.dtype} is no type of 8 or 16 bits`
  if (!dtypes[output.dtype].integer) return `the result is ${output.dtype}`
  if (g.axes.some((axis) => axis.inputDilation > 1)) return 'the layer is transposed'
  if (!mayHaveWholeSums(g)) return `the sums need ${g.dtype}`
  if (inPlace === true) return 'there is no memory for copies'
  if (padAdjoints !== undefined || unit !== undefined) return 'the sums are rounded afterwards'
  if (activation !== undefined && activations[activation.kind].isTranscendental)
    return `nothing is exact after ${activation.kind}`
  const isKept = g.boundary.every(
    (border, a) =>
      typeof border !== 'object' ||
      !leavesInput(g.axes[a]!) ||
      keepsValue(border.constant, input.dtype, g.dtype),
  )
  return isKept ? undefined : `the constant of the border is not ${input.dtype}`
}

const isShort = (dtype: DType): boolean => dtypes[dtype].integer && dtype !== 'int32'

/** Weights that are multiples of 2⁻ᵐ. */
function fractions(
  { input }: OperandDescriptors,
  { exponent, positiveSum, negativeSum, equal }: LatticeProperties,
): IntegerWeights | undefined {
  if (exponent === undefined || exponent > maxExponent) return undefined
  const unit = 2 ** -exponent
  const [positive, negative] = [positiveSum / unit, negativeSum / unit]
  const type = sumType(rangeOfSums(rangeOfType(input.dtype), positive, negative))
  // Weights are stored in 16 bits.
  if (type === undefined || Math.max(positive, negative) > maxWeight) return undefined
  return { unit, scale: unit, areOnes: equal === unit, type }
}

const maxWeight = dtypes.int16.max

/** Smaller units are far below every sum; their reciprocals would leave float32. */
const maxExponent = 24

/**
 * The whole weights of a layer, for pairs of products. A sum that is exact in 32 bits is rounded
 * once, when it becomes a float: so it may be larger than the floats that are whole numbers.
 */
function layerWeights(
  g: ConvGeometry,
  { input }: OperandDescriptors,
  { exponent, positiveSum, negativeSum, largest }: LatticeProperties,
): IntegerWeights | string {
  if (exponent === undefined || exponent > maxExponent)
    return `the weights are no multiples of 2^−m, m up to ${maxExponent}`
  const unit = 2 ** -exponent
  if (largest > maxWeight * unit || dtypes[input.dtype].max > maxWeight)
    return `${largest > maxWeight * unit ? 'a weight' : 'a sample'} may not fit 16 bits`
  const range = rangeOfSums(rangeOfType(input.dtype), positiveSum / unit, negativeSum / unit)
  const { min, max } = dtypes.int32
  if (range[0] < min || range[1] > max)
    return `sums may reach ${range.join(' or ')}, not in 32 bits`
  const pairs = pairedTerms(g)
  if (pairs === undefined) return 'its terms cannot be paired without many products with zeros'
  return { unit, scale: unit, areOnes: false, type: 'int32', pairs }
}

/** Weights that are all equal. What follows the sums would round their product. */
function box(
  { input, bias, offset, activation }: OperandDescriptors,
  { equal, positiveSum }: LatticeProperties,
): IntegerWeights | undefined {
  if (equal === undefined || !(equal > 0) || bias || offset !== 0 || activation !== undefined)
    return undefined
  const range = rangeOfSums(rangeOfType(input.dtype), Math.round(positiveSum / equal), 0)
  const [type, scale] = [sumType(range), boxScale(equal, range)]
  return type === undefined || scale === undefined
    ? undefined
    : { unit: equal, scale, areOnes: true, type }
}

/** The values of a type. */
export const rangeOfType = (dtype: DType): Range => [dtypes[dtype].min, dtypes[dtype].max]

/** The sums of numbers in a range, with weights whose positive and negative sums are given. */
export const rangeOfSums = ([low, high]: Range, positive: number, negative: number): Range => [
  Math.min(0, low) * positive - Math.max(0, high) * negative,
  Math.max(0, high) * positive - Math.min(0, low) * negative,
]

/** The shortest type for sums in this range. Undefined if float32 does not hold them exactly. */
export function sumType([low, high]: Range): IntegerSums['type'] | undefined {
  for (const type of ['int16', 'uint16'] as const)
    if (low >= dtypes[type].min && high <= dtypes[type].max) return type
  return Math.max(-low, high) < wholeNumbers.float32 ? 'int32' : undefined
}

/**
 * A float32 s for which round(float32(S·s)) and round(S·s) are round(S·weight), for every whole sum
 * S. It is the weight or one of its neighbours: where S·weight is almost a tie, rounding the
 * product to float32 may hide on which side of the tie it is. Undefined if there is none.
 *
 * Rounding is monotone. So if the last sum below a tie and the first one above it are rounded
 * correctly, all others are.
 */
export function boxScale(weight: number, [low, high]: Range): number | undefined {
  const ties = Math.max(-low, high) * weight
  if (!(ties <= maxTies)) return undefined
  const isRight = (scale: number): boolean => {
    for (let tie = 0.5; tie <= ties + 1; tie++) {
      for (const sum of [Math.floor(tie / weight), Math.ceil(tie / weight)]) {
        // Rounding half to even treats −S as S.
        const right = roundHalfToEven(sum * weight)
        if (roundHalfToEven(sum * scale) !== right) return false
        if (roundHalfToEven(Math.fround(sum * scale)) !== right) return false
      }
    }
    return true
  }
  const neighbour = distanceToNext(weight)
  return [weight, weight + neighbour, weight - neighbour].find(isRight)
}

/** The distance from a positive float32 to the next larger one. */
function distanceToNext(x: number): number {
  const float = Float32Array.of(x)
  new Uint32Array(float.buffer)[0]!++
  return float[0]! - Math.fround(x)
}

/** Results of 16 bits have as many ties. */
const maxTies = 2 ** 16

/** The factors of a product of 1-D kernels as whole numbers. */
export interface IntegerFactors extends IntegerWeights {
  readonly factors: readonly (readonly number[])[]
}

/** The whole factors of a separable kernel. Undefined if its passes do not form integers. */
export function integerFactors(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
): IntegerFactors | undefined {
  const whole = integerWeights(g, descriptors)
  const { terms = [], residual } = descriptors.values?.separable ?? {}
  if (whole === undefined || terms.length !== 1 || residual !== 0) return undefined
  const term = terms[0]!
  if (whole.areOnes) return { ...whole, factors: term.map((factor) => factor.map(() => 1)) }
  const exponents = term.map(dyadicExponent)
  const factors = term.map((factor, a) => factor.map((value) => value * 2 ** (exponents[a] ?? NaN)))
  const scale = exponents.reduce<number>((unit, m) => unit * 2 ** -(m ?? NaN), 1)
  let range = rangeOfType(descriptors.input.dtype)
  for (const factor of factors) {
    const [positive, negative] = signedSums(factor)
    range = rangeOfSums(range, positive, negative)
    if (!(positive + negative <= maxWeight) || sumType(range) === undefined) return undefined
  }
  if (scale < 2 ** -(maxExponent * factors.length)) return undefined
  return { ...whole, factors, scale }
}

/** The sum of the positive weights, and of the magnitudes of the others. */
export function signedSums(weights: readonly number[]): [positive: number, negative: number] {
  const sum = (sign: 1 | -1): number =>
    weights.reduce((total, weight) => total + Math.max(0, sign * weight), 0)
  return [sum(1), sum(-1)]
}
