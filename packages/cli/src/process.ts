/**
 * A run that owns the process: it answers Ctrl-C at once, leaves no temporary file, and ends with the right exit code.
 */

import process from 'node:process'
import sharp from 'sharp'
import { codeOf, exits } from './failure.ts'
import { removeTemporaries } from './files.ts'
import { processIo } from './io.ts'
import { run } from './run.ts'

export async function runProcess(argv: readonly string[], cwd: string): Promise<void> {
  const io = processIo(cwd, (signal) => {
    const wasWriting = removeTemporaries()
    process.stderr.write(`\nInterrupted: ${wasWriting ? 'the file that was being written was removed' : 'nothing more was written'}.\n`)
    // Leaving by exit waits for a picture that is just being coded, which may take long: then the signal itself ends us (130 in a shell).
    if (sharp.counters().process === 0) process.exit(signal === 'SIGTERM' ? 143 : exits.interrupted)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (codeOf(error) === 'EPIPE') process.exit(exits.ok)
      throw error
    })
  }
  process.exitCode = await run(argv, io)
  process.stdin.destroy()
}
