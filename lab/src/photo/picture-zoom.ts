/**
 * Where a picture lies in its box: enlarged by whole numbers if it is small, and moved so that no
 * edge of it comes inside the box.
 *
 *     ┌ box ─────────┐   The middle of the box shows `centre`, a place in pixels of the picture.
 *     │  ┌ window ┐  │   The window is what is seen of the picture: all of it at zoom 1, and the
 *     │  │   ·    │  │   whole box where the picture is larger.
 *     │  └────────┘  │
 *     └──────────────┘
 */

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Place {
  readonly x: number
  readonly y: number
}

export interface Zoom {
  /** How much larger than in the whole picture; at least 1. */
  readonly factor: number
  readonly centre: Place
}

export interface Plate {
  /** CSS pixels for each pixel of the picture. */
  readonly scale: number
  /** What is seen, in CSS pixels. */
  readonly window: Size
  /** Where the first pixel of the picture lies in the window, in CSS pixels: never above 0. */
  readonly left: number
  readonly top: number
}

/** A pixel of the picture becomes at most this large. */
const maxScale = 96

/** Above this scale pixels are squares of whole CSS pixels. */
const square = 2

const clamp = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, value))
const snapped = (scale: number): number => (scale >= square ? Math.floor(scale + 1e-9) : scale)

const fitOf = (picture: Size, box: Size): number =>
  snapped(Math.min(box.width / picture.width, box.height / picture.height, maxScale))

const middleOf = ({ width, height }: Size): Place => ({ x: width / 2, y: height / 2 })

export const wholePicture = (picture: Size): Zoom => ({ factor: 1, centre: middleOf(picture) })

export function plateOf(picture: Size, box: Size, { factor, centre }: Zoom): Plate {
  const scale = snapped(Math.min(fitOf(picture, box) * factor, maxScale))
  const along = (extent: number, room: number, middle: number): readonly [number, number] => {
    const all = extent * scale
    const seen = Math.min(all, room)
    return [seen, clamp(seen / 2 - middle * scale, seen - all, 0)]
  }
  const [width, left] = along(picture.width, box.width, centre.x)
  const [height, top] = along(picture.height, box.height, centre.y)
  return { scale, window: { width, height }, left, top }
}

/** The place of the picture in the middle of the window. */
const centreOf = ({ scale, window, left, top }: Plate): Place => ({
  x: (window.width / 2 - left) / scale,
  y: (window.height / 2 - top) / scale,
})

/** Enlarges by `by`. What lies `from` CSS pixels beside the middle of the box stays there. */
export function zoomed(picture: Size, box: Size, zoom: Zoom, by: number, from: Place): Zoom {
  const before = plateOf(picture, box, zoom)
  const most = maxScale / fitOf(picture, box)
  const factor = clamp(zoom.factor * by, 1, Math.max(1, most))
  const { scale } = plateOf(picture, box, { ...zoom, factor })
  const middle = centreOf(before)
  const centre = {
    x: middle.x + from.x / before.scale - from.x / scale,
    y: middle.y + from.y / before.scale - from.y / scale,
  }
  return { factor, centre: centreOf(plateOf(picture, box, { factor, centre })) }
}

/** Moves the picture by CSS pixels. */
export function moved(picture: Size, box: Size, zoom: Zoom, by: Place): Zoom {
  const plate = plateOf(picture, box, zoom)
  const { x, y } = centreOf(plate)
  const centre = { x: x - by.x / plate.scale, y: y - by.y / plate.scale }
  return { ...zoom, centre: centreOf(plateOf(picture, box, { ...zoom, centre })) }
}

/** Moves the picture as little as possible, so that a pixel of it is seen. */
export function seeing(picture: Size, box: Size, zoom: Zoom, { x, y }: Place): Zoom {
  const { scale, window, left, top } = plateOf(picture, box, zoom)
  const along = (place: number, first: number, seen: number): number => {
    const [low, high] = [first + place * scale, first + (place + 1) * scale]
    return low < 0 ? -low : Math.min(0, seen - high)
  }
  const by = { x: along(x, left, window.width), y: along(y, top, window.height) }
  return by.x === 0 && by.y === 0 ? zoom : moved(picture, box, zoom, by)
}

/** The pixels that are seen, also those of which only a part is. */
export function seenPart(picture: Size, { scale, window, left, top }: Plate): Place & Size {
  const [x, y] = [Math.floor(-left / scale + 1e-6), Math.floor(-top / scale + 1e-6)]
  const end = (offset: number, seen: number, extent: number): number =>
    Math.min(extent, Math.ceil((seen - offset) / scale - 1e-6))
  return {
    x,
    y,
    width: end(left, window.width, picture.width) - x,
    height: end(top, window.height, picture.height) - y,
  }
}
