/** Play on a page with steps: step after step is shown, and it stops at the last. */

import { type ReadonlySignal, type Signal, signal } from '@preact/signals'

export interface Player {
  readonly isPlaying: ReadonlySignal<boolean>
  play(): void
  pause(): void
  /** Shows the page after so many steps. A number that there is not changes nothing. */
  moveTo(position: number): void
  step(by: number): void
}

interface Steps {
  /** How many steps are done. */
  readonly position: Signal<number>
  readonly last: () => number
  /** Where Play goes from a position. Default: one step on. */
  readonly next?: (position: number) => number
  /** How long Play shows a position, in milliseconds. */
  readonly wait: (position: number, isFirst: boolean) => number
  /** Writes the position into the link, without what was chosen. */
  readonly keep: () => void
}

export function playerOf({ position, last, next = oneOn, wait, keep }: Steps): Player {
  const isPlaying = signal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = (): void => {
    clearTimeout(timer)
    isPlaying.value = false
  }
  const pause = (): void => {
    if (!isPlaying.peek()) return
    end()
    keep()
  }
  const goOn = (isFirst: boolean): void => {
    if (position.peek() === last()) return pause()
    position.value = Math.min(last(), next(position.peek()))
    timer = setTimeout(() => goOn(false), wait(position.peek(), isFirst))
  }
  const play = (): void => {
    if (isPlaying.peek()) return
    if (position.peek() === last()) position.value = 0
    keep()
    isPlaying.value = true
    document.addEventListener('visibilitychange', pause, { once: true })
    // Back, Forward and a link show a state of their own.
    addEventListener('popstate', end, { once: true })
    goOn(true)
  }
  const moveTo = (to: number): void => {
    end()
    if (to < 0 || to > last()) return
    position.value = to
    keep()
  }
  return { isPlaying, play, pause, moveTo, step: (by) => moveTo(position.peek() + by) }
}

const oneOn = (position: number): number => position + 1
