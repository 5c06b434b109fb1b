/**
 * The colours of the page's style sheet, for drawing on a canvas. They are read again when the
 * theme changes.
 */

import { computed, type ReadonlySignal, signal } from '@preact/signals'

const names = [
  'paper',
  'card',
  'sink',
  'rule',
  'edge',
  'ink',
  'ink2',
  'in',
  'in-t',
  'ker',
  'ker-t',
  'pro',
  'pro-t',
  'out',
  'out-t',
  'hatch',
  'halo',
] as const
export type ColourName = (typeof names)[number]

export interface Colours extends Readonly<Record<ColourName, string>> {
  readonly isDark: boolean
  readonly sans: string
  readonly serif: string
}

/**
 * A colour of the style sheet may be a `light-dark()` pair. Only the colour of an element is
 * resolved, so each colour is given to an element and read back.
 */
function readColours(): Colours {
  const probe = document.createElement('span')
  probe.hidden = true
  // With forced colours every text has the same colour, but the planes keep theirs.
  probe.style.setProperty('forced-color-adjust', 'none')
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const colours = Object.fromEntries(
    names.map((name) => {
      probe.style.color = `var(--${name})`
      return [name, style.color]
    }),
  ) as Record<ColourName, string>
  const fonts = ['--sans', '--serif'].map((name) => style.getPropertyValue(name).trim())
  probe.remove()
  const isDark = luminance(colours.paper) < 0.5
  return { ...colours, isDark, sans: fonts[0]!, serif: fonts[1]! }
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number)
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
}

const changes = signal(0)

/** The colours now. */
export const colours: ReadonlySignal<Colours> = computed(() => {
  changes.value
  return readColours()
})

/** Reads the colours again after the theme or the browser's settings changed. */
export function refreshColours(): void {
  changes.value = changes.peek() + 1
}

/** Follows the browser's light, dark and forced colours. */
export function followColours(): void {
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
    matchMedia(query).addEventListener('change', refreshColours)
}
