import type { JSX } from 'preact'

export default function MemoryDock(): JSX.Element {
  return <p class="caption" />
}
