/** Kernels that keep or average the image. Their weights sum to 1, so flat areas do not change. */

import { exponential } from '../ndarray/elementary.ts'
import {
  angle,
  atLeast,
  define,
  direction,
  oddExtentForRadius,
  type KernelDefinition,
  positivePerAxis,
  rankConflict,
  rankOf,
  rankParameter,
  sizePerAxis,
  spread,
} from './definition.ts'
import { normalized, sampled, total, type Weights } from './weights.ts'

/** The index of an axis that mode `same` places on the output sample. */
const middle = (extent: number): number => Math.floor((extent - 1) / 2)

const identity = define({
  name: 'identity',
  summary: 'changes nothing: 1 in the middle, 0 around it',
  parameters: { size: sizePerAxis(1), rank: rankParameter },
  refuse: ({ size, rank }) => rankConflict(rankOf(rank, size), { size }),
  shape: ({ size, rank }) => spread(size, rankOf(rank, size)),
  weights: (_, shape) =>
    sampled(shape, (...at) =>
      at.every((x, axis) => x === middle(shape[axis]!) - (shape[axis]! - 1) / 2) ? 1 : 0,
    ),
})

const box = define({
  name: 'box',
  summary: 'the mean of all samples under the kernel',
  parameters: { size: sizePerAxis(3), rank: rankParameter },
  refuse: ({ size, rank }) => rankConflict(rankOf(rank, size), { size }),
  shape: ({ size, rank }) => spread(size, rankOf(rank, size)),
  weights: (_, shape) => {
    const count = shape.reduce((product, extent) => product * extent, 1)
    return sampled(shape, () => 1 / count)
  },
})

const gaussian = define({
  name: 'gaussian',
  summary:
    'a weighted mean that fades with the distance as a bell: the blur without a trace of its own',
  parameters: {
    sigma: positivePerAxis(1, 'standard deviation in samples'),
    size: sizePerAxis(undefined, '4 sigma to either side'),
    rank: rankParameter,
  },
  refuse: ({ sigma, size, rank }) => rankConflict(rankOf(rank, sigma, size), { sigma, size }),
  shape: ({ sigma, size, rank }) => {
    const axes = rankOf(rank, sigma, size)
    return size === undefined
      ? spread(sigma, axes).map((s) => oddExtentForRadius(4 * s))
      : spread(size, axes)
  },
  weights: ({ sigma }, shape) => gaussianWeights(shape, spread(sigma, shape.length)),
})

/** exp(−Σ x²/2σ²), with sum 1: the product of one 1-D Gaussian per axis. */
export function gaussianWeights(shape: readonly number[], sigmas: readonly number[]): Weights {
  const lines = shape.map((extent, axis) => bellLine(extent, sigmas[axis]!))
  return sampled(shape, (...at) =>
    at.reduce((product, x, axis) => product * lines[axis]![x + (shape[axis]! - 1) / 2]!, 1),
  )
}

function bellLine(extent: number, sigma: number): readonly number[] {
  const offset = (extent - 1) / 2
  // Relative to the weights nearest to the centre, so that a very small sigma does not give zeros
  // only.
  const nearest = extent % 2 === 0 ? 0.5 : 0
  const line = Array.from({ length: extent }, (_, i) =>
    exponential((nearest * nearest - (i - offset) * (i - offset)) / sigma / sigma / 2),
  )
  const sum = total(line)
  return line.map((value) => value / sum)
}

const motion = define({
  name: 'motion',
  summary: 'the smear of a camera that moved: the mean along a line',
  parameters: {
    length: atLeast(1, 9, 'length of the line in samples'),
    angle: angle(0, 'direction of the line'),
  },
  shape: ({ length, angle }) =>
    direction(angle).map(
      (step) => 2 * Math.ceil(((length - 1) / 2) * Math.abs(step)) + 1 + 2 * rim,
    ),
  weights: ({ length, angle }, shape) =>
    normalized(withoutEmptyRim(line(shape, (length - 1) / 2, direction(angle)))),
})

/** Samples this far outside the line may still have a weight. */
const rim = 1

/**
 * 1 − distance to the segment that extends `half` samples on either side of the centre, if
 * positive, else 0.
 */
function line(
  shape: readonly number[],
  half: number,
  [row, column]: readonly [number, number],
): Weights {
  return sampled(shape, (y = 0, x = 0) => {
    const across = Math.abs(x * row - y * column)
    const beyond = Math.max(0, Math.abs(x * column + y * row) - half)
    return Math.max(0, 1 - Math.sqrt(across * across + beyond * beyond))
  })
}

/**
 * Removes outer rows and columns without weights. The centre stays, because a line is symmetric
 * under rotation by 180°.
 */
function withoutEmptyRim({ shape, values }: Weights): Weights {
  const [rows = 1, columns = 1] = shape
  // Rounding of sines leaves weights of 1e-17 beside a line.
  const places = values.flatMap((value, i) =>
    value > 1e-12 ? [{ row: Math.floor(i / columns), column: i % columns, value }] : [],
  )
  const top = places.reduce((least, { row }) => Math.min(least, row), rows)
  const left = places.reduce((least, { column }) => Math.min(least, column), columns)
  const kept = [rows - 2 * top, columns - 2 * left] as const
  const picked = new Array<number>(kept[0] * kept[1]).fill(0)
  for (const { row, column, value } of places) picked[(row - top) * kept[1] + column - left] = value
  return { shape: kept, values: picked }
}

export const smoothing: readonly KernelDefinition[] = [identity, box, gaussian, motion]
