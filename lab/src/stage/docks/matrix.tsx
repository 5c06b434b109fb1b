import type { JSX } from 'preact'

export default function MatrixDock(): JSX.Element {
  return <p class="caption" />
}
