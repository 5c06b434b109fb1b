/**
 * What the pointer does to the picture: a press keeps a pixel or lets it go, the border between
 * before and after is dragged by its handle, an enlarged picture anywhere else. Two fingers and the
 * wheel enlarge. The wheel scrolls the page until the picture has the focus or is enlarged.
 */

import type { Signal } from '@preact/signals'
import { cursor, opened } from './photo.ts'
import { moved, type Place, zoomed } from './picture-zoom.ts'
import { changeZoom, isEnlarged, plate } from './sight.ts'

/** How close to the border a press moves it, in CSS pixels. */
const nearBorder = 16
/** A press that moves farther than this is no press, in CSS pixels. */
const slack = 4
/** How far the wheel turns to double the size, in CSS pixels; and how far two fingers on a pad. */
const wheelDouble = 300
const padDouble = 100
const lineHeight = 16

/** The pixel of the picture at a place, or the nearest. */
export function inside({ x, y }: Place): Place {
  const { width, height } = opened.peek()!
  return { x: Math.max(0, Math.min(width - 1, x)), y: Math.max(0, Math.min(height - 1, y)) }
}

export interface Gestures {
  onPointerDown(event: PointerEvent): void
  onPointerMove(event: PointerEvent): void
  onPointerUp(event: PointerEvent): void
  onPointerCancel(event: PointerEvent): void
}

/** `split`: where the border is, in percent of the window. */
export function gesturesOf(element: () => HTMLElement, split: Signal<number>): Gestures {
  const held = new Map<number, Place>()
  let kind: 'none' | 'border' | 'press' | 'move' = 'none'
  let start: Place = { x: 0, y: 0 }

  const pixelOf = (event: PointerEvent): Place => {
    const { left, top } = element().getBoundingClientRect()
    const { scale, left: x, top: y } = plate.peek()
    return inside({
      x: Math.floor((event.clientX - left - x) / scale),
      y: Math.floor((event.clientY - top - y) / scale),
    })
  }
  const splitAt = (event: PointerEvent): void => {
    const { left, width } = element().getBoundingClientRect()
    split.value = Math.round(Math.max(0, Math.min(100, ((event.clientX - left) / width) * 100)))
  }
  const isAtBorder = (event: PointerEvent): boolean => {
    const { left, width } = element().getBoundingClientRect()
    const at = split.peek()
    return at > 0 && at < 100 && Math.abs(event.clientX - left - (at / 100) * width) <= nearBorder
  }
  /** Two fingers: what lies between them stays between them. */
  const pinch = (event: PointerEvent): void => {
    const [a, b] = [...held.values()] as [Place, Place]
    held.set(event.pointerId, placeOf(event))
    const [c, d] = [...held.values()] as [Place, Place]
    const apart = ([p, q]: readonly [Place, Place]): number => Math.hypot(p.x - q.x, p.y - q.y) || 1
    const [before, after] = [between(a, b), between(c, d)]
    const from = fromMiddle(element(), before)
    const by = apart([c, d]) / apart([a, b])
    changeZoom((picture, box, zoom) =>
      moved(picture, box, zoomed(picture, box, zoom, by, from), minus(after, before)),
    )
  }
  const end = (event: PointerEvent): void => {
    held.delete(event.pointerId)
    if (held.size === 0) kind = 'none'
  }
  return {
    onPointerDown(event) {
      if (event.button !== 0 || !opened.peek()) return
      held.set(event.pointerId, placeOf(event))
      element().setPointerCapture(event.pointerId)
      start = placeOf(event)
      if (held.size > 1) kind = 'move'
      else kind = isAtBorder(event) ? 'border' : 'press'
    },
    onPointerMove(event) {
      if (!opened.peek()) return
      const last = held.get(event.pointerId)
      if (!last) {
        if (event.pointerType === 'mouse' && !cursor.peek()?.isKept)
          cursor.value = { ...pixelOf(event), isKept: false }
        return
      }
      if (held.size > 1) {
        pinch(event)
        return
      }
      const now = placeOf(event)
      held.set(event.pointerId, now)
      if (kind === 'border') splitAt(event)
      if (kind === 'press' && Math.hypot(now.x - start.x, now.y - start.y) > slack) kind = 'move'
      if (kind === 'move' && isEnlarged.peek())
        changeZoom((picture, box, zoom) => moved(picture, box, zoom, minus(now, last)))
    },
    onPointerUp(event) {
      if (kind === 'press' && opened.peek()) {
        const [at, old] = [pixelOf(event), cursor.peek()]
        cursor.value = { ...at, isKept: !(old?.isKept && old.x === at.x && old.y === at.y) }
      }
      end(event)
    },
    onPointerCancel: end,
  }
}

/** Takes the wheel over the picture. Returns the function that stops it. */
export function followWheel(element: HTMLElement): () => void {
  const onWheel = (event: WheelEvent): void => {
    const isPad = event.ctrlKey || event.metaKey
    const isWanted = isPad || isEnlarged.peek() || document.activeElement === element
    const isLess = event.deltaY > 0
    if (!opened.peek() || !isWanted || (isLess && !isPad && !isEnlarged.peek())) return
    event.preventDefault()
    const delta = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? lineHeight : 1)
    const by = 2 ** (-delta / (isPad && Math.abs(delta) < padDouble ? padDouble : wheelDouble))
    const from = fromMiddle(element, placeOf(event))
    changeZoom((picture, box, zoom) => zoomed(picture, box, zoom, by, from))
  }
  element.addEventListener('wheel', onWheel, { passive: false })
  return () => element.removeEventListener('wheel', onWheel)
}

const placeOf = ({ clientX, clientY }: MouseEvent): Place => ({ x: clientX, y: clientY })
const minus = (a: Place, b: Place): Place => ({ x: a.x - b.x, y: a.y - b.y })
const between = (a: Place, b: Place): Place => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

/** The window lies in the middle of the box. */
function fromMiddle(element: HTMLElement, place: Place): Place {
  const { left, top, width, height } = element.getBoundingClientRect()
  return minus(place, { x: left + width / 2, y: top + height / 2 })
}
