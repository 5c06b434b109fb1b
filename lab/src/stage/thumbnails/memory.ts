/**
 * The runs of the window in the line of memory, in the colours of their taps, with the jump between
 * them and the first element.
 */

import { tapColour } from '../../model/colours.ts'
import { productsAt } from '../stage-model.ts'
import type { Thumbnail } from './thumbnail.ts'

export function drawMemory({ context: c, width, height, model, place, colours }: Thumbnail): void {
  const { kernel, dilation, before, input } = model
  const pitch = (width - 6) / kernel.height
  const cell = Math.min(9, (pitch * 0.8) / (kernel.width + 1))
  const top = height * 0.46
  c.fillStyle = colours.sink
  c.fillRect(0, top, width, 12)
  c.font = `11px ${colours.sans}`
  c.textAlign = 'center'
  const products = productsAt(model, place)
  for (const { tap, isPadding } of products) {
    const row = Math.floor(tap / kernel.width)
    const x = 4 + row * pitch + (tap % kernel.width) * cell
    c.fillStyle = tapColour(tap, kernel.width, kernel.height, colours.isDark).background
    if (isPadding) c.fillRect(x, top + 11, cell - 0.5, 1)
    else c.fillRect(x, top, cell - 0.5, 12)
    if (tap % kernel.width > 0 || row === 0 || kernel.height > 4) continue
    c.strokeStyle = c.fillStyle = colours.ink2
    c.beginPath()
    c.ellipse(x + (cell - pitch) / 2, top - 2, pitch / 2, 8, 0, Math.PI, 0)
    c.stroke()
    c.fillText(`+${dilation.y * input.width}`, x + (cell - pitch) / 2, top - 17)
  }
  const first = products.find(({ isPadding }) => !isPadding)
  if (!first) return
  c.textAlign = 'left'
  c.fillStyle = colours.in
  c.fillText(`#${(first.y - before.y) * input.width + first.x - before.x}`, 3, height - 7)
}
