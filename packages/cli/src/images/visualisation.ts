/**
 * Images of numbers that are not sample values: signed results around a middle grey, and
 * differences as a heat map.
 */

import type { NdArray } from 'stridefold'
import type { Differences } from '../comparison.ts'
import type { Image } from './image.ts'

const middleGrey = 128
const maxOffset = 127

/**
 * Zero is grey 128. The largest 0.5 % of the magnitudes are black or white, so that the others have
 * visible contrast.
 */
export function signedImage(result: NdArray<'float32'>): Image {
  const [height, width, channels] = result.shape as readonly [number, number, number]
  const scale = maxOffset / (typicalMagnitude(result.data) || Number.POSITIVE_INFINITY)
  const samples = Uint8ClampedArray.from(
    result.data,
    (value) => middleGrey + Math.max(value * scale, -maxOffset),
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

const maxProbes = 100_000

/** The magnitude that one in 200 samples exceeds, or the largest magnitude if that is 0. */
function typicalMagnitude(values: Float32Array): number {
  const step = Math.ceil(values.length / maxProbes)
  const magnitudes = Float32Array.from({ length: Math.floor(values.length / step) }, (_, i) =>
    Math.abs(values[i * step]!),
  ).sort()
  return magnitudes[Math.floor(magnitudes.length * 0.995)] || magnitudes.at(-1)!
}

/** A heat map of differences: black for none, then red and yellow, white for the largest. */
export function differenceImage({ width, height, values }: Differences): Image {
  const largest = values.reduce((a, b) => Math.max(a, b), 0)
  const samples = new Uint8Array(3 * values.length)
  for (const [pixel, difference] of values.entries()) {
    const third = largest === 0 ? 0 : (3 * difference) / largest
    for (let channel = 0; channel < 3; channel++)
      samples[3 * pixel + channel] = 255 * Math.min(Math.max(third - channel, 0), 1)
  }
  return { width, height, channels: 3, alpha: false, depth: 8, samples }
}
