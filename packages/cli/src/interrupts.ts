/**
 * What does Ctrl-C do? It ends the process where it stands: there is no listener, and so no
 * computation that does not hear it. (A signal with a listener waits until JavaScript returns,
 * which may be minutes.) Listened to is only what would leave something behind, and what may end
 * early with what it has.
 */

import process from 'node:process'

/**
 * Runs `work`, which has short parts only, while an interrupt calls `undo` and then ends the
 * process.
 */
export function undoOnInterrupt<T>(undo: () => void, work: () => Promise<T>): Promise<T> {
  const listener = (signal: NodeJS.Signals): void => {
    undo()
    process.stderr.write('\nInterrupted: the file that was being written was removed.\n')
    endProcess(signal)
  }
  return withListener(['SIGINT', 'SIGTERM', 'SIGHUP'], listener, work)
}

/**
 * Runs `work` while a first Ctrl-C aborts its signal and a second one ends the process, which every
 * other interrupt does at once.
 */
export async function abortOnInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const dismiss = await startGuard()
  try {
    const listener = (signal: NodeJS.Signals): void =>
      controller.signal.aborted ? endProcess(signal) : controller.abort(signal)
    return await withListener(['SIGINT'], listener, () => work(controller.signal))
  } finally {
    dismiss()
  }
}

async function withListener<T>(
  signals: readonly NodeJS.Signals[],
  listener: (signal: NodeJS.Signals) => void,
  work: () => Promise<T>,
) {
  for (const signal of signals) process.on(signal, listener)
  try {
    return await work()
  } finally {
    for (const signal of signals) process.removeListener(signal, listener)
  }
}

/**
 * By the signal itself: a shell sees that it was interrupted (130), and nothing waits for files or
 * pictures that are still under way.
 */
function endProcess(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/**
 * A second process that is always free to hear: a terminal sends Ctrl-C to both. It answers the
 * first at once, and at the second ends us where we do not hear it ourselves. It goes when we go,
 * since its stdin ends.
 */
async function startGuard(): Promise<() => void> {
  const { spawn } = await import('node:child_process')
  const code = `let asked = 0
process.on('SIGINT', () => {
  if (++asked === 1) console.error('\\nEnding with what is measured, after what is being timed now. Ctrl-C again ends at once.')
  else setTimeout(() => process.kill(${process.pid}, 'SIGTERM'), 300)
})
process.stdin.resume().on('end', () => process.exit())`
  const guard = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'ignore', 'inherit'] })
  // Without it the second Ctrl-C waits as the first does.
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  guard.unref()
  return () => guard.stdin.destroy()
}
