/**
 * What `kernels` is called with. The verb itself is loaded when it is called.
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
      'Lists the kernels that have a name, or says what is true of one: its sum, symmetry, ' +
        'rank, and what turning it round does.',
    )
    .argument('[kernel]', 'a name with parameters, a matrix or a file, as in filter -k')
    .option('--json', 'as JSON')
    .addHelpText('before', examples)
    .action(async (text: string | undefined, { json = false }: { json?: boolean }) =>
      (await import('../verbs/kernels.ts')).showKernels(text, json, io),
    )
}
