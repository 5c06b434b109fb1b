import type { JSX } from 'preact'

export default function SumDock(): JSX.Element {
  return <p class="caption" />
}
