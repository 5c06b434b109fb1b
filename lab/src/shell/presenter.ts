/**
 * The presenter mode: the whole screen where the browser gives it, large type, no controls; the
 * page keys of a clicker step.
 */

import type { ReadonlySignal } from '@preact/signals'
import { change, part } from '../state/store.ts'

export const isPresenting: ReadonlySignal<boolean> = part('present')

export function present(isOn: boolean): void {
  change({ present: isOn })
  // A browser may refuse the whole screen (a frame, a phone): the page then presents in its window.
  if (isOn) void document.documentElement.requestFullscreen?.().catch(() => undefined)
  else if (document.fullscreenElement) void document.exitFullscreen()
}

/** Leaving the whole screen, with Escape say, ends the presentation. */
export function followScreen(): () => void {
  const onChange = (): void => {
    if (!document.fullscreenElement && isPresenting.value) change({ present: false })
  }
  document.addEventListener('fullscreenchange', onChange)
  return () => document.removeEventListener('fullscreenchange', onChange)
}
