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

const START_OF_LINE = '\r\x1b[K'

export function status(io: Io): Status {
  const { stderr } = io
  if (!stderr.isTTY) return { say: () => {}, done: () => {} }
  let shown = false
  return {
    say: (text) => {
      stderr.write(`${START_OF_LINE}${printable(text).slice(0, (stderr.columns ?? 80) - 3)} …`)
      shown = true
    },
    done: () => {
      if (shown) stderr.write(START_OF_LINE)
      shown = false
    },
  }
}
