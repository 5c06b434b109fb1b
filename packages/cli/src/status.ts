/**
 * One line on a terminal that says what is being done, and is gone when it is done. Elsewhere:
 * nothing.
 */

import type { Io } from './io.ts'
import { printable } from './printable.ts'

export interface Status {
  say(text: string): void
  done(): void
}

const startOfLine = '\r\x1b[K'

export function status(io: Io): Status {
  const { stderr } = io
  if (!stderr.isTTY) return { say: () => {}, done: () => {} }
  let isShown = false
  return {
    say: (text) => {
      stderr.write(`${startOfLine}${printable(text).slice(0, (stderr.columns ?? 80) - 3)} …`)
      isShown = true
    },
    done: () => {
      if (isShown) stderr.write(startOfLine)
      isShown = false
    },
  }
}
