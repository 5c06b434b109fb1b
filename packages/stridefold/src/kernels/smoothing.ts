/** Kernels that keep or average the image. Their weights sum to 1, so flat areas do not change. */

import { exponential } from '../ndarray/elementary.ts'
import { elementCount } from '../ndarray/layout.ts'
import {
  angle,
  atLeast,
  defineKernel,
  direction,
  type KernelDefinition,
  oddExtentForRadius,
  perAxisNumbers,
  positivePerAxis,
  rankConflict,
  rankOf,
  rankParameter,
  sizePerAxis,
} from './definition.ts'
import { normalizeWeights, sampleWeights, total, type Weights } from './weights.ts'

/** The index of an axis that mode `same` places on the output sample. */
const centreIndex = (extent: number): number => Math.floor((extent - 1) / 2)

const identity = defineKernel({
  name: 'identity',
  summary: 'changes nothing: 1 in the centre, 0 around it',
  parameters: { size: sizePerAxis(1), rank: rankParameter },
  invalidReason: ({ size, rank }) => rankConflict(rankOf(rank, size), { size }),
  shape: ({ size, rank }) => perAxisNumbers(size, rankOf(rank, size)),
  weights: (_, shape) =>
    sampleWeights(shape, (...at) =>
      at.every((x, axis) => x === centreIndex(shape[axis]!) - (shape[axis]! - 1) / 2) ? 1 : 0,
    ),
})

const box = defineKernel({
  name: 'box',
  summary: 'the mean of all samples under the kernel',
  parameters: { size: sizePerAxis(3), rank: rankParameter },
  invalidReason: ({ size, rank }) => rankConflict(rankOf(rank, size), { size }),
  shape: ({ size, rank }) => perAxisNumbers(size, rankOf(rank, size)),
  weights: (_, shape) => {
    const count = elementCount(shape)
    return sampleWeights(shape, () => 1 / count)
  },
})

const gaussian = defineKernel({
  name: 'gaussian',
  summary:
    'a weighted mean whose weights decrease with the distance, as a normal distribution does',
  parameters: {
    sigma: positivePerAxis(1, 'standard deviation in samples'),
    size: sizePerAxis(undefined, '4 sigma on either side'),
    rank: rankParameter,
  },
  invalidReason: ({ sigma, size, rank }) =>
    rankConflict(rankOf(rank, sigma, size), { sigma, size }),
  shape: ({ sigma, size, rank }) => {
    const axes = rankOf(rank, sigma, size)
    return size === undefined
      ? perAxisNumbers(sigma, axes).map((s) => oddExtentForRadius(4 * s))
      : perAxisNumbers(size, axes)
  },
  weights: ({ sigma }, shape) => gaussianWeights(shape, perAxisNumbers(sigma, shape.length)),
})

/** exp(−Σ x²/2σ²), with sum 1: the product of one 1-D Gaussian per axis. */
export function gaussianWeights(shape: readonly number[], sigmas: readonly number[]): Weights {
  const lines = shape.map((extent, axis) => gaussianLine(extent, sigmas[axis]!))
  return sampleWeights(shape, (...at) =>
    at.reduce((product, x, axis) => product * lines[axis]![x + (shape[axis]! - 1) / 2]!, 1),
  )
}

function gaussianLine(extent: number, sigma: number): readonly number[] {
  const offset = (extent - 1) / 2
  // Relative to the weights nearest to the centre, so that a very small sigma does not give zeros
  // only.
  const nearestDistance = extent % 2 === 0 ? 0.5 : 0
  const lineWeights = Array.from({ length: extent }, (_, i) =>
    exponential(
      (nearestDistance * nearestDistance - (i - offset) * (i - offset)) / sigma / sigma / 2,
    ),
  )
  const sum = total(lineWeights)
  return lineWeights.map((value) => value / sum)
}

const motion = defineKernel({
  name: 'motion',
  summary: 'motion blur: the mean along a line',
  parameters: {
    length: atLeast(1, 9, 'length of the line in samples'),
    angle: angle(0, 'direction of the line'),
  },
  shape: ({ length, angle }) =>
    direction(angle).map(
      (step) => 2 * Math.ceil(((length - 1) / 2) * Math.abs(step)) + 1 + 2 * rimSamples,
    ),
  weights: ({ length, angle }, shape) =>
    normalizeWeights(trimEmptyRim(lineWeights(shape, (length - 1) / 2, direction(angle)))),
})

/** Samples this far outside the line may still have a weight. */
const rimSamples = 1

/**
 * 1 − distance to the segment that extends `half` samples on either side of the centre, if
 * positive, else 0.
 */
function lineWeights(
  shape: readonly number[],
  half: number,
  [row, column]: readonly [number, number],
): Weights {
  return sampleWeights(shape, (y = 0, x = 0) => {
    const across = Math.abs(x * row - y * column)
    const beyond = Math.max(0, Math.abs(x * column + y * row) - half)
    return Math.max(0, 1 - Math.sqrt(across * across + beyond * beyond))
  })
}

/**
 * Removes outer rows and columns without weights. The centre stays, because a line is symmetric
 * under rotation by 180°.
 */
function trimEmptyRim({ shape, values }: Weights): Weights {
  const [rows = 1, columns = 1] = shape
  // Rounding of sines leaves weights of 1e-17 beside a line.
  const nonZeros = values.flatMap((value, i) =>
    value > 1e-12 ? [{ row: Math.floor(i / columns), column: i % columns, value }] : [],
  )
  const top = nonZeros.reduce((min, { row }) => Math.min(min, row), rows)
  const left = nonZeros.reduce((min, { column }) => Math.min(min, column), columns)
  const keptShape = [rows - 2 * top, columns - 2 * left] as const
  const keptValues = new Array<number>(keptShape[0] * keptShape[1]).fill(0)
  for (const { row, column, value } of nonZeros)
    keptValues[(row - top) * keptShape[1] + column - left] = value
  return { shape: keptShape, values: keptValues }
}

export const smoothing: readonly KernelDefinition[] = [identity, box, gaussian, motion]
