/**
 * The picture: left of the border before, right of it after. The pointer and the arrow keys move
 * the pixel that is looked at; the border is moved by its handle or by the slider below.
 */

import { type Signal, useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { camera } from './camera.ts'
import { texts } from './messages/index.ts'
import { analysis, type Cursor, cursor, isOpening, opened, progress, room, shown } from './photo.ts'
import type { Drawable } from './protocol.ts'

/** A small picture is enlarged at most this much, by whole numbers so that pixels stay square. */
const maxScale = 96
/** How close to the border a press moves it, in CSS pixels. */
const nearBorder = 16
/** What is computed for the screen has at most this many pixels. */
const maxShown = 1_600_000

interface Plate {
  readonly width: number
  readonly height: number
  /** CSS pixels for each pixel of the picture. */
  readonly scale: number
}

export function PictureView(): JSX.Element {
  const text = texts()
  const box = useRef<HTMLDivElement>(null)
  const space = useSignal({ width: 640, height: 400 })
  const split = useSignal(50)
  const plate = useComputed((): Plate => {
    const { width, height } = opened.value ?? { width: 3, height: 2 }
    const most = Math.min(space.value.width / width, space.value.height / height, maxScale)
    const scale = most >= 2 ? Math.floor(most) : most
    return { width: width * scale, height: height * scale, scale }
  })
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect
      space.value = { width, height }
      const ratio = Math.min(devicePixelRatio || 1, Math.sqrt(maxShown / (width * height)))
      const next = { width: Math.round(width * ratio), height: Math.round(height * ratio) }
      if (next.width !== room.peek().width || next.height !== room.peek().height) room.value = next
    })
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])
  const size = opened.value && text.size(opened.value.width, opened.value.height)
  return (
    <figure class="picture-figure" aria-busy={isOpening.value || shown.value === undefined}>
      <div ref={box} class="picture-box">
        <PicturePlate plate={plate} split={split} />
        <Progress />
      </div>
      <figcaption>
        <b class="of-input">{text.before}</b>
        <input
          type="range"
          class="compare"
          id="compare"
          min={0}
          max={100}
          value={split}
          aria-label={text.compare}
          style={`--filled:${split.value}%`}
          onInput={(event) => {
            split.value = event.currentTarget.valueAsNumber
          }}
        />
        <b class="of-output">{text.after}</b>
        <span class="picture-size">{size}</span>
      </figcaption>
    </figure>
  )
}

function Progress(): JSX.Element {
  const text = texts()
  const done = progress.value
  return (
    <span class="picture-progress" role="status">
      {done !== undefined && (
        <>
          <progress value={done} max={1} aria-label={text.computing(Math.floor(done * 100))} />
          {shown.value?.isReduced && <span>{text.reduced}</span>}
        </>
      )}
    </span>
  )
}

interface PicturePlateProps {
  readonly plate: { readonly value: Plate }
  readonly split: Signal<number>
}

function PicturePlate({ plate, split }: PicturePlateProps): JSX.Element {
  const text = texts()
  const ref = useRef<HTMLDivElement>(null)
  const before = useRef<HTMLCanvasElement>(null)
  const after = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const now = shown.value
    draw(before.current, now?.before)
    draw(after.current, now?.after)
  })
  const { width, height, scale } = plate.value
  const pixelOf = (event: PointerEvent): { x: number; y: number } | undefined => {
    if (!opened.peek()) return undefined
    const { left, top } = ref.current!.getBoundingClientRect()
    return inside(
      Math.floor((event.clientX - left) / plate.value.scale),
      Math.floor((event.clientY - top) / plate.value.scale),
    )
  }
  const splitAt = (event: PointerEvent): void => {
    const { left, width } = ref.current!.getBoundingClientRect()
    split.value = Math.round(Math.max(0, Math.min(100, ((event.clientX - left) / width) * 100)))
  }
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    const { left } = ref.current!.getBoundingClientRect()
    const border = left + (split.peek() / 100) * plate.value.width
    if (Math.abs(event.clientX - border) <= nearBorder && split.peek() > 0 && split.peek() < 100) {
      ref.current!.setPointerCapture(event.pointerId)
      ref.current!.dataset.dragging = ''
      return
    }
    const at = pixelOf(event)
    if (!at) return
    const old = cursor.peek()
    cursor.value = { ...at, isKept: !(old?.isKept && old.x === at.x && old.y === at.y) }
  }
  const onPointerMove = (event: PointerEvent): void => {
    if ('dragging' in ref.current!.dataset) splitAt(event)
    else if (event.pointerType === 'mouse' && !cursor.peek()?.isKept) {
      const at = pixelOf(event)
      if (at) cursor.value = { ...at, isKept: false }
    }
  }
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
      style={`width:${width}px;height:${height}px`}
      data-pixels={scale >= 2 ? '' : undefined}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onLostPointerCapture={() => {
        delete ref.current!.dataset.dragging
      }}
      onKeyDown={onKey}
    >
      <canvas ref={before} class="before" aria-hidden="true" />
      <canvas
        ref={after}
        class="after"
        aria-hidden="true"
        style={`clip-path:inset(0 0 0 ${split.value}%)`}
      />
      <div class="border-line" style={`left:${split.value}%`} aria-hidden="true">
        <i />
      </div>
      <CursorFrame scale={scale} />
    </div>
  )
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

function inside(x: number, y: number): { x: number; y: number } {
  const { width, height } = opened.peek()!
  return { x: Math.max(0, Math.min(width - 1, x)), y: Math.max(0, Math.min(height - 1, y)) }
}

const moves: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

function onKey(event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey || !opened.peek()) return
  const { width, height } = opened.peek()!
  // The first pixel lies beside the border between before and after.
  const at: Cursor = cursor.peek() ?? { x: (3 * width) >> 2, y: height >> 1, isKept: true }
  const move = moves[event.key]
  if (move) {
    const by = event.shiftKey ? 10 : 1
    const isFirst = cursor.peek() === undefined
    const to = isFirst ? at : inside(at.x + by * move[0], at.y + by * move[1])
    cursor.value = { ...to, isKept: true }
  } else if (event.key === 'Enter') cursor.value = { ...at, isKept: !at.isKept || !cursor.peek() }
  else if (event.key === 'Escape' && at.isKept) cursor.value = { ...at, isKept: false }
  else return
  event.preventDefault()
}

/** The pixel, and the samples that the chosen filter reads for it. */
function CursorFrame({ scale }: { readonly scale: number }): JSX.Element | null {
  const at = cursor.value
  if (!at || camera.value === 'starting') return null
  const { width = 1, height = 1 } = analysis.value ?? {}
  const [before, above] = [(width - 1) >> 1, (height - 1) >> 1]
  // A frame that is too small to see gets a ring of this size.
  const grow = (extent: number): number => Math.max(0, (14 - extent * scale) / 2)
  const [x, y] = [grow(width), grow(height)]
  return (
    <div
      class={at.isKept ? 'cursor kept' : 'cursor'}
      aria-hidden="true"
      style={[
        `left:${(at.x - before) * scale - x}px`,
        `top:${(at.y - above) * scale - y}px`,
        `width:${width * scale + 2 * x}px`,
        `height:${height * scale + 2 * y}px`,
      ].join(';')}
    />
  )
}
