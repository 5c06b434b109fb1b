/** Describes a kernel in sentences: what it does, and each property that may surprise. */

import type { DType } from '../ndarray/dtype.ts'
import { indexAt } from '../ndarray/indices.ts'
import { elementCount } from '../ndarray/layout.ts'

/**
 * `'even'`: equal to its mirror image along the axis. `'odd'`: the negative of its mirror image.
 */
export type Symmetry = 'even' | 'odd' | 'none'

interface DescribeInput {
  readonly shape: readonly number[]
  readonly finite: boolean
  readonly sum: number
  readonly absoluteSum: number
  readonly zeroSum: boolean
  readonly isWeighting: boolean
  readonly symmetry: readonly Symmetry[]
  readonly flipInvariant: boolean
  readonly flipNegates: boolean
  readonly causal: boolean | undefined
  readonly rank: number | undefined
  readonly isotropy: number | undefined
  outputRange(min: number, max: number): readonly [number, number]
  overflowingDTypes(min: number, max: number): readonly DType[]
}

/** From this isotropy a kernel counts as equal in all directions. */
const isotropicThreshold = 0.9

export function describeKernel(
  kernel: DescribeInput,
  values: readonly number[],
): readonly string[] {
  if (!kernel.finite) {
    const at = values.findIndex((value) => !Number.isFinite(value))
    return [
      `Weight [${indexAt(kernel.shape, at).join(', ')}] is ${values[at]}: every result that ` +
        'uses it becomes NaN or infinite.',
    ]
  }
  if (kernel.absoluteSum === 0) return ['All weights are 0: every result is 0.']
  return [
    sumSentence,
    natureSentence,
    flipSentence,
    shiftSentence,
    causalSentence,
    rankSentence,
    rangeSentence,
  ]
    .map((sentence) => sentence(kernel))
    .filter((sentence) => sentence !== undefined)
}

type Sentence = (kernel: DescribeInput) => string | undefined

const sumSentence: Sentence = ({ zeroSum, isWeighting, sum }) => {
  if (zeroSum) return 'Sums to 0: an edge kernel, flat areas become 0.'
  if (isWeighting)
    return (
      'No weight is negative and they sum to 1: a weighted mean, results stay within the range ' +
      'of the input.'
    )
  if (Math.abs(sum - 1) < 1e-6) return 'Sums to 1: flat areas keep their value.'
  return (
    `Sums to ${formatNumber(sum)}: flat areas are multiplied by this factor, so the brightness ` +
    'changes.'
  )
}

const natureSentence: Sentence = ({ isotropy, zeroSum, symmetry, flipNegates, shape }) => {
  if (isotropy === undefined)
    return zeroSum && flipNegates
      ? 'A derivative: rising and falling edges get opposite signs.'
      : undefined
  if (zeroSum && isotropy >= isotropicThreshold) {
    return (
      'Isotropic and sums to 0: a Laplacian, which finds edges in every direction. It is not an ' +
      'emboss kernel, which has a direction.'
    )
  }
  if (zeroSum && flipNegates) {
    const axis = symmetry.indexOf('odd')
    const alongAxis = symmetry.filter((s) => s === 'odd').length === 1 ? ` along axis ${axis}` : ''
    return (
      `A derivative${alongAxis}: rising and falling edges get opposite signs, flat areas and ` +
      'edges that run along it give 0.'
    )
  }
  if (isotropy >= isotropicThreshold)
    return shape.every((extent) => extent === 1)
      ? undefined
      : 'Isotropic: treats all directions equally.'
  return (
    `Directional: ${Math.round(isotropy * 100)} % of its response is the same in all ` +
    'directions.'
  )
}

const flipSentence: Sentence = ({ flipInvariant, flipNegates }) => {
  if (flipInvariant)
    return 'Flipping it changes nothing: convolution and correlation give the same result.'
  if (flipNegates)
    return 'Flipping it changes the sign: convolution gives the negative of correlation.'
  return 'Flipping it changes it: convolution and correlation give different results.'
}

const shiftSentence: Sentence = ({ shape }) => {
  const evenAxes = shape.flatMap((extent, axis) => (extent % 2 === 0 ? [axis] : []))
  if (evenAxes.length === 0) return undefined
  return (
    `Even along ${evenAxes.length === 1 ? 'axis' : 'axes'} ${evenAxes.join(', ')}: it has no ` +
    `centre sample there, so mode 'same' shifts results by half a sample.`
  )
}

const causalSentence: Sentence = ({ causal, shape }) =>
  causal && shape[0]! > 1
    ? 'Causal as a correlation: no result reads a sample after its own.'
    : undefined

const rankSentence: Sentence = ({ rank, shape }) => {
  if (shape.filter((extent) => extent > 1).length < 2) return undefined
  const [fullCount, separableCount] = [elementCount(shape), shape.reduce((n, e) => n + e, 0)]
  if (rank === undefined) return 'Not a product of one-dimensional kernels.'
  if (rank === 1)
    return (
      `Rank 1: a product of one-dimensional kernels, ${separableCount} multiplications per ` +
      `sample instead of ${fullCount}.`
    )
  const saves =
    rank * separableCount < fullCount
      ? `${rank * separableCount} multiplications per sample instead of ${fullCount}`
      : `no fewer multiplications than the ${fullCount} of one pass`
  return `Rank ${rank}: a sum of ${rank} products of one-dimensional kernels, ${saves}.`
}

const rangeSentence: Sentence = ({ outputRange, overflowingDTypes }) => {
  const [lowest, highest] = outputRange(0, 255)
  const narrow = overflowingDTypes(0, 255)
  const range =
    `Samples from 0 to 255 give results from ${formatNumber(lowest)} ` +
    `to ${formatNumber(highest)}`
  if (!narrow.includes('uint8')) return `${range}, which fit uint8.`
  return `${range}: ${narrow.join(', ')} would saturate.`
}

/** At most six digits. */
const formatNumber = (value: number): string => `${Number(value.toPrecision(6))}`
