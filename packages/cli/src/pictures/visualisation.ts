/**
 * Pictures of numbers that are no levels: signed results around a middle grey, and differences as
 * heat.
 */

import type { NdArray } from 'stridefold'
import { forEachDifference, type Reference } from '../comparison.ts'
import type { Picture } from './picture.ts'

const MIDDLE = 128
const REACH = 127

/**
 * Zero is grey 128. Magnitudes above that of 199 in 200 samples are all black or all white, so that
 * the others can be told apart.
 */
export function signedPicture(result: NdArray<Float32Array>): Picture {
  const [height, width, channels] = result.shape as readonly [number, number, number]
  const scale = REACH / (usualMagnitude(result.data) || Number.POSITIVE_INFINITY)
  const samples = Uint8ClampedArray.from(
    result.data,
    (value) => MIDDLE + Math.max(value * scale, -REACH),
  )
  return {
    width,
    height,
    channels,
    alpha: false,
    depth: 8,
    samples: new Uint8Array(samples.buffer),
  }
}

const MOST_LOOKED_AT = 100_000

/** The magnitude that one in 200 samples exceeds, or the largest where that is 0. */
function usualMagnitude(values: Float32Array): number {
  const step = Math.ceil(values.length / MOST_LOOKED_AT)
  const magnitudes = Float32Array.from({ length: Math.floor(values.length / step) }, (_, i) =>
    Math.abs(values[i * step]!),
  ).sort()
  return magnitudes[Math.floor(magnitudes.length * 0.995)] || magnitudes.at(-1)!
}

/**
 * The largest difference of a pixel's channels: black where there is none, over red and yellow to
 * white at the worst.
 */
export function differencePicture(result: NdArray<Float32Array>, truth: Reference): Picture {
  const { width, height } = truth
  const heat = new Float32Array(width * height)
  let most = 0
  forEachDifference(result, truth, (difference, pixel) => {
    heat[pixel] = Math.max(heat[pixel]!, difference)
    most = Math.max(most, difference)
  })
  const samples = new Uint8Array(3 * heat.length)
  for (const [pixel, difference] of heat.entries()) {
    const third = most === 0 ? 0 : (3 * difference) / most
    for (let channel = 0; channel < 3; channel++)
      samples[3 * pixel + channel] = 255 * Math.min(Math.max(third - channel, 0), 1)
  }
  return { width, height, channels: 3, alpha: false, depth: 8, samples }
}
