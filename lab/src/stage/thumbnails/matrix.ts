import { tapColour } from '../../model/colours.ts'
import { greyOf } from '../scale.ts'
import { productsAt } from '../stage-model.ts'
import type { Thumbnail } from './thumbnail.ts'

/** The windows around the current one as columns. The current one has the colours of the taps. */
export function drawMatrix({ context, width, height, model, place, colours }: Thumbnail): void {
  const { taps, kernel, output, padded, inputScale } = model
  const cell = Math.max(1, Math.min(9, Math.floor((height - 6) / taps)))
  const rows = Math.min(taps, Math.floor((height - 6) / cell))
  const column = Math.max(4, Math.min(9, Math.floor((width - 10) / output.width)))
  const shown = Math.min(output.width, Math.floor((width - 10) / column))
  const start = Math.max(0, Math.min(output.width - shown, place.x - (shown >> 1)))
  for (let i = 0; i < shown; i++)
    for (const { tap, x, y } of productsAt(model, { x: start + i, y: place.y }).slice(0, rows)) {
      const isCurrent = start + i === place.x
      const grey = greyOf(padded.data[y * padded.width + x]!, inputScale)
      context.globalAlpha = isCurrent ? 1 : 0.55
      context.fillStyle = `rgb(${grey} ${grey} ${grey})`
      const colour = tapColour(tap, kernel.width, kernel.height, colours.isDark).background
      if (isCurrent) context.fillStyle = colour
      context.fillRect(10 + i * column, tap * cell, column, cell)
      context.globalAlpha = 1
      context.fillStyle = colour
      if (i === 0) context.fillRect(0, tap * cell, 6, cell)
    }
  const left = 10 + (place.x - start) * column
  context.strokeStyle = colours.in
  context.lineWidth = 1.5
  context.strokeRect(left - 0.75, 0.75, column + 1.5, rows * cell - 1.5)
  context.fillStyle = colours.out
  context.fillRect(left - 1.5, rows * cell + 2, column + 3, 4)
}
