/**
 * The command line of `translate`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import { choiceOption } from '../flag-values.ts'
import type { Io } from '../io.ts'
import { systemNames } from '../translate/names.ts'

const examples = `Examples:
  $ stridefold translate "1080x1920 * 5x5 same reflect" --to opencv
  $ stridefold translate "2x64x56x56 * 128x64x3x3 s2 p1" --to pytorch
  $ stridefold translate "1x3x224x224 * 64x3x7x7 s2 same" --to tensorflow --json
`

export function addTranslate(program: Command, io: Io): void {
  program
    .command('translate')
    .summary('write the same operation for another library')
    .description(
      'Translates a problem to another library: code that reads x and the kernel k and ' +
        'computes y, the shapes that it expects, and notes. Fails if that library has no ' +
        'exact equivalent.',
    )
    .argument('<case>', 'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"')
    .addOption(
      choiceOption('--to <name>', 'the library to translate to', systemNames).makeOptionMandatory(),
    )
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async (text: string, flags: { to: string; json?: boolean }) =>
      (await import('../verbs/translate.ts')).translateCase(text, flags, io),
    )
}
