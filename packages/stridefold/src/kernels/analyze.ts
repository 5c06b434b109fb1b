/**
 * The properties of a kernel: its sums, symmetries, separable terms, frequency response, and the
 * range of its results.
 *
 * Two weights count as equal if they differ by at most the rounding error of float32. A Gaussian
 * from another program is therefore still symmetric.
 */

import { rejectEmptyKernel } from '../geometry/geometry.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { dyadicExponent } from '../ndarray/dyadic.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import { describeKernel, type Symmetry } from './describe.ts'
import { type FrequencyResponse, frequencyResponse, isotropy } from './response.ts'
import { separableTerms } from './separable.ts'
import { total, type Weights, weightsOf } from './weights.ts'

/** The properties of a kernel; see `analyzeKernel`. */
export interface KernelAnalysis {
  /** The extents of the kernel. */
  readonly shape: readonly number[]
  /**
   * Whether all weights are finite. If one is NaN or infinite, sums and ranges are NaN or infinite
   * too.
   */
  readonly finite: boolean
  /** Σ k: the factor for flat areas. */
  readonly sum: number
  /** Σ|k|: the largest possible gain. */
  readonly absoluteSum: number
  /** The response at frequency 0, which is the sum. Exactly 0 if `zeroSum`. */
  readonly dcGain: number
  /** Whether the sum is 0, up to the rounding of the weights to float32. */
  readonly zeroSum: boolean
  /** Whether all weights are ≥ 0 and their sum is 1. Results are then weighted means. */
  readonly isWeighting: boolean
  /**
   * Per axis: `'even'` if the kernel equals its mirror image, `'odd'` if it is the negative of it,
   * else `'none'`.
   */
  readonly symmetry: readonly Symmetry[]
  /**
   * Whether flipping along all axes changes nothing. Convolution and correlation are then equal.
   */
  readonly flipInvariant: boolean
  /** Whether flipping changes only the sign. */
  readonly flipNegates: boolean
  /**
   * Per axis, with mode `same`: the distance in samples from the sample where a result is stored to
   * its true position. 0.5 for even extents.
   */
  readonly halfSampleShift: readonly number[]
  /**
   * Whether a correlation of a signal, with mode `same`, reads no sample after its own position.
   * undefined for other ranks.
   */
  readonly causal: boolean | undefined
  /**
   * The smallest m for which every weight is an integer multiple of 2⁻ᵐ; 0 for integer weights.
   * Undefined if no m up to 149 works. Sums of such weights times integers are exact while they
   * stay below 2²⁴ of these units.
   */
  readonly dyadic: number | undefined
  /**
   * The number of products of 1-D kernels whose sum is this kernel. Undefined if it is unknown:
   * with more than two axes more than one product, with more than 64×64 weights more than 16.
   */
  readonly rank: number | undefined
  /** The factors of a kernel of rank 1, one per axis. */
  readonly factors: readonly (readonly number[])[] | undefined
  /** All products: `terms[r][axis]`, largest first. */
  readonly terms: readonly (readonly (readonly number[])[])[]
  /** Largest |k − Σ terms| / Σ|k|. Infinity without terms. */
  readonly residual: number
  /**
   * From 0 (responds to one direction, and to the opposite one with the other sign) to 1 (equal in
   * all directions). Undefined for signals.
   */
  readonly isotropy: number | undefined
  /** Sentences that describe these properties. */
  readonly describe: readonly string[]
  /**
   * Returns the frequency response H on a grid: the factor by which a correlation multiplies a
   * wave.
   *
   * - `points`: frequencies along every axis, from 0 to the sampling rate. Default 64.
   *
   * Throws `OptionError` (`SHAPE_INVALID`) if `points` is no whole number ≥ 0. Takes time points ·
   * weights, and memory points to the power of the number of axes.
   *
   * @example
   * analyzeKernel([0.25, 0.5, 0.25]).frequencyResponse(2).magnitude // [1, 0]
   */
  frequencyResponse(points?: number): FrequencyResponse
  /**
   * Returns the smallest and the largest result for samples from `min` to `max`. Throws nothing:
   * NaN in the kernel gives NaN. Costs one pass over the weights.
   *
   * @example
   * analyzeKernel([-1, 3, -1]).outputRange(0, 255) // [-510, 765]
   */
  outputRange(min: number, max: number): readonly [number, number]
  /**
   * Returns the integer dtypes in which results for samples from `min` to `max` may saturate. Use
   * it to choose `dtype`. Throws nothing. Costs one pass over the weights.
   *
   * @example
   * analyzeKernel([-1, 3, -1]).overflowingDTypes(0, 255) // ['uint8', 'int8', 'uint16']
   */
  overflowingDTypes(min: number, max: number): readonly DType[]
}

/**
 * Relative to Σ|k|, the largest effect that rounding the weights to float32 has on a sum, or on a
 * weight of that size.
 */
const rounding = 2 ** -23

/**
 * Returns the properties of a kernel of any rank: sums, symmetry, separable terms, range, frequency
 * response, and sentences that describe them. Use it before you filter with a kernel from
 * elsewhere.
 *
 * - `kernel`: the weights, any array.
 *
 * Throws `OptionError` if `kernel` is not an array (`ARRAY_UNKNOWN`), has no weights
 * (`KERNEL_EMPTY`), or has more than 2²⁰ (`KERNEL_TOO_LARGE`). A NaN or infinity in it is reported,
 * not thrown. Takes some milliseconds for a 63×63 kernel. `frequencyResponse` is computed only when
 * it is called.
 *
 * @example
 * const edges = [[0.1, 0.1, 0.1], [0.1, -0.8, 0.1], [0.1, 0.1, 0.1]]
 * analyzeKernel(edges).zeroSum // true
 */
export function analyzeKernel(kernel: ArrayInput): KernelAnalysis {
  const weights = weightsOf(kernel)
  const { shape, values } = weights
  rejectEmptyKernel('analyzeKernel', shape)
  const sum = total(values)
  const absoluteSum = total(values.map(Math.abs))
  const finite = Number.isFinite(absoluteSum)
  const zeroSum = Math.abs(sum) <= rounding * absoluteSum
  const { terms, residual } = separableTerms({ shape, data: values }, rounding)
  const flipped = values.toReversed()
  const properties = {
    shape,
    finite,
    sum,
    absoluteSum,
    dcGain: zeroSum ? 0 : sum,
    zeroSum,
    isWeighting: finite && values.every((value) => value >= 0) && Math.abs(sum - 1) <= 8 * rounding,
    symmetry: shape.map((_, axis) => symmetryOf(values, mirrorAlong(weights, axis))),
    flipInvariant: symmetryOf(values, flipped) === 'even',
    flipNegates: symmetryOf(values, flipped) === 'odd',
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
  return Object.freeze({ ...properties, describe: describeKernel(properties, values) })
}

const integerTypes: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16', 'int32']

/** Sums of the smallest and of the largest possible value of each product. */
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

function mirrorAlong({ shape, values }: Weights, axis: number): number[] {
  const extent = shape[axis]!
  const inner = rowMajorStrides(shape)[axis]!
  return values.map((_, position) => {
    const i = Math.floor(position / inner) % extent
    return values[position + (extent - 1 - 2 * i) * inner]!
  })
}

function symmetryOf(values: readonly number[], mirror: readonly number[]): Symmetry {
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const equalsWithSign = (sign: number): boolean =>
    values.every((value, i) => Math.abs(value - sign * mirror[i]!) <= rounding * largest)
  if (equalsWithSign(1)) return 'even'
  return equalsWithSign(-1) ? 'odd' : 'none'
}
