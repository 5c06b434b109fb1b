/**
 * Which correlations filter the channels of an image? Each channel alone is one correlation with
 * the channels as channel axis. The sum over the colours is one with a kernel that covers all of
 * them; alpha is then filtered by another one.
 */

import { perAxis } from '../geometry/per-axis.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { slice } from '../ndarray/views.ts'
import { asStrided } from '../ndarray/windows.ts'
import { computeSignal } from '../runtime/call.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { combined } from './along-axes.ts'
import { type CheckedFilterOptions, runOnly } from './check-options.ts'
import type { Samples } from './image-levels.ts'
import { absolute } from './slices.ts'

export interface FilteredChannels {
  readonly colours: Samples
  /** Undefined: alpha was not filtered. */
  readonly alpha: Samples | undefined
}

/**
 * Filters samples of rows × columns × channels, and combines the results of the kernels.
 * `withAlpha`: the last channel is alpha.
 */
export function filterChannels(
  samples: NdArray,
  withAlpha: boolean,
  kernels: readonly NdArray[],
  options: CheckedFilterOptions<'filterImage'>,
  turn: Turn | undefined,
): Eventual<FilteredChannels> {
  const count = samples.shape[2]!
  if (options.channels === 'each') {
    const part = { samples, kernels, isSum: false }
    return after(filterPart(part, options, turn), (values) => ({
      colours: { values, first: 0, pixelStep: count, channelStep: 1 },
      alpha: withAlpha ? { values, first: count - 1, pixelStep: count, channelStep: 1 } : undefined,
    }))
  }
  const colourCount = withAlpha ? count - 1 : count
  const channelsOf = (array: NdArray, first: number, end: number): NdArray =>
    array.shape.length === 2 ? array : slice(array, null, null, [first, end])
  const part = (first: number, end: number, isSum: boolean): Part => ({
    samples: channelsOf(samples, first, end),
    kernels: kernels.map((kernel) => channelsOf(kernel, first, end)),
    isSum,
  })
  return after(filterPart(part(0, colourCount, true), options, turn), (sums) =>
    after(
      withAlpha ? filterPart(part(colourCount, count, false), options, turn) : undefined,
      (alpha) => ({
        colours: { values: sums, first: 0, pixelStep: 1, channelStep: 0 },
        alpha: alpha && { values: alpha, first: 0, pixelStep: 1, channelStep: 1 },
      }),
    ),
  )
}

/** Some channels, each filtered alone or all summed, with the kernels of these channels. */
interface Part {
  readonly samples: NdArray
  readonly kernels: readonly NdArray[]
  readonly isSum: boolean
}

function filterPart(
  { samples, kernels, isSum }: Part,
  options: CheckedFilterOptions<'filterImage'>,
  turn: Turn | undefined,
): Eventual<Float32Array> {
  const boundary = perAxis('filterImage', 'boundary', options.boundary, 2)
  const settings = isSum
    ? { boundary: [...boundary, 'zero'], mode: ['same', 'same', 'valid'] }
    : { boundary, channelAxis: 2 }
  const count = samples.shape[2]!
  const parts = kernels.map(
    (kernel) => (): Eventual<NdArray> =>
      computeSignal(
        'correlate',
        samples,
        isSum ? forAllChannels(kernel, count) : kernel,
        { ...runOnly(options), ...settings, dtype: 'float32' },
        turn,
      ),
  )
  const { combine } = options
  return after(combined(parts, combine ?? 'sum', turn), ({ data }) => {
    // The dtype is float32, see above.
    const values = data as Float32Array
    const isMagnitude = combine === 'magnitude' && kernels.length === 1
    return after(isMagnitude ? absolute(values, turn) : undefined, () => values)
  })
}

/** A kernel of two axes, repeated along a third one without a copy. */
function forAllChannels(kernel: NdArray, count: number): NdArray {
  if (kernel.shape.length === 3) return kernel
  const { shape, strides, offset } = kernel
  return asStrided(kernel, { shape: [...shape, count], strides: [...strides, 0], offset })
}
