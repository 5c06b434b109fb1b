/** Play: sample after sample is sent and added, and it stops at the last. */

import { type Signal, signal } from '@preact/signals'
import { changeSettings, model, sentCount } from './adding.ts'

export const isPlaying: Signal<boolean> = signal(false)
const [firstMs, stepMs] = [1400, 560]
let timer: ReturnType<typeof setTimeout> | undefined

function end(): void {
  clearTimeout(timer)
  isPlaying.value = false
}

export function pause(): void {
  if (!isPlaying.peek()) return
  end()
  changeSettings({})
}

export const last = (): number => model.peek().sent.length

export function play(): void {
  if (isPlaying.peek()) return
  if (sentCount.peek() === last()) sentCount.value = 0
  changeSettings({ cell: undefined })
  isPlaying.value = true
  document.addEventListener('visibilitychange', pause, { once: true })
  // Back, Forward and a link show a state of their own.
  addEventListener('popstate', end, { once: true })
  sentCount.value += 1
  timer = setTimeout(next, firstMs)
}

function next(): void {
  if (sentCount.peek() === last()) return pause()
  sentCount.value += 1
  timer = setTimeout(next, stepMs)
}

/** Shows the output after so many samples. */
export function moveTo(count: number): void {
  end()
  if (count < 0 || count > last()) return
  changeSettings({ sample: count, cell: undefined })
}
