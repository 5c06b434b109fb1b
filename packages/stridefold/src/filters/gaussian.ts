/**
 * The filters that are made of derivatives of a Gaussian: the blur, its derivatives, its Laplacian,
 * and the magnitude of its gradient.
 */

import type { PerAxis } from '../geometry/options.ts'
import { perAxis } from '../geometry/per-axis.ts'
import type { DType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { filterAxes, type Term } from './along-axes.ts'
import { type AxesValues, type CheckedRunOptions, filterOptions } from './check-options.ts'
import { type FilterFrame, filterFrame } from './frame.ts'
import { centred, gaussianRadius, gaussianWeights } from './line-weights.ts'
import { magnitude } from './magnitude.ts'

/** See `gaussianFilter`. */
export function gaussian<D extends DType>(
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const call = 'gaussianFilter'
  const checked = filterOptions(call, options)
  const { frame, term } = gaussianFrame(call, input, checked)
  const orders = perAxis(call, 'order', checked.order, frame.axes.length)
  return filterAxes(call, frame.x, { ...frame, terms: [term(orders)] }, frame.run, turn)
}

/** See `gaussianLaplace`. */
export function laplaceOfGaussian<D extends DType>(
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const call = 'gaussianLaplace'
  const { frame, term } = gaussianFrame(call, input, filterOptions(call, options))
  const terms = frame.axes.map((_, derived) => term(orderAt(frame, derived, 2)))
  return filterAxes(call, frame.x, { ...frame, terms }, frame.run, turn)
}

/** See `gaussianGradientMagnitude`. */
export function gaussianGradient<D extends DType>(
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const call = 'gaussianGradientMagnitude'
  const { frame, term } = gaussianFrame(call, input, filterOptions(call, options))
  const terms = frame.axes.map((_, derived) => term(orderAt(frame, derived, 1)))
  return magnitude(call, frame, terms, turn)
}

/** The order of the derivative of each axis: `order` along one, 0 along the others. */
const orderAt = ({ axes }: FilterFrame, derived: number, order: number): readonly number[] =>
  axes.map((_, i) => (i === derived ? order : 0))

interface GaussianFrame {
  readonly frame: FilterFrame
  /** The lines of the Gaussian with a derivative of these orders. */
  readonly term: (orders: readonly number[]) => Term
}

function gaussianFrame(
  call: string,
  input: unknown,
  options: CheckedRunOptions &
    AxesValues & {
      readonly sigma: PerAxis<number>
      readonly truncate: number
      readonly radius: PerAxis<number> | undefined
    },
): GaussianFrame {
  const frame = filterFrame(call, input, options)
  const count = frame.axes.length
  const sigmas = perAxis(call, 'sigma', options.sigma, count)
  const radii =
    options.radius === undefined
      ? sigmas.map((sigma) => gaussianRadius(sigma, options.truncate))
      : perAxis(call, 'radius', options.radius, count)
  const term = (orders: readonly number[]): Term =>
    frame.axes.flatMap((axis, i) =>
      sigmas[i]! > smallestSigma
        ? [centred(axis, gaussianWeights(sigmas[i]!, orders[i]!, radii[i]!))]
        : [],
    )
  return { frame, term }
}

/** SciPy does not filter along axes with a sigma up to this. */
const smallestSigma = 1e-15
