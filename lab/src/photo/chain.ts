/**
 * Filters applied one after the other by the library. Between them nothing is rounded or cut.
 *
 * A part of a large picture is computed with a halo: the samples around it that the filters reach.
 *
 *     ┌ halo ──────────┐   Where the halo meets the border of the picture it ends, and the library
 *     │ ┌ rectangle ┐  │   applies the border rule there. Inside the picture the outermost results
 *     │ └───────────┘  │   are wrong, because the rule was applied there too. They are cut off.
 *     └────────────────┘
 */

import { correlate, type NdArray, ndarray } from 'stridefold'
import type { Weights } from './kernel-weights.ts'
import type { Memory } from './memory.ts'
import {
  channelsOf,
  type PixelRules,
  type Pixels,
  type Samples,
  samplesOf,
  toStoredScale,
} from './pixels.ts'
import type { Border } from './settings.ts'

/** A filter with its weights as they multiply. */
export interface Step extends Weights {
  readonly offset: number
}

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Samples on either side of a rectangle. */
export interface Halo {
  readonly x: number
  readonly y: number
}

/** How far a filter of mode `same` reaches before and after a sample, along one axis. */
export const reachOf = (extent: number): readonly [before: number, after: number] => [
  (extent - 1) >> 1,
  extent >> 1,
]

/**
 * How far all filters together reach, on either side. An even kernel reaches farther on one side;
 * at the border of the picture a mirrored sample then lies as far on the other.
 */
export function haloOf(steps: readonly Step[]): Halo {
  const sum = (extents: readonly number[]): number =>
    extents.reduce((halo, extent) => halo + Math.max(...reachOf(extent)), 0)
  return { x: sum(steps.map(({ width }) => width)), y: sum(steps.map(({ height }) => height)) }
}

/** The sum of all weights of all filters together: the factor for flat areas. */
export const gainOf = (steps: readonly Step[]): number =>
  steps.reduce((gain, { values }) => {
    const sum = values.reduce((all, value) => all + value, 0)
    const size = values.reduce((all, value) => all + Math.abs(value), 0)
    return Math.abs(sum) <= 2 ** -22 * size ? 0 : gain * sum
  }, 1)

/** How filters run, besides what they compute. */
export interface FilterRun {
  readonly signal?: AbortSignal | undefined
  /** Memory that every run uses again. */
  readonly memory?: Memory | undefined
  readonly isOnGpu?: boolean | undefined
}

/**
 * The results of the filters over the given pixels, as many as there are pixels, on the stored
 * scale.
 */
export async function filtered(
  pixels: Pixels,
  steps: readonly Step[],
  rules: PixelRules,
  border: Border,
  how: FilterRun = {},
): Promise<Samples> {
  const samples = samplesOf(pixels, rules, how.memory)
  const results = await filteredSamples(samples, steps, border, how)
  const { width, height } = pixels
  const stored = { width, height, channels: channelsOf(rules), data: denseOf(results) }
  toStoredScale(stored, rules, gainOf(steps))
  return stored
}

/** Without a filter the result is the picture: a kernel of one weight 1. */
export const atLeastOne = (steps: readonly Step[]): readonly Step[] =>
  steps.length > 0 ? steps : [{ width: 1, height: 1, values: [1], offset: 0 }]

/** The same for samples, which stay on their scale. With a memory the results stay in it. */
export async function filteredSamples(
  samples: NdArray,
  steps: readonly Step[],
  border: Border,
  { signal, memory, isOnGpu = false }: FilterRun = {},
): Promise<NdArray> {
  const length = samples.shape.reduce((product, extent) => product * extent, 1)
  let current = samples
  for (const [i, { width, height, values, offset }] of atLeastOne(steps).entries())
    current = await correlate(current, ndarray([...values], [height, width]), {
      channelAxis: -1,
      boundary: border,
      bias: offset,
      ...(signal && { signal }),
      ...(isOnGpu && { backend: 'webgpu' as const }),
      // A filter reads the results of the one before it.
      ...(memory && {
        out: ndarray(memory.floats(i % 2 === 0 ? 'even' : 'odd', length), samples.shape),
      }),
    })
  return current
}

const denseOf = ({ data }: NdArray): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data)

/** A part of results, as results of their own. */
export function cut(samples: Samples, { x, y, width, height }: Rectangle): Samples {
  const { channels } = samples
  if (width === samples.width)
    return {
      ...{ width, height, channels },
      data: samples.data.subarray(y * width * channels, (y + height) * width * channels),
    }
  const data = new Float32Array(width * height * channels)
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * samples.width + x) * channels
    data.set(samples.data.subarray(from, from + width * channels), row * width * channels)
  }
  return { width, height, channels, data }
}
