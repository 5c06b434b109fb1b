import type { JSX } from 'preact'

export default function SparseDock(): JSX.Element {
  return <p class="caption" />
}
