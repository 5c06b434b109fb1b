/**
 * The command line of `demo`. The verb is imported only when it runs.
 */

import type { Command } from 'commander'
import { demoFolder } from '../demo-folder.ts'
import { imageLimitHelp } from '../filter-flags.ts'
import { bytes } from '../flag-values.ts'
import type { Io } from '../io.ts'
import type { DemoFlags } from '../verbs/demo.ts'

const examples = `Examples:
  $ stridefold demo
  $ stridefold demo photo.jpg -k sobel-x -o edges.png
`

export function addDemo(program: Command, io: Io): void {
  program
    .command('demo')
    .summary('filter one image with every algorithm')
    .description(
      'Filters an image with every algorithm, compares the results with the definition, ' +
        'and writes the images. Samples outside the image are zero, as in the articles.',
    )
    .argument('[in]', 'an image (default: the sample image)')
    .option('-k, --kernel <kernel>', 'a name, a matrix or a file, as in filter', 'article-emboss')
    .option(
      '-o, --out <file>',
      'the result image; the other images get its name with a suffix (default: the ' +
        `folder ${demoFolder}, where each demo replaces the previous one)`,
    )
    .option('--picture-limit <bytes>', imageLimitHelp, bytes)
    .option('--force', 'replace an existing file')
    .option('--json', 'print the table as JSON')
    .addHelpText('before', examples)
    .action(async (input: string | undefined, flags: DemoFlags) =>
      (await import('../verbs/demo.ts')).demo(input, flags, io),
    )
}
