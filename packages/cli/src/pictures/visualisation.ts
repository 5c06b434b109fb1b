/**
 * Pictures of numbers that are no levels: signed results around a middle grey, and differences as heat.
 */

import type { NdArray } from 'stridefold'
import { forEachDifference, type Truth } from '../comparison.ts'
import type { Picture } from './picture.ts'

const MIDDLE = 128
const REACH = 127

/** Zero is grey 128; the largest magnitude reaches black or white. */
export function signedPicture(result: NdArray<Float32Array>): Picture {
  const [height, width, channels] = result.shape as readonly [number, number, number]
  let largest = 0
  for (const value of result.data) if (Math.abs(value) > largest && Number.isFinite(value)) largest = Math.abs(value)
  const scale = largest === 0 ? 0 : REACH / largest
  const samples = Uint8Array.from(result.data, (value) => Math.round(MIDDLE + value * scale))
  return { width, height, channels, alpha: false, depth: 8, samples }
}

/** The largest difference of a pixel's channels: black where there is none, over red and yellow to white at the worst. */
export function differencePicture(result: NdArray<Float32Array>, truth: Truth): Picture {
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
    for (let channel = 0; channel < 3; channel++) samples[3 * pixel + channel] = 255 * Math.min(Math.max(third - channel, 0), 1)
  }
  return { width, height, channels: 3, alpha: false, depth: 8, samples }
}
