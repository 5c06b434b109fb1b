/**
 * The command line of `kernels`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import type { Io } from '../io.ts'

const examples = `Examples:
  $ stridefold kernels
  $ stridefold kernels gaussian:sigma=2
  $ stridefold kernels "0.1 0.1 0.1; 0.1 -0.8 0.1; 0.1 0.1 0.1"
`

export function addKernels(program: Command, io: Io): void {
  program
    .command('kernels')
    .summary('list and analyse kernels')
    .description(
      'Lists the named kernels, or describes one kernel: its sum, symmetry, rank, and ' +
        'the effect of a flip.',
    )
    .argument('[kernel]', 'a name with parameters, a matrix or a file, as in filter -k')
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async (text: string | undefined, { json = false }: { json?: boolean }) =>
      (await import('../verbs/kernels.ts')).showKernels(text, json, io),
    )
}
