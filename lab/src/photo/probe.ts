/**
 * Single pixels, computed exactly from the picture: what is around one before and after, and the
 * samples that a filter multiplies there.
 */

import { correlate, ndarray } from 'stridefold'
import { cut, filteredSamples, haloOf, reachOf } from './chain.ts'
import { partOf } from './detail.ts'
import { type Picture, regionOf } from './picture.ts'
import { channelsOf, type Pixels, samplesOf } from './pixels.ts'
import type { Hood, HoodRequest, Probe, Probed } from './protocol.ts'
import type { Rendering } from './rendering.ts'
import type { PhotoSettings } from './settings.ts'
import { rulesOf, stepsOf } from './steps.ts'

/** `last`: the run that is on the screen. Its greys are those of the pixels. */
export async function probeOf(
  picture: Picture,
  settings: PhotoSettings,
  { x, y, radius }: Probe,
  last: Pick<Rendering, 'map'> | undefined,
): Promise<Probed> {
  const [left, top] = [Math.max(0, x - radius), Math.max(0, y - radius)]
  const width = Math.min(picture.width, x + radius + 1) - left
  const height = Math.min(picture.height, y + radius + 1) - top
  const part = { x: left, y: top, width, height }
  const { source, results, after } = await partOf(picture, settings, part, last)
  const place = (y - top) * width + (x - left)
  const colours = settings.channels === 'each' ? 3 : 1
  const first = place * results.channels
  const onSquare = (pixels: Pixels): Uint8ClampedArray => {
    const side = 2 * radius + 1
    const square = new Uint8ClampedArray(side * side * 4)
    for (let row = 0; row < height; row++) {
      const to = (row + top - (y - radius)) * side + left - (x - radius)
      square.set(pixels.data.subarray(row * width * 4, (row + 1) * width * 4), to * 4)
    }
    return square
  }
  return {
    x,
    y,
    radius,
    source: [...source.data.subarray(place * 4, place * 4 + 4)],
    results: [...results.data.subarray(first, first + colours)],
    before: onSquare(source),
    after: onSquare(after),
  }
}

/**
 * The samples under a filter in the windows around a pixel, as the filter gets them: after the
 * filters before it, and with the border that it sees.
 */
export async function hoodOf(
  picture: Picture,
  settings: PhotoSettings,
  { x, y, filter, margin, channel }: HoodRequest,
): Promise<Hood> {
  const { border, filters } = settings
  const earlier = stepsOf(filters.slice(0, filter))
  const [step] = stepsOf(filters.slice(filter, filter + 1).map((f) => ({ ...f, isOn: true })))
  if (!step) throw new Error('the filter has no weights')
  const rules = rulesOf(settings, picture.hasAlpha)
  const [across, down] = [reachOf(step.width), reachOf(step.height)]
  // One sample more than the window: a border that mirrors reads it.
  const radius = Math.max(...across, ...down) + margin + 1
  const [left, top, right, bottom] =
    border === 'wrap'
      ? [x - radius, y - radius, x + radius + 1, y + radius + 1]
      : [
          Math.max(0, x - radius),
          Math.max(0, y - radius),
          Math.min(picture.width, x + radius + 1),
          Math.min(picture.height, y + radius + 1),
        ]
  const part = { x: left, y: top, width: right - left, height: bottom - top }
  const region = regionOf(picture, part, haloOf(earlier), border)
  const channels = channelsOf(rules)
  const samples = await filteredSamples(samplesOf(region.pixels, rules), earlier, border)
  const { data } = cut(
    {
      ...{ width: region.pixels.width, height: region.pixels.height, channels },
      data: Float32Array.from(samples.data),
    },
    { x: region.x, y: region.y, width: part.width, height: part.height },
  )
  // The border from the library: a kernel of one weight 1, with padding.
  const padded = await correlate(ndarray(data, [part.height, part.width, channels]), [[1]], {
    channelAxis: -1,
    boundary: border,
    padding: [
      [top - (y - radius), y + radius + 1 - bottom],
      [left - (x - radius), x + radius + 1 - right],
    ],
  })
  const [width, height] = [step.width + 2 * margin, step.height + 2 * margin]
  const [row, column] = [radius - down[0] - margin, radius - across[0] - margin]
  const side = 2 * radius + 1
  return {
    width,
    height,
    values: Array.from({ length: width * height }, (_, i) => {
      const at = (row + Math.floor(i / width)) * side + column + (i % width)
      return padded.data[at * channels + channel]!
    }),
  }
}
