/**
 * The picture in its box, with the border between before and after. The box may show a part of the
 * picture only (`sight.ts`).
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { texts } from './messages/index.ts'
import { isFiltering, isOpening, opened, progress, room, shown } from './photo.ts'
import { PicturePlate } from './picture-plate.tsx'
import { box, followSight } from './sight.ts'
import { ZoomButtons } from './zoom-buttons.tsx'

/** What is computed for the screen has at most this many pixels. */
const maxShown = 1_600_000

export function PictureView(): JSX.Element {
  const text = texts()
  const element = useRef<HTMLDivElement>(null)
  const split = useSignal(50)
  useEffect(followSight, [])
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect
      box.value = { width, height }
      const ratio = Math.min(devicePixelRatio || 1, Math.sqrt(maxShown / (width * height)))
      const next = { width: Math.round(width * ratio), height: Math.round(height * ratio) }
      if (next.width !== room.peek().width || next.height !== room.peek().height) room.value = next
    })
    observer.observe(element.current!)
    return () => observer.disconnect()
  }, [])
  const size = opened.value && text.size(opened.value.width, opened.value.height)
  return (
    <figure
      class="picture-figure"
      aria-busy={isOpening.value || isFiltering.value || shown.value === undefined}
    >
      <div ref={element} class="picture-box">
        <PicturePlate split={split} />
        <Progress />
        <ZoomButtons />
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
