/**
 * A run that owns the process: its streams, its folder, and the exit code that it ends with.
 */

import process from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { exitCodes, runtimeError, errorMessage } from './failure.ts'
import { abortOnInterrupt, undoOnInterrupt } from './interrupts.ts'
import { isReaderGone, type Io, stdoutFailure } from './io.ts'
import { printable } from './printable.ts'
import { run } from './run.ts'

/** Runs `argv`; relative paths start from `cwd`, without it from the process's own folder. */
export async function runProcess(argv: readonly string[], cwd?: string): Promise<void> {
  const { stdin, stdout, stderr, env } = process
  const io: Io = {
    ...{ stdin, stdout, stderr, env, undoOnInterrupt, abortOnInterrupt },
    get cwd() {
      return cwd ?? workingFolder()
    },
  }
  // Who waits for what is written hears of it in `write`; of the rest, such as help, we hear here.
  let streamError: Error | undefined
  stdout.on('error', (error) => {
    if (!isReaderGone(error)) streamError = error
  })
  stderr.on('error', () => {})
  const code = await run(argv, io)
  process.exitCode = code
  stdin.destroy()
  await nextTurn()
  if (code !== exitCodes.ok || streamError === undefined) return
  stderr.write(`stridefold: ${printable(errorMessage(stdoutFailure(streamError)))}\n`)
  process.exitCode = exitCodes.failure
}

function workingFolder(): string {
  try {
    return process.cwd()
  } catch (error) {
    throw runtimeError(
      'The working folder does not exist any more. Change into one that does, or give whole paths.',
      error,
    )
  }
}
