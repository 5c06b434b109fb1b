/**
 * What `demo` is called with. The verb itself is loaded when it is called.
 */

import type { Command } from 'commander'
import { imageLimitHelp } from '../filter-flags.ts'
import { bytes } from '../flag-values.ts'
import type { Io } from '../io.ts'
import { demoFolder } from '../demo-folder.ts'
import type { DemoFlags } from '../verbs/demo.ts'

const examples = `Examples:
  $ stridefold demo
  $ stridefold demo photo.jpg -k sobel-x -o edges.png
`

export function addDemo(program: Command, io: Io): void {
  program
    .command('demo')
    .summary('one picture through every algorithm')
    .description(
      'Filters a picture through every algorithm, compares the results with the definition, ' +
        'and writes the pictures.',
    )
    .argument('[in]', 'a picture (default: the sample picture)')
    .option('-k, --kernel <kernel>', 'a name, a matrix or a file, as in filter', 'article-emboss')
    .option(
      '-o, --out <file>',
      'the result picture; the others get its name with a word more (default: the folder ' +
        `${demoFolder}, where each demo replaces the one before)`,
    )
    .option('--picture-limit <bytes>', imageLimitHelp, bytes)
    .option('--force', 'replace a file that exists')
    .option('--json', 'the table as JSON on stdout')
    .addHelpText('before', examples)
    .action(async (input: string | undefined, flags: DemoFlags) =>
      (await import('../verbs/demo.ts')).demo(input, flags, io),
    )
}
