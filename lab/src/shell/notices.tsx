/**
 * What the page has to say of itself: what of the link could not be used and why, and that a newer build is here.
 */

import type { JSX } from 'preact'
import { takeNewer } from '../offline/update.ts'
import { problems } from '../state/store.ts'
import { words } from '../words/words.ts'

export function BadLink(): JSX.Element | null {
  const w = words()
  if (problems.value.length === 0) return null
  return (
    <div class="notice" role="status">
      <p>{w.badLink}</p>
      <ul lang="en">
        {problems.value.map(({ part, why }) => (
          <li key={part}>
            <code>{part}</code>: {why}
          </li>
        ))}
      </ul>
      <button
        type="button"
        onClick={() => {
          problems.value = []
        }}
      >
        {w.close}
      </button>
    </div>
  )
}

export function NewerBuild(): JSX.Element | null {
  const w = words()
  const take = takeNewer.value
  if (!take) return null
  return (
    <div class="notice" role="status">
      <p>{w.newerBuild}</p>
      <button type="button" onClick={take}>
        {w.takeNewer}
      </button>
    </div>
  )
}
