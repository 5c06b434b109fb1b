/**
 * A picture that the page has opened, read piece by piece: a photo of 40 megapixels has 160 MB of
 * pixels, and they are never in memory all at once beside what the browser holds.
 */

import type { Halo, Rectangle } from './chain.ts'
import type { Pixels } from './pixels.ts'
import type { Border } from './settings.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  /** Whether any pixel is transparent. */
  readonly hasAlpha: boolean
  /** The pixels of a rectangle inside the picture. */
  read(part: Rectangle): Pixels
  /** The picture at another size, as an image to show. */
  shown(width: number, height: number): Promise<ImageBitmap>
  close(): void
}

/** A canvas that is only read and written by the processor. */
function canvasOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no canvas')
  return context
}

/** The largest picture that is searched whole for transparent pixels. Others: at reduced size. */
const maxSearched = 1 << 20

/** `mayHaveAlpha` false: frames of a camera, which are never searched for transparent pixels. */
export function pictureOf(image: ImageBitmap, mayHaveAlpha = true): Picture {
  const { width, height } = image
  let context: OffscreenCanvasRenderingContext2D | undefined
  const picture: Picture = {
    width,
    height,
    hasAlpha: mayHaveAlpha && hasTransparent(image),
    read({ x, y, width, height }) {
      if (context?.canvas.width !== width || context.canvas.height !== height)
        context = canvasOf(width, height)
      else context.clearRect(0, 0, width, height)
      context.drawImage(image, x, y, width, height, 0, 0, width, height)
      return context.getImageData(0, 0, width, height)
    },
    async shown(width, height) {
      if (width === image.width && height === image.height) return createImageBitmap(image)
      return createImageBitmap(image, {
        resizeWidth: width,
        resizeHeight: height,
        resizeQuality: 'medium',
      })
    },
    close: () => image.close(),
  }
  return picture
}

function hasTransparent(image: ImageBitmap): boolean {
  const scale = Math.min(1, Math.sqrt(maxSearched / (image.width * image.height)))
  const [width, height] = [image.width, image.height].map((n) => Math.max(1, Math.round(n * scale)))
  const context = canvasOf(width!, height!)
  context.drawImage(image, 0, 0, width!, height!)
  const { data } = context.getImageData(0, 0, width!, height!)
  for (let at = 3; at < data.length; at += 4) if (data[at]! < 255) return true
  return false
}

/** A part of a picture with its halo, as far as there are samples. */
export interface Region {
  readonly pixels: Pixels
  /** The place of the wanted rectangle in these pixels. */
  readonly x: number
  readonly y: number
}

/**
 * The pixels of a rectangle and its halo. With the border `wrap` the halo goes on at the other side
 * of the picture; with all other borders it ends at the picture.
 */
export function regionOf(
  picture: Picture,
  { x, y, width, height }: Rectangle,
  halo: Halo,
  border: Border,
): Region {
  const wraps = border === 'wrap'
  const across = stretchOf(x, width, halo.x, picture.width, wraps)
  const down = stretchOf(y, height, halo.y, picture.height, wraps)
  const place = { x: x - across.from, y: y - down.from }
  if (across.parts.length === 1 && down.parts.length === 1) {
    const [[left = 0, columns = 0] = [], [top = 0, rows = 0] = []] = [
      across.parts[0],
      down.parts[0],
    ]
    return { ...place, pixels: picture.read({ x: left, y: top, width: columns, height: rows }) }
  }
  const [columns, rows] = [across.count, down.count]
  const data = new Uint8ClampedArray(columns * rows * 4)
  let row = 0
  for (const [top, partRows] of down.parts) {
    let column = 0
    for (const [left, partColumns] of across.parts) {
      const part = picture.read({ x: left, y: top, width: partColumns, height: partRows })
      for (let i = 0; i < partRows; i++)
        data.set(
          part.data.subarray(i * partColumns * 4, (i + 1) * partColumns * 4),
          ((row + i) * columns + column) * 4,
        )
      column += partColumns
    }
    row += partRows
  }
  return { ...place, pixels: { width: columns, height: rows, data } }
}

/** The pieces of one axis: `[first, count]` inside the picture, one after the other. */
interface Stretch {
  readonly from: number
  readonly count: number
  readonly parts: readonly (readonly [first: number, count: number])[]
}

function stretchOf(
  at: number,
  count: number,
  halo: number,
  extent: number,
  wraps: boolean,
): Stretch {
  const [from, end] = [at - halo, at + count + halo]
  // A part that has the whole axis needs no halo: the library knows what follows.
  if (!wraps || (at === 0 && count === extent)) {
    const [first, last] = [Math.max(0, from), Math.min(extent, end)]
    return { from: first, count: last - first, parts: [[first, last - first]] }
  }
  const parts: (readonly [number, number])[] = []
  for (let next = from; next < end; ) {
    const first = ((next % extent) + extent) % extent
    const run = Math.min(extent - first, end - next)
    parts.push([first, run])
    next += run
  }
  return { from, count: end - from, parts }
}

/** A picture whose pixels are in memory: a frame of the camera. */
export function memoryPicture(pixels: Pixels): Picture {
  const { width, height, data } = pixels
  return {
    width,
    height,
    hasAlpha: false,
    read(part) {
      if (part.width === width && part.height === height) return pixels
      const copy = new Uint8ClampedArray(part.width * part.height * 4)
      for (let row = 0; row < part.height; row++) {
        const from = ((part.y + row) * width + part.x) * 4
        copy.set(data.subarray(from, from + part.width * 4), row * part.width * 4)
      }
      return { width: part.width, height: part.height, data: copy }
    },
    shown: () => createImageBitmap(new ImageData(data, width, height)),
    close: () => {},
  }
}
