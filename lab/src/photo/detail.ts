/**
 * Parts of a picture, computed exactly: what is around a pixel, and what is seen of a large picture
 * that is enlarged. The picture on the screen has fewer pixels than such a picture.
 */

import { cut, filtered, gainOf, haloOf, type Rectangle } from './chain.ts'
import { type Picture, regionOf } from './picture.ts'
import { emptyHistogram, type Pixels, type Samples, toPixels } from './pixels.ts'
import type { Rendering } from './rendering.ts'
import type { PhotoSettings } from './settings.ts'
import { rulesOf, stepsOf } from './steps.ts'

export interface Part {
  readonly source: Pixels
  readonly results: Samples
  readonly after: Pixels
}

/** `last`: the run that is on the screen. Its greys are those of the part. */
export async function partOf(
  picture: Picture,
  settings: PhotoSettings,
  part: Rectangle,
  last: Pick<Rendering, 'map'> | undefined,
): Promise<Part> {
  const { width, height } = part
  const steps = stepsOf(settings.filters)
  const rules = rulesOf(settings, picture.hasAlpha)
  const region = regionOf(picture, part, haloOf(steps), settings.border)
  const all = await filtered(region.pixels, steps, rules, settings.border)
  const results = cut(all, { x: region.x, y: region.y, width, height })
  const source = picture.read(part)
  const shown = {
    map: last?.map ?? { isMagnitude: false, scale: 1, shift: 0 },
    histogram: emptyHistogram(3, 0, 255),
    clipped: { below: 0, above: 0, samples: 0 },
  }
  return { source, results, after: toPixels(results, source, rules, shown, gainOf(steps)) }
}
