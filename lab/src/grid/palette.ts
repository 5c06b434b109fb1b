/**
 * Is the page light or dark now? By the theme that was chosen, or else by what the system says:
 * canvases are drawn anew when it changes. Asking the page for a style makes it lay itself out, so
 * its colours are asked for once, not at every focus.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { part } from '../state/store.ts'

const theme = part('theme')
const query = matchMedia('(prefers-color-scheme: dark)')
const isDarkSystem: Signal<boolean> = signal(query.matches)
query.addEventListener('change', () => {
  isDarkSystem.value = query.matches
})

export const background: ReadonlySignal<'light' | 'dark'> = computed(() =>
  theme.value === 'system' ? (isDarkSystem.value ? 'dark' : 'light') : theme.value,
)

/** A colour of the page, as canvases take it and as numbers for pixels. */
export interface PageColour {
  readonly css: string
  readonly rgb: readonly [red: number, green: number, blue: number]
}

const names = ['focus', 'ground-0', 'hatch', 'memory', 'negative', 'positive', 'text'] as const
export type Palette = Readonly<Record<(typeof names)[number], PageColour>>

export const palette: ReadonlySignal<Palette> = computed(() => {
  background.value // Listened to: the colours change with it.
  const style = getComputedStyle(document.documentElement)
  const canvas = document.createElement('canvas')
  canvas.style.colorScheme = style.colorScheme
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  // However the style sheet spells a colour: the browser paints it, and we look.
  const colourOf = (name: string): PageColour => {
    context.fillStyle = style.getPropertyValue(`--${name}`)
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    return { css: `rgb(${red} ${green} ${blue})`, rgb: [red, green, blue] }
  }
  // By the same list.
  return Object.fromEntries(names.map((name) => [name, colourOf(name)])) as Palette
})
