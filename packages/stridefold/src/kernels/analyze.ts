/**
 * What can be said of a kernel before it is used? Its sums, symmetries, separable terms, response
 * to waves, and how far results reach.
 *
 * Two weights count as equal where they differ by no more than float32 rounds them: a Gaussian from
 * elsewhere is still symmetric.
 */

import { refuseEmptyKernel } from '../geometry/geometry.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import { type Symmetry, describeKernel } from './describe.ts'
import { type FrequencyResponse, frequencyResponse, isotropy } from './response.ts'
import { separableTerms } from './separable.ts'
import { total, type Weights, weightsOf } from './weights.ts'

/** What is true of a kernel; see `analyzeKernel`. */
export interface KernelAnalysis {
  readonly shape: readonly number[]
  /**
   * Whether no weight is NaN or infinite; where one is, sums and ranges are NaN or infinite too.
   */
  readonly finite: boolean
  /** Σ k: the factor for flat areas. */
  readonly sum: number
  /** Σ|k|: the largest possible growth. */
  readonly absoluteSum: number
  /** The response at frequency 0, which is the sum; exactly 0 where `zeroSum`. */
  readonly dcGain: number
  /** Whether the sum is 0 but for the rounding of weights to float32. */
  readonly zeroSum: boolean
  /** All weights ≥ 0 and their sum 1: results are weighted means. */
  readonly isWeighting: boolean
  /** Per axis. */
  readonly symmetry: readonly Symmetry[]
  /**
   * Whether turning it round, along all axes, changes nothing: then convolution and correlation
   * agree.
   */
  readonly flipInvariant: boolean
  /** Whether turning it round changes just the sign. */
  readonly flipNegates: boolean
  /**
   * Per axis: with mode `same`, by how many samples results lie after the sample they are stored
   * at; 0.5 for even extents.
   */
  readonly halfSampleShift: readonly number[]
  /**
   * Of signals: whether, with mode `same`, a correlation reads no sample after the one it stands
   * on. undefined for other ranks.
   */
  readonly causal: boolean | undefined
  /**
   * The smallest m for which every weight is a whole multiple of 2⁻ᵐ: 0 for whole weights;
   * undefined where none up to 149 is. Sums of such weights with integers are exact while they stay
   * below 2²⁴ of these units.
   */
  readonly dyadic: number | undefined
  /**
   * How many products of one-dimensional kernels add up to this one; undefined where that is not
   * known (more than two axes, and more than one).
   */
  readonly rank: number | undefined
  /** The factors, one per axis, of a kernel of rank 1. */
  readonly factors: readonly (readonly number[])[] | undefined
  /** All products: `terms[r][axis]`, the largest first. */
  readonly terms: readonly (readonly (readonly number[])[])[]
  /** Largest |k − Σ terms| over Σ|k|; infinite without terms. */
  readonly residual: number
  /**
   * From 0 (answers to one direction, and its opposite with the other sign) to 1 (treats all
   * directions alike); undefined for signals.
   */
  readonly isotropy: number | undefined
  /** Plain sentences about all this. */
  readonly describe: readonly string[]
  /**
   * H at `points` (default 64) frequencies along every axis. Costs points · weights, and more
   * memory: points to the power of the axes.
   */
  frequencyResponse(points?: number): FrequencyResponse
  /** The smallest and largest result for samples from `min` to `max`. */
  outputRange(min: number, max: number): readonly [number, number]
  /** Integer dtypes in which results for samples from `min` to `max` may saturate. */
  overflowingDTypes(min: number, max: number): readonly DType[]
}

/**
 * Σ|k| times this is what rounding the weights to float32 may do to a sum, or to a weight of that
 * size.
 */
const rounding = 2 ** -23

/**
 * What can be said of a kernel of any rank: sums, symmetry, separable terms, range, frequency
 * response, and sentences.
 *
 * Throws `OptionError` for what is no array, and for a kernel without weights. A NaN or infinity in
 * it is reported, not thrown. Costs some milliseconds for a 63×63 kernel; `frequencyResponse` is
 * computed when it is asked for.
 *
 * @example analyzeKernel([[0.1, 0.1, 0.1], [0.1, -0.8, 0.1], [0.1, 0.1, 0.1]]).zeroSum   // true: it finds edges
 */
export function analyzeKernel(kernel: ArrayInput): KernelAnalysis {
  const weights = weightsOf(kernel)
  const { shape, values } = weights
  refuseEmptyKernel('analyzeKernel', shape)
  const sum = total(values)
  const absoluteSum = total(values.map(Math.abs))
  const finite = Number.isFinite(absoluteSum)
  const zeroSum = Math.abs(sum) <= rounding * absoluteSum
  const { terms, residual } = separableTerms({ shape, data: values }, rounding)
  const turned = values.toReversed()
  const facts = {
    shape,
    finite,
    sum,
    absoluteSum,
    dcGain: zeroSum ? 0 : sum,
    zeroSum,
    isWeighting: finite && values.every((value) => value >= 0) && Math.abs(sum - 1) <= 8 * rounding,
    symmetry: shape.map((_, axis) => symmetryOf(values, mirrored(weights, axis))),
    flipInvariant: symmetryOf(values, turned) === 'even',
    flipNegates: symmetryOf(values, turned) === 'odd',
    halfSampleShift: shape.map((extent) => (extent % 2 === 0 ? 0.5 : 0)),
    causal:
      shape.length === 1
        ? values.slice(Math.floor((shape[0]! + 1) / 2)).every((value) => value === 0)
        : undefined,
    dyadic: dyadicExponent(values),
    rank: terms.length === 0 ? undefined : absoluteSum === 0 ? 0 : terms.length,
    factors: terms.length === 1 ? terms[0]! : undefined,
    terms,
    residual,
    isotropy: shape.length >= 2 && finite ? isotropy(weights) : undefined,
    frequencyResponse: (points = 64) => frequencyResponse(weights, points),
    outputRange: (min, max) => outputRange(values, min, max),
    overflowingDTypes(min, max) {
      const [lowest, highest] = outputRange(values, min, max)
      return integerTypes.filter(
        (dtype) => !(lowest >= dtypes[dtype].min - 0.5 && highest <= dtypes[dtype].max + 0.5),
      )
    },
  } satisfies Omit<KernelAnalysis, 'describe'>
  return Object.freeze({ ...facts, describe: describeKernel(facts, values) })
}

const integerTypes: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16', 'int32']

/** Σ of the smallest and of the largest that each product can be. */
function outputRange(
  values: readonly number[],
  min: number,
  max: number,
): readonly [number, number] {
  return [
    total(values.map((w) => w * (w > 0 ? min : max) + 0)),
    total(values.map((w) => w * (w > 0 ? max : min) + 0)),
  ]
}

function mirrored({ shape, values }: Weights, axis: number): number[] {
  const extent = shape[axis]!
  const inner = shape.slice(axis + 1).reduce((n, e) => n * e, 1)
  return values.map((_, position) => {
    const i = Math.floor(position / inner) % extent
    return values[position + (extent - 1 - 2 * i) * inner]!
  })
}

function symmetryOf(values: readonly number[], others: readonly number[]): Symmetry {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const isNear = (sign: number): boolean =>
    values.every((value, i) => Math.abs(value - sign * others[i]!) <= rounding * largest)
  if (isNear(1)) return 'even'
  return isNear(-1) ? 'odd' : 'none'
}
