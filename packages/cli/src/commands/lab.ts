/**
 * The command line of `lab`. The verb is imported only when it runs.
 */

import { type Command, InvalidArgumentError } from 'commander'
import type { Io } from '../io.ts'

const examples = `Examples:
  $ stridefold lab
  $ stridefold lab --port 8080
`

export function addLab(program: Command, io: Io): void {
  program
    .command('lab')
    .summary('serve the lab, a page that shows convolutions')
    .description('Serves the built lab on 127.0.0.1 until Ctrl-C, and prints its address.')
    .option('--port <n>', 'port; 0 chooses any free port', port, 0)
    .option('--json', 'print the address as JSON')
    .addHelpText('before', examples)
    .action(async (options: { port: number; json?: boolean }) =>
      (await import('../verbs/lab.ts')).serveLabPage(options, io),
    )
}

function port(word: string): number {
  const value = Number(word)
  if (!/^\d+$/.test(word) || value > 65535)
    throw new InvalidArgumentError('Give a whole number from 0 to 65535.')
  return value
}
