/**
 * What `filter` is called with. The verb itself is loaded when it is called.
 */

import { type Command, Option } from 'commander'
import { usageError } from '../failure.ts'
import { addConvolveOptions, bytes, PICTURE_LIMIT } from '../filter-options.ts'
import type { Io } from '../io.ts'
import { formatNames, pictureExtensions } from '../pictures/formats.ts'
import { outputPolicies } from '../pictures/levels.ts'
import type { FilterFlags } from '../verbs/filter.ts'

const EXAMPLES = `Examples:
  $ stridefold filter photo.jpg -k sobel-x --output abs -o edges.png
  $ stridefold filter photo.png -k "0.1 0.1 0.1; 0.1 -0.8 0.1; 0.1 0.1 0.1" --channels sum -o out.png
  $ stridefold filter photo.webp -k gaussian:sigma=2 --boundary reflect -o soft.webp
  $ stridefold filter photo.tiff -k weights.csv --flip -o exact.npy
  $ cat photo.png | stridefold filter - -k sharpen -o - > sharp.png
`

export function addFilter(program: Command, io: Io): void {
  const command = program
    .command('filter')
    .summary('filter a picture or an array')
    .description(
      'Filters a picture (PNG, JPEG, WebP, TIFF, AVIF, PNM) or an array (.npy). The kernel ' +
        'is not turned round: correlation, as image filters and networks do it, unless --flip.',
    )
    .argument('<in>', "a file, known by its contents; '-' is stdin")
    .requiredOption(
      '-k, --kernel <kernel>',
      'a name (gaussian:sigma=2), a matrix ("1 0 -1; 2 0 -2; 1 0 -1") or a file (.json .csv .npy)',
    )
    .requiredOption('-o, --out <file>', `${pictureExtensions}; '-' is stdout`)
    .addOption(
      new Option(
        '--format <format>',
        "format of the result (default: the name's; for stdout the input's)",
      ).choices(formatNames),
    )
    .addOption(
      new Option('--channels <how>', 'each channel by itself, or their sum as one grey')
        .choices(['each', 'sum'])
        .default('each'),
    )
    .option(
      '--channel-axis <axis>',
      'of an array: the axis of the channels, or none (default: the last of three, if at most 4)',
      axis,
    )
    .addOption(
      new Option(
        '--alpha <how>',
        'keep the alpha channel as it is, or filter it too (default: keep)',
      ).choices(['keep', 'filter']),
    )
    .addOption(
      new Option(
        '--output <policy>',
        'levels of a picture file from results that may be negative (default: clip)',
      ).choices(outputPolicies),
    )
    .option('--picture-limit <bytes>', PICTURE_LIMIT, bytes)
    .option('--force', 'replace a file that exists')
    .option('--json', 'say what was done as JSON on stdout')
    .addHelpText('before', EXAMPLES)
    .action(async (input: string, flags: FilterFlags) =>
      (await import('../verbs/filter.ts')).filter(input, flags, io),
    )
  addConvolveOptions(command)
}

const axis = (word: string): number | 'none' => {
  if (word === 'none') return word
  if (!/^-?\d+$/.test(word))
    throw usageError(
      `--channel-axis is '${word}': a whole number is needed, such as -1 for the last axis, ` +
        'or none.',
    )
  return Number(word)
}
