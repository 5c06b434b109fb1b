/**
 * The command line of `doctor`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import type { Io } from '../io.ts'

const examples = `Examples:
  $ stridefold doctor
  $ stridefold doctor --json
`

export function addDoctor(program: Command, io: Io): void {
  program
    .command('doctor')
    .summary('check this machine')
    .description(
      'Prints the properties of this machine. Measures the arithmetic speed and the ' +
        'memory speed of one thread. Runs the smallest filter, and fails if something ' +
        'required is missing.',
    )
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async ({ json = false }: { json?: boolean }) =>
      (await import('../verbs/doctor.ts')).doctor(json, io),
    )
}
