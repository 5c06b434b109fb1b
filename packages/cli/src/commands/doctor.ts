/**
 * What `doctor` is called with. The verb itself is loaded when it is called.
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
    .summary('what this machine offers')
    .description(
      'Says what this machine offers, measures how fast one thread computes and how fast its ' +
        'memory is, tries the smallest filter there is, ' +
        'and fails where something needed is missing.',
    )
    .option('--json', 'as JSON')
    .addHelpText('before', examples)
    .action(async ({ json = false }: { json?: boolean }) =>
      (await import('../verbs/doctor.ts')).doctor(json, io),
    )
}
