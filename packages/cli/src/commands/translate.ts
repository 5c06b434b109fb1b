/**
 * What `translate` is called with. The verb itself is loaded when it is called.
 */

import { type Command, Option } from 'commander'
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
    .summary("the same operation in another system's words")
    .description(
      "Writes a problem in another system's words: code that reads x and the kernel k and " +
        'leaves y, the shapes it expects, and what to know about it. ' +
        'What that system cannot say is refused: a translation is right, or there is none.',
    )
    .argument('<case>', 'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"')
    .addOption(
      new Option('--to <name>', 'whose words').choices([...systemNames]).makeOptionMandatory(),
    )
    .option('--json', 'as JSON')
    .addHelpText('before', examples)
    .action(async (text: string, flags: { to: string; json?: boolean }) =>
      (await import('../verbs/translate.ts')).translateCase(text, flags, io),
    )
}
