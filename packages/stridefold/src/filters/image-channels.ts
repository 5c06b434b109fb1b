/**
 * Which correlations filter the channels of an image? Each channel alone is one correlation with
 * the channels as channel axis. The sum over the colours is one with a kernel that covers all of
 * them; alpha is then filtered by another one.
 */

import { perAxis } from '../geometry/per-axis.ts'
import { computeConvolution } from '../missing/signal.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { slice } from '../ndarray/views.ts'
import { asStrided } from '../ndarray/windows.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { combined } from './along-axes.ts'
import { type CheckedFilterOptions, runOnly } from './check-options.ts'
import type { Samples } from './image-levels.ts'
import { forChannels, mayMissPixels } from './image-missing.ts'
import { absolute, inSlices } from './slices.ts'

export interface FilteredChannels {
  readonly colours: Samples
  /** Undefined: alpha was not filtered. */
  readonly alpha: Samples | undefined
}

export interface Channels {
  /** Rows × columns × channels. */
  readonly samples: NdArray
  /** Rows × columns, 0 where a pixel is missing. Undefined: all are present. */
  readonly mask: NdArray | undefined
  /** Whether the last channel is alpha. */
  readonly withAlpha: boolean
}

/** Filters the channels, and combines the results of the kernels. */
export function filterChannels(
  { samples, mask, withAlpha }: Channels,
  kernels: readonly NdArray[],
  options: CheckedFilterOptions<'filterImage'>,
  turn: Turn | undefined,
): Eventual<FilteredChannels> {
  const count = samples.shape[2]!
  if (options.channels === 'each') {
    const part = { samples, mask, kernels, isSum: false }
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
    mask,
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
  readonly mask: NdArray | undefined
  readonly kernels: readonly NdArray[]
  readonly isSum: boolean
}

function filterPart(
  { samples, mask, kernels, isSum }: Part,
  options: CheckedFilterOptions<'filterImage'>,
  turn: Turn | undefined,
): Eventual<Float32Array> {
  const boundary = perAxis('filterImage', 'boundary', options.boundary, 2)
  const count = samples.shape[2]!
  // A sample that is missing counts as the mean of its own channel, so each is filtered alone.
  const mayMiss = mayMissPixels(options)
  const isOneSum = isSum && !mayMiss
  const settings = isOneSum
    ? { boundary: [...boundary, 'zero'], mode: ['same', 'same', 'valid'] }
    : { boundary, channelAxis: 2 }
  const missing = mayMiss && {
    missing: mask && forChannels(mask, count),
    minimumPresent: options.minimumPresent,
  }
  const parts = kernels.map(
    (kernel) => (): Eventual<NdArray> =>
      after(
        computeConvolution(
          'correlate',
          samples,
          isOneSum ? forAllChannels(kernel, count) : kernel,
          { ...runOnly(options), ...settings, ...missing, dtype: 'float32' },
          turn,
        ),
        (result) => (isSum && !isOneSum ? summed(result, turn) : result),
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

/** The sum of the channels of rows × columns × channels, in float32. */
function summed({ data, shape }: NdArray, turn: Turn | undefined): Eventual<NdArray> {
  const [height, width, count] = shape as readonly [number, number, number]
  const sums = new Float32Array(height * width)
  const add = (firstPixel: number, endPixel: number): void => {
    for (let pixel = firstPixel; pixel < endPixel; pixel++) {
      let sum = 0
      for (let c = 0; c < count; c++) sum += data[pixel * count + c]!
      sums[pixel] = sum
    }
  }
  return after(inSlices(height * width, add, turn), () => view(sums, [height, width]))
}
