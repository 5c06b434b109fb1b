/**
 * The command line of `doctor`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import type { Io } from '../io.ts'
import type { DoctorFlags } from '../verbs/doctor.ts'

const examples = `Examples:
  $ stridefold doctor
  $ stridefold doctor --calibrate
  $ stridefold doctor --json
`

export function addDoctor(program: Command, io: Io): void {
  program
    .command('doctor')
    .summary('check this machine')
    .description(
      'Prints the properties of this machine. Measures the arithmetic speed and the ' +
        'memory speed of one thread. Runs the smallest filter, and fails if something ' +
        'required is missing. --calibrate measures for some seconds how fast the kinds of ' +
        'generated code run here, and keeps the result: all verbs then choose algorithms for ' +
        'this machine.',
    )
    .option('--calibrate', 'measure this machine for the planner, and keep the result')
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async (flags: DoctorFlags) => (await import('../verbs/doctor.ts')).doctor(flags, io))
}
