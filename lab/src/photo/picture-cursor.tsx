/** The pixel that is looked at, and the samples that the chosen filter reads for it. */

import type { JSX } from 'preact'
import { camera } from './camera.ts'
import { analysis, cursor } from './photo.ts'
import { plate } from './sight.ts'

/** A frame that is too small to see gets a ring of this size. */
const leastSize = 14

export function PictureCursor(): JSX.Element | null {
  const at = cursor.value
  if (!at || camera.value === 'starting') return null
  const { scale, left, top } = plate.value
  const { width = 1, height = 1 } = analysis.value ?? {}
  const [before, above] = [(width - 1) >> 1, (height - 1) >> 1]
  const grow = (extent: number): number => Math.max(0, (leastSize - extent * scale) / 2)
  const [x, y] = [grow(width), grow(height)]
  return (
    <div
      class={at.isKept ? 'cursor kept' : 'cursor'}
      aria-hidden="true"
      style={[
        `left:${left + (at.x - before) * scale - x}px`,
        `top:${top + (at.y - above) * scale - y}px`,
        `width:${width * scale + 2 * x}px`,
        `height:${height * scale + 2 * y}px`,
      ].join(';')}
    />
  )
}
