/**
 * The pictures of the lab. One is a file; the others are formulas that show what a filter does.
 */

import scene from '../pictures/scene.webp?url'
import type { SampleName } from './settings.ts'

const side = 512

/** A picture of the lab, decoded. */
export async function samplePicture(name: SampleName): Promise<ImageBitmap> {
  if (name === 'scene') {
    const response = await fetch(scene)
    if (!response.ok) throw new Error(`the picture did not load: ${response.status}`)
    return createImageBitmap(await response.blob())
  }
  const image = new ImageData(side, side)
  const paint = name === 'rings' ? ring : disc
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) image.data.set(paint(x, y), (y * side + x) * 4)
  return createImageBitmap(image)
}

/**
 * Rings that get finer outwards: cos(π r² / N) has r / N periods per pixel at the radius r, so half
 * a period in the middle of each side. Every frequency in every direction is in the picture, and
 * what a filter removes vanishes at its radius.
 */
function ring(x: number, y: number): readonly [number, number, number, number] {
  const [dx, dy] = [x - side / 2, y - side / 2]
  const grey = 127.5 + 127.5 * Math.cos((Math.PI * (dx * dx + dy * dy)) / side)
  return [grey, grey, grey, 255]
}

/** Three discs over each other on a transparent ground. A transparent pixel is black. */
function disc(x: number, y: number): readonly [number, number, number, number] {
  let [red, green, blue, alpha] = [0, 0, 0, 0]
  for (const [cx, cy, radius, colour] of discs) {
    const cover = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(x + 0.5 - cx, y + 0.5 - cy)))
    const below = alpha * (1 - cover)
    const all = cover + below
    if (all === 0) continue
    const mix = (over: number, under: number): number => (over * cover + under * below) / all
    ;[red, green, blue] = [mix(colour[0], red), mix(colour[1], green), mix(colour[2], blue)]
    alpha = all
  }
  return [red, green, blue, 255 * alpha]
}

/** From the back to the front. */
const discs: readonly (readonly [number, number, number, readonly [number, number, number]])[] = [
  [252, 352, 112, [32, 98, 158]],
  [340, 214, 104, [242, 178, 51]],
  [176, 190, 118, [214, 69, 48]],
]
