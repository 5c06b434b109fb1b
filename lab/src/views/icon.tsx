/**
 * The icons of the buttons, drawn in the colour of the text. Each button also has a name in words.
 */

import type { JSX } from 'preact'

const drawings = {
  system: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8Z',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 1 0 0-6ZM8 .9v1.8M8 13.3v1.8M.9 8h1.8M13.3 8h1.8M3 3l1.2 1.2M11.8 11.8 13 13M3 13l1.2-1.2M11.8 4.2 13 3',
  dark: 'M13.6 9.9A6 6 0 0 1 6.1 2.4a6 6 0 1 0 7.5 7.5Z',
  share: 'M8 10V1.7M4.9 4.5 8 1.5l3.1 3M3.2 7.4v6.8h9.6V7.4',
  present: 'M1.5 2.5h13v8.6h-13zM5 14.3h6M8 11.1v3.2',
  first: 'M9.8 2.6 4.4 8l5.4 5.4',
  rowBack: 'M7.4 2.8 2.2 8l5.2 5.2M13.2 2.8 8 8l5.2 5.2',
  pixelBack: 'M10.2 2.8 5 8l5.2 5.2',
  tapBack: 'M9.4 5 6.4 8l3 3',
  tapOn: 'M6.6 5l3 3-3 3',
  pixelOn: 'M5.8 2.8 11 8l-5.2 5.2',
  rowOn: 'M8.6 2.8 13.8 8l-5.2 5.2M2.8 2.8 8 8l-5.2 5.2',
  play: 'M4 2.2v11.6L13.6 8Z',
  pause: 'M4.2 2.5v11M11.8 2.5v11',
} as const

export type IconName = keyof typeof drawings

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={drawings[name]} />
      {name === 'system' && <path class="half" d="M8 1.8a6.2 6.2 0 0 1 0 12.4Z" />}
    </svg>
  )
}
