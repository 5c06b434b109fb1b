/**
 * A case with its operands and the definition in float64. Every result is compared with the
 * definition before anything is timed.
 *
 *   y[n, f, q] = Σ_c Σ_t x[n, c, q·stride + t·dilation − before] · k[f, c, t]   (0 outside)
 *
 * Large results are looked at in a sample of outputs, the first and the last among them.
 */

import { elements, indexOf, signed, weightsOf } from '@stridefold/cli/measure'
import type { Entry } from './suite.ts'

/** What a library computed for a problem. */
export interface Output {
  readonly values: ArrayLike<number>
  readonly layout: Layout
  /** Another border than zeros: only results that do not see it are compared. */
  readonly border?: 'edge'
  /**
   * Levels by which bytes may be off; 0.51, the nearest whole number, unless whole-numbered weights
   * are all there is.
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

/** The same values with the channels last, `from` the row-major [batch, channels, …axes]. */
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

/** Interleaved colours one plane after the other. */
export function planar(from: ArrayLike<number>, colours: number): Float32Array {
  const area = from.length / colours
  return Float32Array.from(
    { length: from.length },
    (_, i) => from[(i % area) * colours + Math.floor(i / area)]!,
  )
}

/**
 * Throws where a result is not the definition's. A float32 sum may be off by ε for each product and
 * addition, and by a few more in a fast algorithm: 16 ε √taps of the sum of the magnitudes leaves
 * room for those and none for a wrong tap.
 */
export function verify(
  who: string,
  p: Problem,
  { values: y, layout, border, levels = 0.51 }: Output,
  samples = 300,
): void {
  const count = elements(p.outputShape)
  if (y.length !== count)
    throw new Error(`${who}: ${y.length} outputs for ${p.geometry.key}, ${count} were expected`)
  const [, filters = 1, ...outer] = p.outputShape
  const area = elements(outer)
  const looked = Math.min(samples, count)
  for (let s = 0; s < looked; s++) {
    const i = looked === 1 ? 0 : Math.round((s * (count - 1)) / (looked - 1))
    const index = indexOf(i, p.outputShape)
    const [n = 0, f = 0] = index
    const place = layout === 'channels-first' ? i : (n * area + (i % area)) * filters + f
    const { sum, magnitude, taps } = defined(p, index)
    if (border !== undefined && seesBorder(p, index)) continue
    const bound = p.bytes ? levels : 16 * 2 ** -24 * Math.sqrt(taps) * magnitude + 1e-30
    const right = p.bytes ? Math.min(Math.max(sum, 0), 255) : sum
    if (!(Math.abs(y[place]! - right) <= bound)) {
      throw new Error(
        `${who} computes ${y[place]} at [${index}] of ${p.geometry.key}; by definition it is ` +
          `${right} ± ${bound}`,
      )
    }
  }
}

const seesBorder = ({ geometry: { axes } }: Problem, index: readonly number[]): boolean =>
  axes.some(({ input, kernel, stride, dilation, before }, a) => {
    const first = index[a + 2]! * stride - before
    return first < 0 || first + dilation * (kernel - 1) >= input
  })

function defined(
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
