/**
 * The problem as a correlation and as a convolution: the same window, weights and padding, but the
 * convolution multiplies by the kernel turned by 180°.
 */

import { formatCase, parseCase } from 'stridefold/sync'
import type { LabState } from '../../state/state.ts'
import {
  outputAt,
  type Place,
  type Product,
  productsAt,
  roundOff,
  type StageModel,
  stageModelOf,
} from '../stage-model.ts'

export type Way = 'correlation' | 'convolution'
export const ways: readonly Way[] = ['correlation', 'convolution']

export interface FlipPair {
  readonly correlation: StageModel
  readonly convolution: StageModel
  /** What the page computes. */
  readonly current: Way
}

export const turnedProblem = (problem: string): string => {
  const g = parseCase(problem)
  return formatCase({ ...g, flip: !g.flip })
}

/** `model` is the model of the state. */
export function flipPair(
  state: Pick<LabState, 'problem' | 'input' | 'kernel' | 'divisor' | 'bias'>,
  model: StageModel,
): FlipPair {
  const other = stageModelOf({ ...state, problem: turnedProblem(state.problem) })
  return model.geometry.flip
    ? { correlation: other, convolution: model, current: 'convolution' }
    : { correlation: model, convolution: other, current: 'correlation' }
}

/**
 * The tap of the page whose weight stands at a place of the window. In the way that the page does
 * not compute, the weights stand in the opposite order.
 */
export const tapAt = ({ current, correlation }: FlipPair, way: Way, at: number): number =>
  way === current ? at : correlation.taps - 1 - at

/** What turning by 180° does to the weights. */
export type Symmetry = 'same' | 'negated' | 'none'

export function symmetryOf(weights: ArrayLike<number>): Symmetry {
  const all = Array.from(weights)
  const isTurned = (sign: number): boolean =>
    all.every((weight, i) => weight === sign * all[all.length - 1 - i]!)
  return isTurned(1) ? 'same' : isTurned(-1) ? 'negated' : 'none'
}

/** One way to compute the output at a place. */
export interface WayResult {
  readonly products: readonly Product[]
  readonly sum: number
  /** The sum, divided, plus the bias. */
  readonly result: number
}

export function resultAt(pair: FlipPair, way: Way, place: Place): WayResult {
  const model = pair[way]
  const products = productsAt(model, place)
  const sum = roundOff(products.reduce((total, { product }) => total + product, 0))
  return { products, sum, result: outputAt(model, place) }
}

/** Convolution − correlation. */
export const differenceAt = ({ convolution, correlation }: FlipPair, place: Place): number =>
  roundOff(outputAt(convolution, place) - outputAt(correlation, place))
