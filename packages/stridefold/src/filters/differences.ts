/**
 * The filters that are made of differences of neighbours: Sobel and its kin, the Laplacian, and the
 * magnitude of their gradients.
 */

import { withCallName } from '../errors.ts'
import { computeConvolution } from '../missing/signal.ts'
import { ndarray } from '../ndarray/create.ts'
import type { DType } from '../ndarray/dtype.ts'
import { indicesOf } from '../ndarray/indices.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { validateAxes } from '../ndarray/views.ts'
import type { Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { filterAxes, movingAxes, type Term } from './along-axes.ts'
import { filterOptions, type Operator } from './check-options.ts'
import { filterFrame, mayMiss } from './frame.ts'
import { centred, curvature, difference } from './line-weights.ts'
import { magnitude } from './magnitude.ts'

/** The weights across the derivative. */
const smoothing: Readonly<Record<Operator, readonly number[]>> = {
  sobel: [1, 2, 1],
  prewitt: [1, 1, 1],
  scharr: [3, 10, 3],
}

/** See `sobel`, `prewitt` and `scharr`. */
export function derivative<D extends DType>(
  call: Operator,
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const { axis, ...checked } = filterOptions(call, options)
  const frame = filterFrame(call, input, { ...checked, axes: undefined })
  const [derived = 0] = validateAxes([axis], frame.x.shape.length)
  const terms = [derivativeTerm(call, frame.axes, derived)]
  return filterAxes(call, frame.x, { ...frame, terms }, frame.run, turn)
}

/** SciPy's order: first the difference, then the smoothing along the other axes. */
const derivativeTerm = (operator: Operator, axes: readonly number[], derived: number): Term => [
  centred(derived, difference),
  ...axes.filter((axis) => axis !== derived).map((axis) => centred(axis, smoothing[operator])),
]

/** See `gradientMagnitude`. */
export function gradientOf<D extends DType>(
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const call = 'gradientMagnitude'
  const { operator, ...checked } = filterOptions(call, options)
  const frame = filterFrame(call, input, checked)
  const terms = frame.axes.map((axis) => derivativeTerm(operator, frame.axes, axis))
  return magnitude(call, frame, terms, turn)
}

/**
 * See `laplace`. The sum of the curvatures along all axes is one kernel; its corners are 0, so each
 * axis reads its own border only.
 */
export function laplacian<D extends DType>(
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const call = 'laplace'
  const frame = filterFrame(call, input, filterOptions(call, options))
  const { channelAxis, axes } = movingAxes(frame.x, frame.axes)
  const shape = axes.map((axis) => (frame.axes.includes(axis) ? curvature.length : 1))
  const kernel = ndarray(starWeights(shape), shape)
  const settings = {
    ...frame.run,
    ...(channelAxis !== undefined && { channelAxis }),
    boundary: axes.map((axis) => frame.borders[axis]!),
    ...(mayMiss(frame) && { missing: frame.missing, minimumPresent: frame.minimumPresent }),
  }
  return withCallName(call, () => computeConvolution('correlate', frame.x, kernel, settings, turn))
}

/** The curvature along each axis of extent 3, through the centre. */
function starWeights(shape: readonly number[]): number[] {
  const weights: number[] = []
  for (const index of indicesOf(shape)) {
    const distances = index.map((i, axis) => i - (shape[axis]! - 1) / 2)
    const moved = distances.filter((distance) => distance !== 0).length
    const axes = shape.filter((extent) => extent > 1).length
    weights.push(moved === 0 ? curvature[1]! * axes : moved === 1 ? curvature[0]! : 0)
  }
  return weights
}
