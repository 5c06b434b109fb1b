import type { Thumbnail } from './thumbnail.ts'

export function drawFlip({ context, width, height, colours }: Thumbnail): void {
  context.fillStyle = colours.sink
  context.fillRect(0, 0, width, height)
}
