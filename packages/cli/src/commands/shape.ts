/**
 * What `shape` is called with. The verb itself is loaded when it is called.
 */

import { type Command, InvalidArgumentError, Option } from 'commander'
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
    .summary('the shape calculator')
    .description(
      'Finds the number of an axis that is left out (input, kernel, stride, dilation, ' +
        'padding or output), with every solution, or says ' +
        'why there is none. Where more are left out, stride and dilation are 1 and the ' +
        'padding is the usual one of the dialect.',
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
      new Option('--dialect <name>', 'whose rules').choices([...conventions]).default('pytorch'),
    )
    .option('--json', 'as JSON')
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
