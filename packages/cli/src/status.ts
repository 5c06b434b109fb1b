/**
 * A status line on a terminal, removed when the work is done. Without a terminal it prints nothing.
 */

import type { Io } from './io.ts'
import { printable } from './printable.ts'

export interface Status {
  show(text: string): void
  done(): void
}

const startOfLine = '\r\x1b[K'

export function status(io: Io): Status {
  const { stderr } = io
  if (!stderr.isTTY) return { show: () => {}, done: () => {} }
  let isShown = false
  return {
    show: (text) => {
      stderr.write(`${startOfLine}${printable(text).slice(0, (stderr.columns ?? 80) - 3)} …`)
      isShown = true
    },
    done: () => {
      if (isShown) stderr.write(startOfLine)
      isShown = false
    },
  }
}
