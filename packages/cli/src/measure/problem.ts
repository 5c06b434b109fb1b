/**
 * A case with operands, and the check of a result against the definition before it is timed.
 *
 * The reference comes from `explain`, which lists the products of an output and sums them in
 * float64. For large results it is computed for a sample of outputs, including the first and the
 * last one.
 */

import {
  type ConvGeometry,
  explain,
  formatCase,
  type NdArray,
  ndarray,
  parseCase,
} from 'stridefold/sync'
import { signedUniform } from './random.ts'
import type { Weights } from './suites.ts'

export interface Problem {
  readonly geometry: ConvGeometry
  /** The case in its canonical spelling. */
  readonly text: string
  /** [batch, channels, …axes], between −1 and 1. */
  readonly x: NdArray
  /** [filters, channels of a group, …axes]. */
  readonly k: NdArray
  readonly outputShape: readonly number[]
  /** Two per product of the definition. Products with inserted zeros do not count. */
  readonly flops: number
  /** Smallest memory traffic: input, kernel and output once each. */
  readonly bytes: number
}

export const elements = (shape: readonly number[]): number =>
  shape.reduce((n, extent) => n * extent, 1)

/** A case with operands. Throws `OptionError` for an invalid case. */
export function problem(text: string, weights: Weights = 'random'): Problem {
  const geometry = parseCase(text)
  const { batch, channels, filters, groups, axes, dtype } = geometry
  const inputShape = [batch, channels, ...axes.map((axis) => axis.input)]
  const kernelShape = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
  const outputShape = [batch, filters, ...axes.map((axis) => axis.output)]
  const array = (values: Float32Array, shape: readonly number[]): NdArray =>
    ndarray(dtype === 'float64' ? Float64Array.from(values) : values, shape)
  const inserted = axes.reduce((n, axis) => n * axis.inputDilation, 1)
  return {
    ...{ geometry, outputShape, text: formatCase(geometry) },
    x: array(signedUniform(elements(inputShape), 1), inputShape),
    k: array(weightsOf(weights, kernelShape), kernelShape),
    flops: Math.round((2 * elements(outputShape) * elements(kernelShape.slice(1))) / inserted),
    bytes:
      (elements(inputShape) + elements(kernelShape) + elements(outputShape)) *
      (dtype === 'float64' ? 8 : 4),
  }
}

const kernels: Readonly<Record<Weights, (shape: readonly number[]) => Float32Array>> = {
  random: (shape) => signedUniform(elements(shape), 2),
  gaussian,
  box: (shape) => new Float32Array(elements(shape)).fill(1 / elements(shape.slice(2))),
}

/** Weights of shape [filters, channels of a group, …axes], the same in every call. */
export const weightsOf = (weights: Weights, shape: readonly number[]): Float32Array =>
  kernels[weights](shape)

/** Each filter is the product of one bell curve per axis: sum 1, σ a sixth of the extent. */
function gaussian(shape: readonly number[]): Float32Array {
  const curves = shape.map((extent, axis) => {
    const bell = Array.from({ length: extent }, (_, i) =>
      Math.exp(-0.5 * ((6 * (i - (extent - 1) / 2)) / extent) ** 2),
    )
    const sum = bell.reduce((a, b) => a + b, 0)
    return axis < 2 ? bell.map(() => 1) : bell.map((value) => value / sum)
  })
  return Float32Array.from({ length: elements(shape) }, (_, i) =>
    indexOf(i, shape).reduce((value, j, axis) => value * curves[axis]![j]!, 1),
  )
}

/** The index of the i-th element in row-major order. */
export function indexOf(i: number, shape: readonly number[]): number[] {
  const index = shape.map(() => 0)
  for (let axis = shape.length - 1, remaining = i; axis >= 0; axis--) {
    index[axis] = remaining % shape[axis]!
    remaining = Math.floor(remaining / shape[axis]!)
  }
  return index
}

/** The result of a check. */
export interface Check {
  readonly outputs: number
  /** Largest |result − definition| among them. */
  readonly difference: number
  /** The largest difference that the arithmetic allows. */
  readonly bound: number
  /**
   * Undefined if every checked output is within its bound, else a sentence about the first one that
   * is not.
   */
  readonly wrong: string | undefined
}

/**
 * Compares a result, dense in row-major order, with the definition at up to `outputs` outputs.
 *
 * Each product and addition of a sum may add an error of ε; these errors mostly cancel. In a fast
 * algorithm, whose tiles combine neighbouring outputs, the error may be a few times larger. The
 * bound 8 ε √taps · max|x| · Σ|k| allows for that, but not for a wrong tap.
 */
export function check(p: Problem, result: ArrayLike<number>, outputs = 48): Check {
  const { geometry: g, x, k, outputShape } = p
  const count = elements(outputShape)
  const checkedCount = Math.min(outputs, count)
  const epsilon = g.dtype === 'float64' ? 2 ** -53 : 2 ** -24
  const taps = elements(k.shape.slice(1))
  const absoluteWeightSum = (f: number): number => {
    let sum = 0
    for (let i = f * taps; i < (f + 1) * taps; i++) sum += Math.abs(k.data[i]!)
    return sum
  }
  let [difference, maxBound, wrong] = [0, 0, undefined as string | undefined]
  for (let s = 0; s < checkedCount; s++) {
    const i = checkedCount === 1 ? 0 : Math.round((s * (count - 1)) / (checkedCount - 1))
    const index = indexOf(i, outputShape)
    const sum = explain(g, { output: index }, { input: x, kernel: k }).taps.at(-1)?.sum ?? 0
    const bound = 8 * epsilon * Math.sqrt(taps) * absoluteWeightSum(index[1]!) + Number.MIN_VALUE
    const error = Math.abs(result[i]! - sum)
    if (!(error <= difference)) difference = error
    maxBound = Math.max(maxBound, bound)
    if (!(error <= bound))
      wrong ??=
        `output [${index}] of ${p.text} is ${result[i]}, but the definition gives ${sum} (± ` +
        `${bound.toExponential(1)})`
  }
  return { outputs: checkedCount, difference, bound: maxBound, wrong }
}
