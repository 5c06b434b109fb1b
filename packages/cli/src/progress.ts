/**
 * Shows a progress bar with the remaining time on a terminal. Without a terminal it prints nothing.
 */

import type { Output } from './io.ts'
import { printable } from './printable.ts'

export type Progress = (share: number, what: string) => void

/** Shows a bar while `work` runs. The remaining time is extrapolated from the finished share. */
export async function withProgress<T>(
  io: { readonly stderr: Output },
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (!io.stderr.isTTY) return work(() => {})
  const { SingleBar } = await import('cli-progress')
  const bar = new SingleBar({
    stream: io.stderr as NodeJS.WriteStream,
    format: '{bar} {left}{what}',
    clearOnComplete: true,
    // Ctrl-C ends the process at once, so changes of the terminal would stay.
    linewrap: true,
    hideCursor: false,
    barsize: 24,
  })
  const start = performance.now()
  const remaining = (share: number): string => {
    const spent = performance.now() - start
    return share < 0.02 || spent < 2000
      ? ''
      : `about ${roundedDuration((spent / share) * (1 - share))} left · `
  }
  bar.start(1, 0, { what: '', left: '' })
  try {
    return await work((share, what) =>
      bar.update(share, { what: printable(what), left: remaining(share) }),
    )
  } finally {
    bar.stop()
  }
}

const roundedDuration = (milliseconds: number): string =>
  milliseconds < 90_000
    ? `${Math.max(1, Math.round(milliseconds / 1000))} s`
    : `${Math.round(milliseconds / 60_000)} min`
