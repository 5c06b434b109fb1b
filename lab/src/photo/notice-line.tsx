/** Why something did not work, and what to do. It stays until it is closed. */

import type { JSX } from 'preact'
import type { PhotoMessages } from './messages/en.ts'
import { texts } from './messages/index.ts'
import { type Notice, notice } from './photo.ts'

const sentences = (text: PhotoMessages, now: Notice): string => {
  switch (now.kind) {
    case 'broken':
      return `${text.broken(now.name)} ${text.brokenHint}`
    case 'failed':
      return text.failed(now.message)
    case 'saved':
      return text.saved(now.name)
    default:
      return text[now.kind]
  }
}

export function NoticeLine(): JSX.Element {
  const text = texts()
  const now = notice.value
  return (
    <div class="notice-room" role="status">
      {now && (
        <p class="notice-line" data-notice={now.kind}>
          <span>{sentences(text, now)}</span>
          <button
            type="button"
            class="quiet"
            onClick={() => {
              notice.value = undefined
            }}
          >
            {text.close}
          </button>
        </p>
      )}
    </div>
  )
}
