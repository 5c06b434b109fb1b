/**
 * Is the page light or dark now? By the theme that was chosen, or else by what the system says: canvases are drawn anew when it changes.
 * Asking the page for a style makes it lay itself out, so the colour of the focus is asked for once, not at every focus.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { part } from '../state/store.ts'

const theme = part('theme')
const query = matchMedia('(prefers-color-scheme: dark)')
const isDarkSystem: Signal<boolean> = signal(query.matches)
query.addEventListener('change', () => {
  isDarkSystem.value = query.matches
})

export const ground: ReadonlySignal<'light' | 'dark'> = computed(() =>
  theme.value === 'system' ? (isDarkSystem.value ? 'dark' : 'light') : theme.value,
)

export const focusInk: ReadonlySignal<string> = computed(() => {
  ground.value // Listened to: the colour changes with it.
  return getComputedStyle(document.documentElement).getPropertyValue('--focus')
})
