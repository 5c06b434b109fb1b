/**
 * What is seen of the picture: its place in the box, and the part that is enlarged. Where a large
 * picture is enlarged, the part that is seen is computed with all its pixels.
 */

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Rectangle } from './chain.ts'
import { askDetail, close, opened, settings, shown } from './photo.ts'
import {
  type Plate,
  plateOf,
  type Size,
  seenPart,
  wholePicture,
  type Zoom,
} from './picture-zoom.ts'
import type { Detail, Opened } from './protocol.ts'

/** The room for the picture on the screen, in CSS pixels. */
export const box: Signal<Size> = signal({ width: 640, height: 400 })
/** A size to lay things out with, until a picture is open. */
const noPicture: Size = { width: 3, height: 2 }
/** What the user has enlarged. A new picture is seen whole. */
const enlarged: Signal<{ readonly of: Opened; readonly zoom: Zoom } | undefined> = signal(undefined)

export const zoom: ReadonlySignal<Zoom> = computed(() => {
  const of = opened.value
  return of && enlarged.value?.of === of ? enlarged.value.zoom : wholePicture(of ?? noPicture)
})
export const plate: ReadonlySignal<Plate> = computed(() =>
  plateOf(opened.value ?? noPicture, box.value, zoom.value),
)
export const isEnlarged: ReadonlySignal<boolean> = computed(() => zoom.value.factor > 1)

/** Changes what is seen. */
export function changeZoom(to: (picture: Size, box: Size, zoom: Zoom) => Zoom): void {
  const of = opened.peek()
  if (of) enlarged.value = { of, zoom: to(of, box.peek(), zoom.peek()) }
}
export function showWhole(): void {
  enlarged.value = undefined
}

/** The part of a large picture that is seen, with all its pixels. */
export const detail: Signal<Detail | undefined> = signal(undefined)

/** The most pixels of a part. */
const maxPart = 1_600_000
/** A picture with nearly as many pixels as the screen has for it looks the same. */
const enough = 1.2
let isAsking = false
let next: Rectangle | undefined
/** Counted up where parts that are still computed are of no use. */
let run = 0

function showDetail(found: Detail | undefined): void {
  const old = detail.peek()
  detail.value = found
  close(old?.before)
  close(old?.after)
}

function forgetDetail(): void {
  run++
  next = undefined
  isAsking = false
  showDetail(undefined)
}

/** Asks for a part. While one is computed, the newest waits, and the last one stays in sight. */
function askFor(part: Rectangle): void {
  if (isAsking) {
    next = part
    return
  }
  isAsking = true
  next = undefined
  const own = run
  askDetail(part, (found) => {
    if (own !== run) {
      close(found?.before)
      close(found?.after)
      return
    }
    isAsking = false
    showDetail(found)
    if (next) askFor(next)
  })
}

/** Starts to follow what is seen, until the returned function is called. */
export function followSight(): () => void {
  const stops = [
    effect(() => {
      settings.value
      forgetDetail()
    }),
    effect(() => {
      const [of, now] = [opened.value, shown.value]
      if (!of || !now || now.isReduced) {
        forgetDetail()
        return
      }
      const part = seenPart(of, plate.value)
      const needed = Math.min(of.width, of.width * plate.value.scale * devicePixelRatio)
      const isFine = now.after.width * enough >= needed
      if (isFine || part.width * part.height > maxPart) forgetDetail()
      else askFor(part)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
    forgetDetail()
  }
}
