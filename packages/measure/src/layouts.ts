/**
 * The order of the axes of an array: channels first, channels last, or a plane for each colour.
 */

import { elements } from './shapes.ts'

/** Where the channels stand in an array of a layer. */
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
