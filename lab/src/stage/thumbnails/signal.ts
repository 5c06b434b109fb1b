/**
 * The row under the middle of the window as a curve, and below it the output up to the window.
 */

import { tapColour } from '../../model/colours.ts'
import { greyOf } from '../scale.ts'
import type { Thumbnail } from './thumbnail.ts'

type Point = readonly [x: number, y: number]

export function drawSignal({ context: c, width, height, model, place, colours }: Thumbnail): void {
  const { kernel, stride, dilation, window, padded, output } = model
  const middle = (kernel.height - 1) >> 1
  const half = height / 2
  const pitch = (width - 6) / padded.width
  const start = (place.y * stride.y + middle * dilation.y) * padded.width
  // Heights have the scales of the greys: 0 is black.
  const above = (column: number): Point => [
    3 + (column + 0.5) * pitch,
    half - 3 - (greyOf(padded.data[start + column]!, model.inputScale) / 255) * (half - 6),
  ]
  const below = (x: number): Point => [
    3 + (x * stride.x + window.x / 2) * pitch,
    height -
      3 -
      (greyOf(output.data[place.y * output.width + x]!, model.outputScale) / 255) * (half - 6),
  ]
  const dot = (point: Point): void => {
    c.beginPath()
    c.arc(...point, 2.5, 0, 7)
    c.fill()
  }
  const line = (at: (i: number) => Point, end: number): void => {
    c.beginPath()
    for (let i = 0; i < end; i += Math.ceil(end / 2 / width)) c.lineTo(...at(i))
    c.stroke()
  }
  c.fillStyle = colours['in-t']
  c.fillRect(3 + place.x * stride.x * pitch, 0, window.x * pitch, height)
  c.lineWidth = 1.5
  c.strokeStyle = colours.in
  line(above, padded.width)
  c.strokeStyle = c.fillStyle = colours.out
  line(below, place.x + 1)
  dot(below(place.x))
  for (let i = 0; i < kernel.width; i++) {
    const tap = middle * kernel.width + i
    c.fillStyle = tapColour(tap, kernel.width, kernel.height, colours.isDark).background
    dot(above(place.x * stride.x + i * dilation.x))
  }
}
