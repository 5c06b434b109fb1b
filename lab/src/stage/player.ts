/**
 * Play: at the current place the products appear one after the other; then the window moves over
 * all places that are left, faster and faster, and stops at the last. With reduced motion it fills
 * row by row.
 */

import { type Signal, signal } from '@preact/signals'
import {
  activeTap,
  added,
  isZoomed,
  moveToPosition,
  pass,
  passedOutputs,
  place,
  position,
  region,
  stageModel,
} from './stage.ts'

export const isPlaying: Signal<boolean> = signal(false)

/** Milliseconds for each product of the first place. */
const productMs = 150
const fastProductMs = 60
/** Products of the first place that are shown slowly. */
const slowProducts = 9
/** Frames after the last product before the window moves. */
const restSteps = 3
/** Places per second at the start, and if there are only a few. */
const firstRate = 5
const slowRate = 2.2
const fewPlaces = 24
/** Seconds for all places. */
const moveSeconds = 7
const rowMs = 250
const slowRowMs = 900

let frame = 0
let timer: ReturnType<typeof setTimeout> | undefined

export function pause(): void {
  if (!isPlaying.peek()) return
  cancelAnimationFrame(frame)
  clearTimeout(timer)
  isPlaying.value = false
  activeTap.value = undefined
  added.value = undefined
}

/** The numbers of the outputs that Play visits: the region while it is zoomed, else all. */
function route(): readonly number[] {
  const { width, height } = stageModel.peek().output
  const { output } = region.peek()
  const part = isZoomed.peek() ? output : { x: 0, y: 0, width, height }
  return Array.from(
    { length: part.width * part.height },
    (_, i) => (part.y + Math.floor(i / part.width)) * width + part.x + (i % part.width),
  )
}

/** Has the window passed every output that Play visits? */
export function isFinished(): boolean {
  const passed = passedOutputs()
  return isZoomed.value ? route().every((number) => passed[number]) : !passed.includes(0)
}

export function play(): void {
  if (isPlaying.peek()) return
  const places = route()
  let at = Math.max(0, places.indexOf(position.peek()))
  if (isFinished() || at === places.length - 1) {
    pass((outputs) => {
      for (const number of places) outputs[number] = 0
    })
    at = 0
  }
  moveToPosition(places[at]!)
  isPlaying.value = true
  document.addEventListener('visibilitychange', pause, { once: true })
  // Back, Forward and a link show a place of their own.
  addEventListener('popstate', pause, { once: true })
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) playRows(places, at)
  else playProducts(places, at)
}

function playRows(places: readonly number[], from: number): void {
  const width = isZoomed.peek() ? region.peek().output.width : stageModel.peek().output.width
  let at = from
  const step = (): void => {
    const last = Math.min(places.length - 1, Math.floor(at / width) * width + width - 1)
    pass((outputs) => {
      for (let i = at; i <= last; i++) outputs[places[i]!] = 1
    })
    moveToPosition(places[last]!)
    at = last + 1
    if (at < places.length) timer = setTimeout(step, places.length > fewPlaces ? rowMs : slowRowMs)
    else pause()
  }
  step()
}

function playProducts(places: readonly number[], at: number): void {
  const { taps } = stageModel.peek()
  const stepMs = taps > slowProducts ? fastProductMs : productMs
  const start = performance.now()
  const step = (now: number): void => {
    const done = Math.max(0, Math.floor((now - start) / stepMs))
    if (done >= taps + restSteps) {
      activeTap.value = undefined
      added.value = undefined
      playPlaces(places, at)
      return
    }
    added.value = Math.min(done + 1, taps)
    activeTap.value = Math.min(done, taps - 1)
    frame = requestAnimationFrame(step)
  }
  step(start)
}

function playPlaces(places: readonly number[], from: number): void {
  const count = places.length - 1 - from
  const growth = count > fewPlaces ? growthFor(count) : 0
  const start = performance.now()
  let at = from
  const step = (now: number): void => {
    const seconds = Math.max(0, (now - start) / 1000)
    const moved =
      growth > 0 ? (firstRate / growth) * (Math.exp(growth * seconds) - 1) : seconds * slowRate
    const next = Math.min(places.length - 1, from + Math.floor(moved))
    if (next > at) {
      const before = at
      pass((outputs) => {
        for (let i = before + 1; i < next; i++) outputs[places[i]!] = 1
      })
      at = next
      moveToPosition(places[at]!)
    }
    if (at === places.length - 1) pause()
    else frame = requestAnimationFrame(step)
  }
  step(start)
}

/** The exponent for which (rate / growth) · (e^(growth · seconds) − 1) is `count`, by bisection. */
function growthFor(count: number): number {
  let [low, high] = [0.01, 6]
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    const moved = (firstRate / middle) * (Math.exp(middle * moveSeconds) - 1)
    if (moved < count) low = middle
    else high = middle
  }
  return high
}

/** One step of the window, by hand. */
export function step(by: number): void {
  pause()
  const { output } = stageModel.peek()
  const next = position.peek() + by
  if (next < 0 || next >= output.width * output.height) return
  moveToPosition(next)
}

/** Forgets what the window has passed, and starts at the first output. */
export function clear(): void {
  pause()
  pass((outputs) => outputs.fill(0))
  moveToPosition(0)
  pass((outputs) => {
    outputs[0] = 0
  })
}

/** Moves to an output as the scrubber does: exactly the outputs up to it count as passed. */
export function scrubTo(number: number): void {
  pause()
  pass((outputs) => {
    outputs.fill(1, 0, number + 1)
    outputs.fill(0, number + 1)
  })
  moveToPosition(number)
}

/** Moves the window by columns and rows, as the arrow keys do. */
export function nudge(dx: number, dy: number): { readonly x: number; readonly y: number } {
  pause()
  const { x, y } = place.peek()
  return { x: x + dx, y: y + dy }
}
