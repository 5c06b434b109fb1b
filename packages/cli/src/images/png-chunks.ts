/**
 * Reads from the chunks of a PNG what the decoder does not report: the number of images (APNG) and
 * the density.
 *
 *   signature (8) · [length (4) · name (4) · data · checksum (4)] …
 *
 * Only chunks before the samples are read. If the default image is not a frame of the animation, it
 * counts as one more image, because readers without APNG support show it.
 */

import type { Density } from './image.ts'

export interface PngProperties {
  readonly imageCount: number
  readonly density?: Density
}

export function pngProperties(bytes: Uint8Array): PngProperties {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let frames = 0
  let isFirstFrame = false
  let density: Density | undefined
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + at + 4, 4).toString('latin1')
    if (name === 'IDAT') break
    const has = (length: number): boolean =>
      view.getUint32(at) >= length && at + 8 + length <= bytes.length
    if (name === 'acTL' && has(4)) frames = view.getUint32(at + 8)
    if (name === 'fcTL') isFirstFrame = true
    // Unit 1 is the metre. Unit 0 gives only the aspect ratio of a pixel.
    if (name === 'pHYs' && has(9) && bytes[at + 16] === 1)
      density = { x: view.getUint32(at + 8), y: view.getUint32(at + 12) }
  }
  return {
    imageCount: frames === 0 ? 1 : frames + (isFirstFrame ? 0 : 1),
    ...(density && density.x > 0 && density.y > 0 && { density }),
  }
}
