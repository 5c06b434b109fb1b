import type { JSX } from 'preact'

export default function FlipDock(): JSX.Element {
  return <p class="caption" />
}
