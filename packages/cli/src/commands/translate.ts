/**
 * The command line of `translate`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import { choiceOption, extents } from '../flag-values.ts'
import type { Io } from '../io.ts'
import { systemNames } from '../translate/names.ts'
import type { TranslateFlags } from '../verbs/translate.ts'

const examples = `Examples:
  $ stridefold translate "1080x1920 * 5x5 same reflect" --to opencv
  $ stridefold translate "2x64x56x56 * 128x64x3x3 s2 p1" --to pytorch
  $ stridefold translate "1x3x224x224 * 64x3x7x7 s2 same" --to tensorflow --json
  $ stridefold translate "F.conv2d(x, w, stride=2, padding=1, groups=4)" --from pytorch \\
      --input 1x64x56x56 --kernel 64x16x3x3
  $ stridefold translate "ndimage.correlate(x, k, mode='mirror')" --from scipy \\
      --input 512x512 --kernel 4x4 --to opencv
`

export function addTranslate(program: Command, io: Io): void {
  program
    .command('translate')
    .summary('write the same operation for another library, or read it from one')
    .description(
      'Translates a problem to another library: code that reads x and the kernel k and ' +
        'computes y, the shapes that it expects, and notes. Fails if that library has no ' +
        'exact equivalent. With --from, the argument is code of a library: prints the problem ' +
        'in case notation and the call of stridefold, or the code that --to names. The code is ' +
        'read, never executed; what is not known is rejected by name.',
    )
    .argument(
      '<case>',
      'such as "2x64x56x56 * 128x64x3x3 s2 p1 d1 g1 reflect"; with --from the code, a file ' +
        'with it, or - for stdin',
    )
    .addOption(
      choiceOption(
        '--to <name>',
        'the library to translate to; with --from, default stridefold',
        systemNames,
      ),
    )
    .addOption(choiceOption('--from <name>', 'the library whose code the argument is', systemNames))
    .option('--input <shape>', 'with --from: extents of the input, such as 1x64x56x56', extents)
    .option('--kernel <shape>', 'with --from: extents of the kernel, such as 64x16x3x3', extents)
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async (text: string, flags: TranslateFlags) =>
      (await import('../verbs/translate.ts')).translate(text, flags, io),
    )
}
