/** What a page could not read in its link. */

import type { JSX } from 'preact'

interface FaultsProps {
  readonly text: string
  readonly faults: readonly string[]
}

export function Faults({ text, faults }: FaultsProps): JSX.Element | null {
  if (faults.length === 0) return null
  return (
    <p class="link-faults" role="status">
      {text} <code>{faults.join('; ')}</code>
    </p>
  )
}
