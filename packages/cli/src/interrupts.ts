/**
 * What Ctrl-C does. By default it ends the process at once, because there is no signal listener.
 * (With a listener, a signal waits until the running JavaScript returns, which may take minutes.) A
 * listener exists only while work must be undone, or may end early with partial results.
 */

import process from 'node:process'

/** What must be undone for the works that run now. Several files are written at the same time. */
const undos = new Set<{ readonly undo: () => string }>()
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `work`. On an interrupt it calls `undo` and ends the process. The listener runs only between
 * the parts of `work`, so these must be short.
 */
export const undoOnInterrupt = <T>(undo: () => void, work: () => Promise<T>): Promise<T> =>
  undoneOnInterrupt(() => {
    undo()
    return 'Interrupted: the unfinished file was removed.'
  }, work)

/**
 * Runs `work`, which an interrupt may end at any moment: nothing is lost. The sentence is told
 * then. On a terminal a second process ends this one if it computes for too long to listen.
 */
export async function tellOnInterrupt<T>(
  sentence: () => string,
  work: () => Promise<T>,
): Promise<T> {
  const dismiss = process.stderr.isTTY ? await startGuard(endIfBusy) : () => {}
  try {
    return await undoneOnInterrupt(sentence, work)
  } finally {
    dismiss()
  }
}

async function undoneOnInterrupt<T>(undo: () => string, work: () => Promise<T>): Promise<T> {
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
  const sentences = new Set([...undos].map(({ undo }) => undo()))
  process.stderr.write(`\n${[...sentences].join('\n')}\n`)
  endProcess(signal)
}

/**
 * Runs `work`. The first Ctrl-C aborts its signal, and the second process tells it. A second
 * Ctrl-C, and any other interrupt, ends the process at once.
 */
export async function abortOnInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const dismiss = await startGuard(finishCurrent)
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

/** What the second process does at Ctrl-C. `parent` is the number of this one. */
const finishCurrent = `if (++interrupts === 1)
  console.error('\\nFinishing the current measurement. Ctrl-C again ends at once.')
else setTimeout(() => process.kill(parent, 'SIGTERM'), 300)`

const endIfBusy = `setTimeout(() => {
  console.error('\\nInterrupted. The same command goes on where it was.')
  process.kill(parent, 'SIGKILL')
}, 1000)`

/**
 * Starts a second process that handles Ctrl-C while this one computes; a terminal sends the signal
 * to both. It ends with this process, because its stdin closes.
 */
async function startGuard(onInterrupt: string): Promise<() => void> {
  const { spawn } = await import('node:child_process')
  const code = `let interrupts = 0
const parent = ${process.pid}
process.on('SIGINT', () => {
${onInterrupt}
})
process.stdin.resume().on('end', () => process.exit())`
  const guard = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'ignore', 'inherit'] })
  // If the guard cannot start, the second Ctrl-C waits like the first.
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  guard.unref()
  return () => guard.stdin.destroy()
}
