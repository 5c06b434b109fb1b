/**
 * What do the chunks of a PNG say that the decoder does not tell: how many pictures it holds
 * (APNG), and how dense they are.
 *
 *   signature (8) · [length (4) · name (4) · data · checksum (4)] …
 *
 * Only what stands before the samples is looked at. A first picture without a frame of its own is
 * one more than the animation has: readers that know no APNG show it.
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
    // Unit 1 is the metre; 0 gives the shape of a pixel only.
    if (name === 'pHYs' && has(9) && bytes[at + 16] === 1)
      density = { x: view.getUint32(at + 8), y: view.getUint32(at + 12) }
  }
  return {
    imageCount: frames === 0 ? 1 : frames + (isFirstFrame ? 0 : 1),
    ...(density && density.x > 0 && density.y > 0 && { density }),
  }
}
