/**
 * Stands where numbers will be, while a worker computes them.
 */

import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'

export function Computing(): JSX.Element {
  return (
    <p class="empty computing" aria-busy="true">
      {messages().computing}
    </p>
  )
}
