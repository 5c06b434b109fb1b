/**
 * What does Ctrl-C do? It ends the process where it stands: there is no listener, and so no computation that does not hear it. (A signal
 * with a listener waits until JavaScript returns, which may be minutes.) Listened to is only what would leave something behind, and what
 * may end early with what it has; both are work of short parts.
 */

import process from 'node:process'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type Listener = (signal: NodeJS.Signals) => void

/** Runs `work` while an interrupt calls `undo` and then ends the process. */
export function undone<T>(undo: () => void, work: () => Promise<T>): Promise<T> {
  return listening((signal) => {
    undo()
    process.stderr.write('\nInterrupted: the file that was being written was removed.\n')
    end(signal)
  }, work)
}

/** Runs `work` while the first interrupt aborts its signal; a second one ends the process. */
export function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  return listening(
    (signal) => (controller.signal.aborted ? end(signal) : controller.abort(signal)),
    () => work(controller.signal),
  )
}

async function listening<T>(listener: Listener, work: () => Promise<T>): Promise<T> {
  for (const signal of SIGNALS) process.on(signal, listener)
  try {
    return await work()
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, listener)
  }
}

/** By the signal itself: a shell sees that it was interrupted (130), and nothing waits for files or pictures that are still under way. */
function end(signal: NodeJS.Signals): void {
  for (const each of SIGNALS) process.removeAllListeners(each)
  process.kill(process.pid, signal)
}
