/**
 * The command line of `explain`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import { views } from '../explain-views.ts'
import type { Io } from '../io.ts'
import type { ExplainFlags } from '../verbs/explain.ts'

const examples = `Examples:
  $ stridefold explain "7x7 * 3x3 same reflect" --at 0,0
  $ stridefold explain "1x3x8x8 * 4x3x3x3 p1" --at output:2,3,4      filter 2, row 3, column 4
  $ stridefold explain "3x3 * 2x2" --at toeplitz:0,8 --json
  $ stridefold explain "3x3 * 2x2" --at 1,1 --input "3 9 0; 2 8 1; 1 4 8" -k "8 9; 4 4"
                                                                   products and running sum
`

export function addExplain(program: Command, io: Io): void {
  program
    .command('explain')
    .summary('list the taps of a cell')
    .description(
      'Lists the products (taps) that contribute to a cell of a problem in case ' +
        'notation. For each tap it prints the index in the output, the input, the kernel, ' +
        'the im2col matrix [row,column], the Toeplitz matrix [row,column] and the memory ' +
        'of the input.',
    )
    .argument('<case>', 'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"')
    .requiredOption(
      '--at <cell>',
      `a cell: VIEW:INDICES, where VIEW is one of ${views.join(', ')}; byte:N; or ` +
        'INDICES of the output',
    )
    .option('--input <array>', 'the values of the input: a matrix, or a .npy, .json or .csv file')
    .option(
      '-k, --kernel <array>',
      'the values of the kernel, in the same forms, or the name of a kernel',
    )
    .option('--all', 'list every tap (default: the first 100)')
    .option('--json', 'print all taps as JSON')
    .addHelpText('before', examples)
    .action(async (text: string, flags: ExplainFlags) =>
      (await import('../verbs/explain.ts')).explainCell(text, flags, io),
    )
}
