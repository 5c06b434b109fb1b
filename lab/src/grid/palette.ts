/**
 * Is the theme light or dark, and which colours does it have? The chosen theme decides, or else the
 * system. Canvases are redrawn when it changes.
 *
 * Reading a style makes the browser compute the layout. So the colours are read once for each
 * theme, not at every focus.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { part } from '../state/store.ts'
import type { Role } from './grid-types.ts'

const [theme, language] = [part('theme'), part('language')]
const query = matchMedia('(prefers-color-scheme: dark)')
const isDarkSystem: Signal<boolean> = signal(query.matches)
query.addEventListener('change', () => {
  isDarkSystem.value = query.matches
})

export const background: ReadonlySignal<'light' | 'dark'> = computed(() =>
  theme.value === 'system' ? (isDarkSystem.value ? 'dark' : 'light') : theme.value,
)

/** A colour as CSS for canvases, and as numbers for pixels. */
export interface PageColour {
  readonly css: string
  readonly rgb: readonly [red: number, green: number, blue: number]
}

const names = ['hatch', 'in', 'ink', 'ker', 'out', 'paper'] as const
export type Palette = Readonly<Record<(typeof names)[number], PageColour>>

export const palette: ReadonlySignal<Palette> = computed(() => {
  background.value // Listened to: the colours change with it.
  const style = getComputedStyle(document.documentElement)
  const canvas = document.createElement('canvas')
  canvas.style.colorScheme = style.colorScheme
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  // The style sheet may write a colour in any form. So the browser paints one pixel, and its value
  // is read back.
  const colourOf = (name: string): PageColour => {
    context.fillStyle = style.getPropertyValue(`--${name}`)
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    return { css: `rgb(${red} ${green} ${blue})`, rgb: [red, green, blue] }
  }
  // The keys are those of `names`, which TypeScript cannot infer.
  return Object.fromEntries(names.map((name) => [name, colourOf(name)])) as Palette
})

/** The colour of each kind of array, for canvases. */
export const roleColours: ReadonlySignal<Readonly<Record<Role, string>>> = computed(() => {
  const { in: input, ker, out } = palette.value
  return {
    input: input.css,
    kernel: ker.css,
    output: out.css,
    matrix: input.css,
    memory: input.css,
  }
})

/** The font of the digits in cells. */
export const fontFamily: ReadonlySignal<string> = computed(() => {
  language.value // Listened to: the font changes with it.
  return getComputedStyle(document.documentElement).fontFamily
})
