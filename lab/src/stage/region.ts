/**
 * The part of the planes around the window that is shown as numbers.
 */

import type { Place, StageModel } from './stage-model.ts'

/** A rectangle of outputs, and the rectangle of the padded input that their windows cover. */
export interface Region {
  readonly output: Rectangle
  readonly input: Rectangle
}

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const wholeRegion = ({ output, padded }: StageModel): Region => ({
  output: { x: 0, y: 0, width: output.width, height: output.height },
  input: { x: 0, y: 0, width: padded.width, height: padded.height },
})

/**
 * At most `limit` outputs in each direction. If `last` is a region of the same size, it moves only
 * as far as needed. A new region has the place in the middle.
 */
export function regionAround(
  { output, stride, window }: StageModel,
  place: Place,
  limit: Place,
  last: Region | undefined,
): Region {
  const start = (axis: 'x' | 'y', size: 'width' | 'height'): number => {
    const count = Math.min(output[size], limit[axis])
    const isKept = last?.output[size] === count
    const before = isKept ? last.output[axis] : place[axis] - Math.floor(count / 2)
    const needed = Math.max(place[axis] - count + 1, Math.min(place[axis], before))
    return Math.max(0, Math.min(output[size] - count, needed))
  }
  const [x, y] = [start('x', 'width'), start('y', 'height')]
  const [width, height] = [Math.min(output.width, limit.x), Math.min(output.height, limit.y)]
  return {
    output: { x, y, width, height },
    input: {
      x: x * stride.x,
      y: y * stride.y,
      width: (width - 1) * stride.x + window.x,
      height: (height - 1) * stride.y + window.y,
    },
  }
}

/** All places of a rectangle, row by row. */
export const placesOf = ({ x, y, width, height }: Rectangle): readonly Place[] =>
  Array.from({ length: width * height }, (_, i) => ({
    x: x + (i % width),
    y: y + Math.floor(i / width),
  }))
