/**
 * Runs the command line with the real process: its streams, its working folder and its exit code.
 */

import process from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { errorMessage, exitCodes, runtimeError } from './failure.ts'
import { abortOnInterrupt, tellOnInterrupt, undoOnInterrupt } from './interrupts.ts'
import { type Io, isReaderGone, stdoutFailure } from './io.ts'
import { printable } from './printable.ts'
import { run } from './run.ts'

/** Runs `argv`. Relative paths start at `cwd`, by default the working folder of the process. */
export async function runProcess(argv: readonly string[], cwd?: string): Promise<void> {
  const { stdin, stdout, stderr, env } = process
  const io: Io = {
    ...{ stdin, stdout, stderr, env, undoOnInterrupt, tellOnInterrupt, abortOnInterrupt },
    get cwd() {
      return cwd ?? workingFolder()
    },
  }
  // `write` reports errors of the writes that it waits for. This listener catches the others, such
  // as those of the help text.
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
      'The working folder no longer exists. Change to an existing folder, or give ' +
        'absolute paths.',
      error,
    )
  }
}
