/**
 * The weights of a few outputs as a matrix: one row for each output, the current one in full
 * colour.
 */

import { tapColour } from '../../model/colours.ts'
import type { Thumbnail } from './thumbnail.ts'

export function drawSparse({ context, width, height, model, place, colours }: Thumbnail): void {
  const { output, stride, dilation, window, kernel, taps } = model
  const columns = Math.min(5, output.width)
  const rows = Math.min(3, output.height)
  const x = Math.min(2, place.x, columns - 1)
  const y = Math.min(1, place.y, rows - 1)
  const patch = (columns - 1) * stride.x + window.x
  const w = width / (patch * ((rows - 1) * stride.y + window.y))
  const h = height / (columns * rows)
  const lit = y * columns + x
  context.fillStyle = colours.sink
  context.fillRect(0, 0, width, height)
  context.fillStyle = colours['out-t']
  context.fillRect(0, lit * h, width, h)
  for (let row = 0; row < columns * rows; row++) {
    context.globalAlpha = row === lit ? 1 : 0.4
    for (let tap = 0; tap < taps; tap++) {
      const at = (row % columns) * stride.x + (tap % kernel.width) * dilation.x
      const line =
        Math.floor(row / columns) * stride.y + Math.floor(tap / kernel.width) * dilation.y
      context.fillStyle = tapColour(tap, kernel.width, kernel.height, colours.isDark).background
      context.fillRect((line * patch + at) * w, row * h, Math.max(1, w), h)
    }
  }
  context.globalAlpha = 1
  context.strokeStyle = colours.out
  context.lineWidth = 1.5
  context.strokeRect(0.75, lit * h - 1, width - 1.5, h + 2)
}
