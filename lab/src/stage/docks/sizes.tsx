import type { JSX } from 'preact'

export default function SizesDock(): JSX.Element {
  return <p class="caption" />
}
