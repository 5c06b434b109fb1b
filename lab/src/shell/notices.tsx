/**
 * Two notices: parts of the link that are not valid, with reasons; and an available update.
 */

import type { JSX } from 'preact'
import { LibraryText } from '../messages/library-text.tsx'
import { messages } from '../messages/messages.ts'
import { applyUpdate } from '../offline/update.ts'
import { maxValues } from '../state/state.ts'
import { linkErrors, part } from '../state/store.ts'
import { unlinkedNames } from '../state/unlinked.ts'

export function BadLink(): JSX.Element | null {
  const w = messages()
  if (linkErrors.value.length === 0) return null
  return (
    <div class="notice" role="status">
      <p>{w.linkErrors}</p>
      <ul>
        {linkErrors.value.map(({ part, reason: why }) => (
          <li key={part}>
            <code>{part}</code>
            {w.colon}
            <LibraryText text={why} />
          </li>
        ))}
      </ul>
      <button
        type="button"
        onClick={() => {
          linkErrors.value = []
        }}
      >
        {w.close}
      </button>
    </div>
  )
}

const [input, kernel] = [part('input'), part('kernel')]

/** Says that the link leaves out numbers, because it would be too long. */
export function LongNumbersNotice(): JSX.Element | null {
  const w = messages()
  const names = unlinkedNames({ input: input.value, kernel: kernel.value })
  if (names.length === 0) return null
  return (
    <div class="notice" role="status" data-unlinked={names.join()}>
      <p>{w.unlinked(names.map((name) => w[name]).join(', '), maxValues)}</p>
    </div>
  )
}

export function UpdateNotice(): JSX.Element | null {
  const w = messages()
  const update = applyUpdate.value
  if (!update) return null
  return (
    <div class="notice" role="status">
      <p>{w.updateAvailable}</p>
      <button type="button" onClick={update}>
        {w.loadUpdate}
      </button>
    </div>
  )
}
