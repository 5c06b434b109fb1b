/**
 * Which geometry does a pooling have? That of a layer with one group per channel: the window of an
 * axis is its kernel.
 */

import { OptionError } from '../errors.ts'
import { countText } from '../ndarray/count-text.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { formatValue } from './format-value.ts'
import { type AxisGeometry, type AxisParts, type ConvGeometry, makeGeometry } from './geometry.ts'
import { isChannelsLast } from './layouts.ts'
import { layerRules, type Rule } from './option-rules.ts'
import type { Layout, PaddingSamples, PerAxis } from './options.ts'
import { type PaddingName, padding } from './padding.ts'
import { perAxis, sidesPerAxis } from './per-axis.ts'
import { type PoolCall, poolRank } from './pool-calls.ts'

/** The options of a pooling, as the caller gave them. */
export interface PoolOptions {
  readonly size: unknown
  readonly stride: unknown
  readonly padding: unknown
}

/**
 * The geometry of a pooling of an array with this shape. Throws `OptionError` for options that are
 * not valid, for another rank, and for windows without a sample.
 */
export function poolGeometry(
  call: PoolCall,
  shape: readonly number[],
  options: PoolOptions,
  layout: Layout,
  dtype: ComputeDType,
): ConvGeometry {
  const rank = poolRank(call)
  if (shape.length !== rank + 2) {
    throw new OptionError(
      'RANK_MISMATCH',
      `${call}: input [${shape}] has rank ${shape.length}, but ${rank + 2} axes are needed: ` +
        `batch, channels and ${rank} spatial.`,
    )
  }
  const isLast = isChannelsLast(call, layout, rank)
  const channels = shape[isLast ? rank + 1 : 1]!
  const extents = isLast ? shape.slice(1, -1) : shape.slice(2)
  const sizes = perAxis(call, 'size', sizeOf(call, options.size), rank)
  const given = options.stride === undefined ? sizes : checked(call, 'stride', options.stride)
  const strides = perAxis(call, 'stride', given as PerAxis<number>, rank)
  const sides = checked(call, 'padding', options.padding ?? 0) as PaddingName | PaddingSamples
  const axes = extents.map((input, a): AxisParts => {
    const unpadded = { input, kernel: sizes[a]!, stride: strides[a]! }
    const [before, after] =
      typeof sides === 'string'
        ? padding(sides, { ...unpadded, dilation: 1 }, 'layer')
        : sidesPerAxis(call, sides, rank)[a]!
    return { ...unpadded, before, after }
  })
  const counts = { batch: shape[0]!, groups: channels || 1, channels, filters: channels }
  const geometry = makeGeometry({ ...counts, axes, dtype })
  for (const axis of geometry.axes) checkWindows(call, axis)
  return geometry
}

/** Every window must fit, and hold a sample. */
function checkWindows(call: PoolCall, axis: AxisGeometry): void {
  const { input, kernel, stride, before, after, output } = axis
  if (output === 0) {
    throw new OptionError(
      'WINDOW_TOO_LARGE',
      `${call}: a window of ${kernel} does not fit an axis of ${countText(input, 'sample')} with ` +
        `padding ${before} and ${after}. Use a smaller size, or more padding.`,
    )
  }
  const lastStart = (output - 1) * stride - before
  if (input > 0 && before < kernel && lastStart < input) return
  throw new OptionError(
    'OPTION_INVALID',
    `${call}: with padding ${before} and ${after}, a window of ${kernel} holds no sample of an ` +
      `axis of ${countText(input, 'sample')}. Use padding below the size of the window.`,
  )
}

/** A whole number ≥ 1, or one per axis: the rule of a stride. */
function sizeOf(call: PoolCall, size: unknown): PerAxis<number> {
  if (size !== undefined) return read(call, 'size', layerRules.stride, size) as PerAxis<number>
  throw new OptionError(
    'OPTION_INVALID',
    `${call}: size is missing. Give the samples of a window per axis, such as size: 2.`,
  )
}

const checked = (call: PoolCall, name: 'stride' | 'padding', value: unknown): unknown =>
  read(call, name, layerRules[name], value)

function read(call: PoolCall, name: string, rule: Rule, value: unknown): unknown {
  const copy = rule.read(value)
  if (copy !== undefined) return copy
  throw new OptionError(
    'OPTION_INVALID',
    `${call}: option ${formatValue(name)} is ${formatValue(value)}; it must be ` +
      `${rule.needed(value)}.${rule.suggestion?.(value) ?? ''}`,
  )
}

/**
 * The number of samples in each window that lie inside the input, in row-major order. Undefined if
 * it is the whole window everywhere.
 */
export function samplesInWindows(axes: readonly AxisGeometry[]): number[] | undefined {
  const counts = axes.map(({ input, kernel, stride, before, output }) =>
    Array.from({ length: output }, (_, q) => {
      const start = q * stride - before
      return Math.min(start + kernel, input) - Math.max(start, 0)
    }),
  )
  const isWhole = counts.every((axis, a) => axis.every((count) => count === axes[a]!.kernel))
  if (isWhole) return undefined
  return counts.reduce<number[]>(
    (all, axis) => all.flatMap((count) => axis.map((samples) => count * samples)),
    [1],
  )
}
