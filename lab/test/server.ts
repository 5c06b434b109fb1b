/** Serves the built page to all lab tests, with the command line, as a user does. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    labAddress: string
  }
}

/** Vitest calls this before the first lab test, and what it returns after the last. */
export default async function serve({ provide }: TestProject): Promise<() => void> {
  const command = spawn(
    process.execPath,
    [
      '--conditions=@stridefold/source',
      '--import',
      'tsx',
      'packages/cli/src/main.ts',
      'lab',
      '--json',
    ],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  )
  const [address] = await once(command.stdout, 'data')
  provide('labAddress', JSON.parse(String(address)).address)
  return () => void command.kill('SIGINT')
}
