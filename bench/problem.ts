/**
 * Generates the operands of a case, and verifies results against the definition in float64. Every
 * result is verified before anything is timed.
 *
 *   y[n, f, q] = Σ_c Σ_t x[n, c, q·stride + t·dilation − before] · k[f, c, t]   (0 outside)
 *
 * For large results a sample of outputs is verified, including the first and the last.
 */

import { elements, indexOf, signed, weightsOf } from '@stridefold/cli/measure'
import type { Entry } from './suite.ts'

/** What a library computed for a problem. */
export interface Output {
  readonly values: ArrayLike<number>
  readonly layout: Layout
  /** Set if the border is not zero: then only outputs that read no border sample are verified. */
  readonly border?: 'edge'
  /**
   * Tolerance of a result of bytes, in levels. Default 0.51 (the nearest integer). Larger for
   * libraries that only have integer weights.
   */
  readonly levels?: number
}

export interface Problem extends Entry {
  /** Row-major [batch, channels, …axes] and [filters, channels / groups, …axes]. */
  readonly x: Float32Array
  readonly k: Float32Array
  readonly inputShape: readonly number[]
  readonly kernelShape: readonly number[]
  readonly outputShape: readonly number[]
  readonly flops: number
}

export function problem(entry: Entry): Problem {
  const { batch, channels, filters, groups, axes } = entry.geometry
  const inputShape = [batch, channels, ...axes.map((axis) => axis.input)]
  const kernelShape = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
  const outputShape = [batch, filters, ...axes.map((axis) => axis.output)]
  const fractions = signed(elements(inputShape), 1)
  const x = entry.bytes ? fractions.map((value) => Math.floor(128 * (value + 1))) : fractions
  const k = weightsOf(entry.kernel, kernelShape)
  return {
    ...entry,
    x,
    k,
    inputShape,
    kernelShape,
    outputShape,
    flops: 2 * elements(outputShape) * elements(kernelShape.slice(1)),
  }
}

export type Layout = 'channels-first' | 'channels-last'

/** Copies row-major [batch, channels, …axes] to an array with the channels last. */
export function channelsLast(from: Float32Array, shape: readonly number[]): Float32Array {
  const [batch = 1, channels = 1, ...axes] = shape
  const area = elements(axes)
  const to = new Float32Array(from.length)
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < area; i++)
        to[(n * area + i) * channels + c] = from[(n * channels + c) * area + i]!
  return to
}

/** Copies interleaved colours to one plane per colour. */
export function toPlanes(from: ArrayLike<number>, colours: number): Float32Array {
  const area = from.length / colours
  return Float32Array.from(
    { length: from.length },
    (_, i) => from[(i % area) * colours + Math.floor(i / area)]!,
  )
}

/**
 * Throws if a result differs from the definition. Each product and addition of a float32 sum may
 * add an error of ε, and a fast algorithm adds a few more. The tolerance is 16 ε √taps times the
 * sum of the magnitudes: larger than those errors, and smaller than the error of a wrong tap.
 */
export function verify(
  name: string,
  p: Problem,
  { values: y, layout, border, levels = 0.51 }: Output,
  samples = 300,
): void {
  const count = elements(p.outputShape)
  if (y.length !== count)
    throw new Error(`${name}: ${y.length} outputs for ${p.geometry.key}; expected ${count}`)
  const [, filters = 1, ...outer] = p.outputShape
  const area = elements(outer)
  const checked = Math.min(samples, count)
  for (let s = 0; s < checked; s++) {
    const i = checked === 1 ? 0 : Math.round((s * (count - 1)) / (checked - 1))
    const index = indexOf(i, p.outputShape)
    const [n = 0, f = 0] = index
    const position = layout === 'channels-first' ? i : (n * area + (i % area)) * filters + f
    const { sum, magnitude, taps } = outputByDefinition(p, index)
    if (border !== undefined && seesBorder(p, index)) continue
    const bound = p.bytes ? levels : 16 * 2 ** -24 * Math.sqrt(taps) * magnitude + 1e-30
    const expected = p.bytes ? Math.min(Math.max(sum, 0), 255) : sum
    if (!(Math.abs(y[position]! - expected) <= bound)) {
      throw new Error(
        `${name} computes ${y[position]} at [${index}] of ${p.geometry.key}; expected ` +
          `${expected} ± ${bound}`,
      )
    }
  }
}

const seesBorder = ({ geometry: { axes } }: Problem, index: readonly number[]): boolean =>
  axes.some(({ input, kernel, stride, dilation, before }, a) => {
    const first = index[a + 2]! * stride - before
    return first < 0 || first + dilation * (kernel - 1) >= input
  })

function outputByDefinition(
  p: Problem,
  [n = 0, f = 0, ...q]: readonly number[],
): { sum: number; magnitude: number; taps: number } {
  const { axes, channels, filters, groups } = p.geometry
  const perGroup = channels / groups
  const first = Math.floor(f / (filters / groups)) * perGroup
  const taps = elements(axes.map((axis) => axis.kernel))
  let [sum, magnitude] = [0, 0]
  for (let c = 0; c < perGroup; c++) {
    for (let t = 0; t < taps; t++) {
      const tap = indexOf(t, p.kernelShape.slice(2))
      const from = axes.map(
        (axis, a) => q[a]! * axis.stride + tap[a]! * axis.dilation - axis.before,
      )
      if (from.some((i, a) => i < 0 || i >= axes[a]!.input)) continue
      const xAt = from.reduce((i, j, a) => i * axes[a]!.input + j, n * channels + first + c)
      const product = p.x[xAt]! * p.k[(f * perGroup + c) * taps + t]!
      sum += product
      magnitude += Math.abs(product)
    }
  }
  return { sum, magnitude, taps: perGroup * taps }
}
