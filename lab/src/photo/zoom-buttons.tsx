/** Smaller, larger, whole: for those who have no wheel and no keys. */

import type { JSX } from 'preact'
import { texts } from './messages/index.ts'
import { opened } from './photo.ts'
import { zoomed } from './picture-zoom.ts'
import { changeZoom, isEnlarged, plate, showWhole } from './sight.ts'

/** How much one press enlarges. */
export const zoomStep = 1.5
const middle = { x: 0, y: 0 }

export const zoomBy = (by: number): void =>
  changeZoom((picture, box, zoom) => zoomed(picture, box, zoom, by, middle))

export function ZoomButtons(): JSX.Element | null {
  const text = texts()
  if (!opened.value) return null
  const isWhole = !isEnlarged.value
  return (
    <div class="zoom-buttons" role="group" aria-label={text.zoom}>
      <button
        type="button"
        class="icon"
        aria-label={text.zoomOut}
        title={`${text.zoomOut} (−)`}
        aria-disabled={isWhole}
        onClick={() => zoomBy(1 / zoomStep)}
      >
        −
      </button>
      <button
        type="button"
        class="zoom-whole"
        title={`${text.zoomWhole} (0)`}
        aria-label={`${text.zoomWhole}, ${text.zoomNow(plate.value.scale)}`}
        aria-disabled={isWhole}
        onClick={showWhole}
      >
        {text.zoomNow(plate.value.scale)}
      </button>
      <button
        type="button"
        class="icon"
        aria-label={text.zoomIn}
        title={`${text.zoomIn} (+)`}
        onClick={() => zoomBy(zoomStep)}
      >
        +
      </button>
    </div>
  )
}
