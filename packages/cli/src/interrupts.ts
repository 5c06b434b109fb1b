/**
 * What Ctrl-C does. By default it ends the process at once, because there is no signal listener.
 * (With a listener, a signal waits until the running JavaScript returns, which may take minutes.) A
 * listener exists only while work must be undone, or may end early with partial results.
 */

import process from 'node:process'

/** What must be undone for the works that run now. Several files are written at the same time. */
const undos = new Set<{ readonly undo: () => void }>()
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `work`. On an interrupt it calls `undo` and ends the process. The listener runs only between
 * the parts of `work`, so these must be short.
 */
export async function undoOnInterrupt<T>(undo: () => void, work: () => Promise<T>): Promise<T> {
  const entry = { undo }
  // One listener for all works: Node warns about more than ten.
  if (undos.size === 0) for (const signal of endingSignals) process.on(signal, undoAll)
  undos.add(entry)
  try {
    return await work()
  } finally {
    undos.delete(entry)
    if (undos.size === 0) for (const signal of endingSignals) process.off(signal, undoAll)
  }
}

function undoAll(signal: NodeJS.Signals): void {
  for (const { undo } of undos) undo()
  process.stderr.write('\nInterrupted: the unfinished file was removed.\n')
  endProcess(signal)
}

/**
 * Runs `work`. The first Ctrl-C aborts its signal. A second one, and any other interrupt, ends the
 * process at once.
 */
export async function abortOnInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const dismiss = await startGuard()
  const listener = (signal: NodeJS.Signals): void =>
    controller.signal.aborted ? endProcess(signal) : controller.abort(signal)
  process.on('SIGINT', listener)
  try {
    return await work(controller.signal)
  } finally {
    process.off('SIGINT', listener)
    dismiss()
  }
}

/**
 * Ends the process by the signal itself. So a shell sees exit code 130, and no pending file or
 * image delays the end.
 */
function endProcess(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/**
 * Starts a second process that handles Ctrl-C while this one computes; a terminal sends the signal
 * to both. At the first Ctrl-C it prints a message. At the second it ends this process, if its own
 * listener could not run. It ends with this process, because its stdin closes.
 */
async function startGuard(): Promise<() => void> {
  const { spawn } = await import('node:child_process')
  const code = `let interrupts = 0
process.on('SIGINT', () => {
  if (++interrupts === 1)
    console.error('\\nFinishing the current measurement. Ctrl-C again ends at once.')
  else setTimeout(() => process.kill(${process.pid}, 'SIGTERM'), 300)
})
process.stdin.resume().on('end', () => process.exit())`
  const guard = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'ignore', 'inherit'] })
  // If the guard cannot start, the second Ctrl-C waits like the first.
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  guard.unref()
  return () => guard.stdin.destroy()
}
