/**
 * Steps the window with a timer. It stops at the last output, when the user pauses, or when the
 * page is hidden. At the last output it starts again from the first.
 */

import { type Signal, signal } from '@preact/signals'
import { goToStart, nextStep, type Stride, step } from './steps.ts'

export const isPlaying: Signal<boolean> = signal(false)
export const speeds = [1, 2, 5, 10] as const
/** Steps per second. */
export const speed: Signal<number> = signal(2)
export const stride: Signal<Stride> = signal('pixel')

let timer: ReturnType<typeof setTimeout> | undefined

export function play(): void {
  if (isPlaying.value) return
  isPlaying.value = true
  document.addEventListener('visibilitychange', pause, { once: true })
  if (!nextStep(stride.value, 1)) goToStart(stride.value)
  next()
}

export function pause(): void {
  clearTimeout(timer)
  isPlaying.value = false
}

function next(): void {
  timer = setTimeout(() => {
    if (step(stride.value, 1)) next()
    else pause()
  }, 1000 / speed.value)
}
