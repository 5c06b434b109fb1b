/**
 * Presentation mode: full screen where the browser allows it, large type, no controls. The page
 * keys of a remote control step the window.
 */

import type { ReadonlySignal } from '@preact/signals'
import { change, part } from '../state/store.ts'

export const isPresenting: ReadonlySignal<boolean> = part('present')

export function present(isOn: boolean): void {
  change({ present: isOn })
  // Some browsers reject full screen, for example in a frame or on a phone. The page then presents
  // in its window.
  if (isOn) void document.documentElement.requestFullscreen?.().catch(() => undefined)
  else if (document.fullscreenElement) void document.exitFullscreen()
}

/** Ends the presentation when the user leaves full screen, for example with Escape. */
export function followScreen(): () => void {
  const onChange = (): void => {
    if (!document.fullscreenElement && isPresenting.value) change({ present: false })
  }
  document.addEventListener('fullscreenchange', onChange)
  return () => document.removeEventListener('fullscreenchange', onChange)
}
