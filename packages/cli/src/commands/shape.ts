/**
 * The command line of `shape`. The verb is imported only when it runs.
 */

import { type Command, InvalidArgumentError } from 'commander'
import { choiceOption } from '../flag-values.ts'
import type { Io } from '../io.ts'
import type { Dialect, Padding, ShapeFlags } from '../verbs/shape.ts'

const examples = `Examples:
  $ stridefold shape --input 224 --kernel 7 --stride 2 --padding 3
  $ stridefold shape --input 7 --kernel 3 --stride 2 --dilation 1 --output 4      which padding?
  $ stridefold shape --input 10 --kernel 4 --padding same --dialect tensorflow --json
`

const conventions: readonly Dialect[] = [
  'pytorch',
  'tensorflow',
  'onnx-upper',
  'onnx-lower',
  'scipy',
  'numpy',
  'article2',
]

export function addShape(program: Command, io: Io): void {
  program
    .command('shape')
    .summary('calculate the shape of a convolution')
    .description(
      'Finds the missing number of one axis (input, kernel, stride, dilation, padding ' +
        'or output). Prints every solution, or the reason why there is none. If more than ' +
        'one number is missing, stride and dilation are 1, and the padding is the default ' +
        'of the dialect.',
    )
    .option('--input <n>', 'extent of the input', extent)
    .option('--kernel <n>', 'extent of the kernel', extent)
    .option('--stride <n>', 'step of the kernel', extent)
    .option('--dilation <n>', 'distance between the samples under neighbouring weights', extent)
    .option(
      '--padding <p>',
      'samples on both sides, BEFORE:AFTER, or a name such as same, valid, full',
      padding,
    )
    .option('--output <n>', 'extent of the output', extent)
    .addOption(
      choiceOption('--dialect <name>', 'the library whose rules apply', conventions).default(
        'pytorch',
      ),
    )
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async (flags: ShapeFlags) => (await import('../verbs/shape.ts')).solveAxis(flags, io))
}

function extent(word: string): number {
  if (!/^\d+$/.test(word)) throw new InvalidArgumentError('Give a whole number ≥ 1.')
  return Number(word)
}
function padding(word: string): Padding {
  if (/^[a-z-]+$/.test(word)) return word as Padding // Names are checked by the dialect.
  const sides = /^(-?\d+)(?::(-?\d+))?$/.exec(word)
  if (!sides)
    throw new InvalidArgumentError(
      "Give a whole number, 'BEFORE:AFTER' such as 0:1, or a name such as same.",
    )
  return sides[2] === undefined ? Number(sides[1]) : [Number(sides[1]), Number(sides[2])]
}
