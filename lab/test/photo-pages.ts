/** What tests of the picture page share: pictures as files, and what the page shows. */

import type { Page } from 'playwright'
import { filtered, gainOf } from '../src/photo/chain.ts'
import {
  emptyHistogram,
  greyMapOf,
  type Pixels,
  rangeOf,
  type Samples,
  toPixels,
} from '../src/photo/pixels.ts'
import { pngWriter } from '../src/photo/png.ts'
import type { PhotoSettings } from '../src/photo/settings.ts'
import { rulesOf, showingOf, stepsOf } from '../src/photo/steps.ts'

/** A picture in which no two pixels near each other are alike. */
export const picture = (width: number, height: number): Pixels => ({
  width,
  height,
  data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : ((i * 2654435761) >>> 24) / 2 + ((i >> 2) % width) / 3,
  ),
})

export interface PictureFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

export async function fileOf(pixels: Pixels, name = 'own.png'): Promise<PictureFile> {
  const writer = pngWriter(pixels.width, pixels.height, false)
  await writer.add(pixels)
  const blob = await writer.end()
  return { name, mimeType: 'image/png', buffer: Buffer.from(await blob.arrayBuffer()) }
}

/** What the page must compute and show for a picture: the same rules, computed here. */
export async function expected(
  pixels: Pixels,
  settings: PhotoSettings,
): Promise<{ readonly results: Samples; readonly shown: Pixels }> {
  const [steps, rules] = [stepsOf(settings.filters), rulesOf(settings, false)]
  const results = await filtered(pixels, steps, rules, settings.border)
  const [low, high] = rangeOf(results, rules)
  const shown = {
    map: greyMapOf(showingOf(settings), low, high),
    histogram: emptyHistogram(3, low, high),
    clipped: { below: 0, above: 0, samples: 0 },
  }
  return { results, shown: toPixels(results, pixels, rules, shown, gainOf(steps)) }
}

/** Waits until the picture is shown with the settings of now, and is the whole one. */
export async function settled(page: Page): Promise<void> {
  // A link that was just changed is read in the next frame.
  await drawnFrames(page)
  await page.locator('.picture-figure[aria-busy="false"]').waitFor()
  await page.waitForFunction(() => !document.querySelector('.picture-progress progress'))
}

/** Waits until the page has drawn what was just changed. */
export const drawnFrames = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
  })

/** The bytes of a canvas of the picture. */
export const bytesOf = (page: Page, of: 'before' | 'after'): Promise<number[]> =>
  page.locator(`.picture-plate canvas.${of}`).evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement
    const copy = new OffscreenCanvas(width, height).getContext('2d')!
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0)
    return [...copy.getImageData(0, 0, width, height).data]
  })
