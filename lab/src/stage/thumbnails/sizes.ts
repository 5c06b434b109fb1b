import type { Thumbnail } from './thumbnail.ts'

const gap = 12

/** The padded input with the window, and the output with its place, at one scale. */
export function drawSizes({ context, width, height, model, place, colours }: Thumbnail): void {
  const { padded, before, input, output, stride, window } = model
  const unit = Math.min(
    (width - gap - 3) / (padded.width + output.width),
    (height - 4) / Math.max(padded.height, output.height),
    12,
  )
  let left = (width - gap - unit * (padded.width + output.width)) / 2
  let top = 0
  const box = (x: number, y: number, w: number, h: number, line: string, fill = ''): void => {
    // A signal, the window and the place stay visible at any scale.
    const [wide, high] = [Math.max(5, w * unit), Math.max(5, h * unit)]
    const at = [left + (x + w / 2) * unit - wide / 2, top + (y + h / 2) * unit - high / 2] as const
    context.fillStyle = fill
    if (fill) context.fillRect(...at, wide, high)
    context.strokeStyle = line
    context.lineWidth = fill ? 1 : 2
    context.strokeRect(...at, wide, high)
  }
  top = (height - padded.height * unit) / 2
  box(0, 0, padded.width, padded.height, colours.hatch, colours.card)
  box(before.x, before.y, input.width, input.height, colours.in, colours['in-t'])
  box(place.x * stride.x, place.y * stride.y, window.x, window.y, colours.in)
  left += padded.width * unit + gap
  top = (height - output.height * unit) / 2
  box(0, 0, output.width, output.height, colours.out, colours['out-t'])
  box(place.x, place.y, 1, 1, colours.out)
}
