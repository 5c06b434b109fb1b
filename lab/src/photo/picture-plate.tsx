/**
 * The window on the picture: before at the left of the border, after at its right. Pointer, wheel
 * and keys move the pixel that is looked at, and what is seen.
 */

import { effect, type Signal } from '@preact/signals'
import type { JSX, RefObject } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Rectangle } from './chain.ts'
import { texts } from './messages/index.ts'
import { type Cursor, cursor, opened, shown } from './photo.ts'
import { PictureCursor } from './picture-cursor.tsx'
import { followWheel, gesturesOf, inside } from './picture-gestures.ts'
import { seeing } from './picture-zoom.ts'
import type { Drawable } from './protocol.ts'
import { changeZoom, detail, isEnlarged, plate, showWhole } from './sight.ts'
import { zoomBy, zoomStep } from './zoom-buttons.tsx'

export function PicturePlate({ split }: { readonly split: Signal<number> }): JSX.Element {
  const text = texts()
  const ref = useRef<HTMLDivElement>(null)
  const canvases = {
    before: useRef<HTMLCanvasElement>(null),
    after: useRef<HTMLCanvasElement>(null),
    partBefore: useRef<HTMLCanvasElement>(null),
    partAfter: useRef<HTMLCanvasElement>(null),
  }
  const gestures = useMemo(() => gesturesOf(() => ref.current!, split), [])
  useEffect(() => followWheel(ref.current!), [])
  // At once: the next frame of the camera takes the pixels of this one. `useSignalEffect` waits.
  useEffect(
    () =>
      effect(() => {
        draw(canvases.before.current, shown.value?.before)
        draw(canvases.after.current, shown.value?.after)
      }),
    [],
  )
  useEffect(
    () =>
      effect(() => {
        draw(canvases.partBefore.current, detail.value?.before)
        draw(canvases.partAfter.current, detail.value?.after)
      }),
    [],
  )
  const { window, scale } = plate.value
  const at = cursor.value
  const label = at ? text.pixelAt(at.y + 1, at.x + 1) : text.noPixel
  return (
    <div
      ref={ref}
      id="picture"
      class="picture-plate"
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the pixel.
      tabIndex={0}
      aria-label={`${text.picture}, ${label} ${text.pixelKeys}`}
      style={`width:${window.width}px;height:${window.height}px`}
      data-pixels={scale >= 2 ? '' : undefined}
      data-enlarged={isEnlarged.value ? '' : undefined}
      {...gestures}
      onKeyDown={onKey}
    >
      <Sheet name="before" whole={canvases.before} part={canvases.partBefore} />
      <div class="after-side" style={`clip-path:inset(0 0 0 ${split.value}%)`}>
        <Sheet name="after" whole={canvases.after} part={canvases.partAfter} />
      </div>
      <div class="border-line" style={`left:${split.value}%`} aria-hidden="true">
        <i />
      </div>
      <PictureCursor />
    </div>
  )
}

interface SheetProps {
  readonly name: 'before' | 'after'
  readonly whole: RefObject<HTMLCanvasElement | null>
  readonly part: RefObject<HTMLCanvasElement | null>
}

/** The whole picture, and over it the part that has all pixels. */
function Sheet({ name, whole, part }: SheetProps): JSX.Element {
  const { width, height } = opened.value ?? { width: 1, height: 1 }
  const found = detail.value
  return (
    <>
      <canvas
        ref={whole}
        class={name}
        aria-hidden="true"
        style={placed({ x: 0, y: 0, width, height })}
      />
      <canvas
        ref={part}
        class={`part-${name}`}
        aria-hidden="true"
        hidden={!found}
        style={found && placed(found.part)}
      />
    </>
  )
}

/** The place of a part of the picture in the window. */
function placed({ x, y, width, height }: Rectangle): string {
  const { scale, left, top } = plate.value
  return [
    `left:${left + x * scale}px`,
    `top:${top + y * scale}px`,
    `width:${width * scale}px`,
    `height:${height * scale}px`,
  ].join(';')
}

function draw(canvas: HTMLCanvasElement | null, image: Drawable | undefined): void {
  if (!canvas || !image || image.width === 0) return
  // The pixels of a frame that has made room for the next one.
  if ('data' in image && image.data.length === 0) return
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width
    canvas.height = image.height
  }
  const context = canvas.getContext('2d')!
  if ('data' in image) {
    context.putImageData(new ImageData(image.data, image.width, image.height), 0, 0)
    return
  }
  context.clearRect(0, 0, image.width, image.height)
  context.drawImage(image, 0, 0)
}

const moves: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

const zooms: Readonly<Record<string, () => void>> = {
  '+': () => zoomBy(zoomStep),
  '=': () => zoomBy(zoomStep),
  '-': () => zoomBy(1 / zoomStep),
  '0': showWhole,
}

function onKey(event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey || !opened.peek()) return
  const { width, height } = opened.peek()!
  // The first pixel lies beside the border between before and after.
  const at: Cursor = cursor.peek() ?? { x: (3 * width) >> 2, y: height >> 1, isKept: true }
  const move = moves[event.key]
  const zoomTo = zooms[event.key]
  if (zoomTo) zoomTo()
  else if (move) {
    const by = event.shiftKey ? 10 : 1
    const isFirst = cursor.peek() === undefined
    const to = isFirst ? at : inside({ x: at.x + by * move[0], y: at.y + by * move[1] })
    cursor.value = { ...to, isKept: true }
  } else if (event.key === 'Enter') cursor.value = { ...at, isKept: !at.isKept || !cursor.peek() }
  else if (event.key === 'Escape' && at.isKept) cursor.value = { ...at, isKept: false }
  else return
  const kept = cursor.peek()
  // A pixel that the keys have chosen stays in sight.
  if (kept?.isKept && isEnlarged.peek())
    changeZoom((picture, box, zoom) => seeing(picture, box, zoom, kept))
  event.preventDefault()
}
