/**
 * Play: at the current place the channels are added one by one; then the window moves over all
 * outputs that are left, filter by filter, and stops at the last. With reduced motion it fills a
 * row at a time.
 */

import { type Signal, signal } from '@preact/signals'
import type { Player } from '../pages/player.ts'
import { added, keepPlace, model, moveTo, position, shownOutputs, spotAt } from './stack.ts'

export const isPlaying: Signal<boolean> = signal(false)

const channelMs = 700
const restMs = 900
const moveSeconds = 8
const slowestMs = 420
const rowMs = 700

let timer: ReturnType<typeof setTimeout> | undefined

function end(): void {
  clearTimeout(timer)
  isPlaying.value = false
  added.value = undefined
  shownOutputs.value = undefined
}

export function pause(): void {
  if (!isPlaying.peek()) return
  end()
  keepPlace()
}

const count = (): number => {
  const { output } = model.peek()
  return output.count * output.rows * output.columns
}

export function play(): void {
  if (isPlaying.peek()) return
  const last = count() - 1
  const from = position.peek() === last ? 0 : position.peek()
  isPlaying.value = true
  show(from)
  document.addEventListener('visibilitychange', pause, { once: true })
  // Back, Forward and a link show a place of their own.
  addEventListener('popstate', end, { once: true })
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) playRows(from)
  else playChannels(from, 0)
}

function show(at: number): void {
  moveTo(spotAt(model.peek(), at))
  shownOutputs.value = at + 1
}

/** Each channel, then the bias, then the sum. */
function playChannels(at: number, done: number): void {
  const { groupChannels } = model.peek()
  if (done > groupChannels + 1) {
    added.value = undefined
    timer = setTimeout(() => playPlaces(at), restMs)
    return
  }
  added.value = done
  shownOutputs.value = at
  timer = setTimeout(() => playChannels(at, done + 1), channelMs)
}

function playPlaces(at: number): void {
  if (at >= count() - 1) return pause()
  show(at + 1)
  timer = setTimeout(() => playPlaces(at + 1), Math.min(slowestMs, (moveSeconds * 1000) / count()))
}

function playRows(at: number): void {
  const { columns } = model.peek().output
  const end = Math.floor(at / columns) * columns + columns - 1
  show(end)
  timer = setTimeout(() => (end === count() - 1 ? pause() : playRows(end + 1)), rowMs)
}

/** Moves by outputs in their order, by hand. */
export function step(by: number): void {
  pause()
  moveToPosition(position.peek() + by)
}

export function moveToPosition(to: number): void {
  pause()
  if (to < 0 || to >= count()) return
  moveTo(spotAt(model.peek(), to))
  keepPlace()
}

export const player: Player = { isPlaying, play, pause, moveTo: moveToPosition, step }
