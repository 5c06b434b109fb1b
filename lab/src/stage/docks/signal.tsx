import type { JSX } from 'preact'

export default function SignalDock(): JSX.Element {
  return <p class="caption" />
}
