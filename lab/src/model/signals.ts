/**
 * Named signals and weightings with one axis: shapes with noise that follow from a seed, and
 * weights from a name and a width. This file only makes the data. The library convolves them.
 */

import { convolve, kernels } from 'stridefold/sync'
import type { NoisySignal, SignalName, WeightingName } from '../state/state.ts'
import { randomFractions } from './numbers.ts'

const shapes: Readonly<Record<SignalName, (at: number) => number>> = {
  step: (at) => (at < 0.35 ? 1 : 4),
  sine: (at) => 3 + 2 * Math.sin(at * 4 * Math.PI),
  pulses: (at) => (at % 0.25 < 0.09 ? 5 : 1),
  ramp: (at) => 5 * at,
}

/**
 * `count` samples, rounded to two decimals, so that a link stays short after one of them is edited.
 */
export function signalOf({ signal, noise, seed }: NoisySignal, count: number): readonly number[] {
  const next = randomFractions(seed)
  return Array.from(
    { length: count },
    (_, i) => Math.round(100 * (shapes[signal](i / count) + noise * (2 * next() - 1))) / 100,
  )
}

/**
 * The weights by age: the first belongs to the newest sample. All weightings except the difference
 * sum to 1.
 */
export function weightingOf(name: WeightingName, width: number): readonly number[] {
  switch (name) {
    case 'box':
      return roundWeights(kernels.box({ size: width, rank: 1 }).data)
    case 'gaussian':
      return roundWeights(
        kernels.gaussian({ sigma: Math.max(0.3, width / 6), size: width, rank: 1 }).data,
      )
    case 'triangle': {
      const half = Math.ceil(width / 2)
      const boxes = [half, width - half + 1].map((size) => kernels.box({ size, rank: 1 })) as [
        ReturnType<typeof kernels.box>,
        ReturnType<typeof kernels.box>,
      ]
      return roundWeights(convolve(boxes[0], boxes[1], { mode: 'full' }).data)
    }
    case 'exponential':
      return roundWeights(
        normalise(Array.from({ length: width }, (_, age) => Math.exp((-3 * age) / width))),
      )
    case 'difference':
      return [1, ...new Array<number>(Math.max(0, width - 2)).fill(0), -1].slice(0, width)
  }
}

export function normalise(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  return weights.map((weight) => weight / sum)
}

const roundWeights = (weights: ArrayLike<number>): readonly number[] =>
  Array.from(weights, (weight) => Number(weight.toPrecision(7)))

/** Signal and weighting of the integral: a sine, and an exponential that decays at rate 1. */
export const continuous = {
  signal: (time: number): number => 2 + Math.sin(1.5 * time),
  /** The weight of a sample of age `age`. Future samples have weight 0. */
  weighting: (age: number): number => (age < 0 ? 0 : Math.exp(-age)),
  /** ∫ signal(time − age) · weighting(age) d age, in closed form. */
  integral: (time: number): number =>
    2 + (Math.sin(1.5 * time) - 1.5 * Math.cos(1.5 * time)) / (1 + 1.5 ** 2),
  /** At larger ages the weights are below 10⁻⁶, so the sum leaves them out. */
  maxAge: 14,
} as const

/**
 * The integral as a sum over samples that are `step` apart: the library convolves sampled signal
 * and weighting, and the sum is multiplied by the step.
 */
export function riemannSum(time: number, step: number): number {
  const count = Math.floor(continuous.maxAge / step) + 1
  const signal = Float64Array.from({ length: count }, (_, i) =>
    continuous.signal(time - (count - 1 - i) * step),
  )
  const weights = Float64Array.from({ length: count }, (_, age) => continuous.weighting(age * step))
  return convolve(signal, weights, { mode: 'valid', dtype: 'float64' }).data[0]! * step
}
