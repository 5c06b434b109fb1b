/**
 * The whole result as a file: a PNG of what is shown, or a .npy file of the numbers before they are
 * rounded and cut.
 */

import { ndarray } from 'stridefold'
import { writeNpy } from 'stridefold/npy'
import type { Picture } from './picture.ts'
import { channelsOf, type Samples } from './pixels.ts'
import { pngWriter } from './png.ts'
import { stripRun } from './rendering.ts'
import type { PhotoSettings } from './settings.ts'
import { rulesOf } from './steps.ts'

type Save = (
  picture: Picture,
  settings: PhotoSettings,
  signal: AbortSignal,
  progress: (done: number) => void,
) => Promise<Blob | undefined>

export const savedPng: Save = async (picture, settings, signal, progress) => {
  const writer = pngWriter(picture.width, picture.height, picture.hasAlpha)
  const run = stripRun(picture, settings)
  const isDone = await run.strips(signal, progress, (pixels) => writer.add(pixels))
  return isDone ? writer.end() : undefined
}

/** float32, height × width × channels; height × width if there is one channel. */
export const savedNpy: Save = async (picture, settings, signal, progress) => {
  const { width, height } = picture
  const channels = channelsOf(rulesOf(settings, picture.hasAlpha))
  const data = new Float32Array(width * height * channels)
  const isDone = await stripRun(picture, settings).results(
    signal,
    progress,
    (results: Samples, _source, y) => data.set(results.data, y * width * channels),
  )
  if (!isDone) return undefined
  const shape = channels === 1 ? [height, width] : [height, width, channels]
  return new Blob([writeNpy(ndarray(data, shape)) as Uint8Array<ArrayBuffer>], {
    type: 'application/octet-stream',
  })
}
