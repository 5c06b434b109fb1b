/**
 * `shape --input 7 --kernel 3 --output 4`: the shape calculator. One number of an axis is left out and found, in the words of a system.
 */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { solveShape } from 'stridefold/sync'
import { type Io, print, printJson } from '../io.ts'

type Problem = Parameters<typeof solveShape>[0]
type Answer = ReturnType<typeof solveShape>
type Dialect = Parameters<typeof solveShape>[1]['dialect']
type Padding = NonNullable<Problem['padding']>

const EXAMPLES = `Examples:
  $ stridefold shape --input 224 --kernel 7 --stride 2 --padding 3
  $ stridefold shape --input 7 --kernel 3 --stride 2 --dilation 1 --output 4      which padding?
  $ stridefold shape --input 10 --kernel 4 --padding same --dialect tensorflow --json
`

const DIALECTS: readonly Dialect[] = ['pytorch', 'tensorflow', 'onnx-upper', 'onnx-lower', 'scipy', 'numpy', 'article2']

export function addShape(program: Command, io: Io): void {
  program
    .command('shape')
    .summary('the shape calculator')
    .description(
      'Finds the number of an axis that is left out (input, kernel, stride, dilation, padding or output), with every solution, or says ' +
        'why there is none. Where more are left out, stride and dilation are 1 and the padding is the usual one of the dialect.',
    )
    .option('--input <n>', 'extent of the input', extent)
    .option('--kernel <n>', 'extent of the kernel', extent)
    .option('--stride <n>', 'step of the kernel', extent)
    .option('--dilation <n>', 'distance between the samples under neighbouring weights', extent)
    .option('--padding <p>', 'samples on both sides, BEFORE:AFTER, or a name such as same, valid, full', padding)
    .option('--output <n>', 'extent of the output', extent)
    .addOption(new Option('--dialect <name>', 'whose rules').choices([...DIALECTS]).default('pytorch'))
    .option('--json', 'as JSON')
    .addHelpText('before', EXAMPLES)
    .action(({ dialect, json, ...problem }: Problem & { dialect: Dialect; json?: boolean }) => solved(problem, dialect, json === true, io))
}

async function solved(problem: Problem, dialect: Dialect, json: boolean, io: Io): Promise<void> {
  const answer = solveShape(problem, { dialect })
  if (json) await printJson(io, 'shape', { dialect, problem, ...answer })
  else await print(io.stdout, inWords(answer))
}

function inWords({ unknown, solutions, orMore, sentence }: Answer): string {
  if (solutions.length === 0 || unknown === 'output') return sentence
  return `${unknown} ${solutions.map(written).join(', ')}${orMore ? ' or more' : ''}: ${sentence}`
}

const written = (value: Padding): string => (typeof value === 'object' ? value.join(':') : String(value))

function extent(word: string): number {
  if (!/^\d+$/.test(word)) throw new InvalidArgumentError('Give a whole number ≥ 1.')
  return Number(word)
}

function padding(word: string): Padding {
  if (/^[a-z-]+$/.test(word)) return word as Padding // Names are checked by the dialect.
  const sides = /^(-?\d+)(?::(-?\d+))?$/.exec(word)
  if (!sides) throw new InvalidArgumentError("Give a whole number, 'BEFORE:AFTER' such as 0:1, or a name such as same.")
  return sides[2] === undefined ? Number(sides[1]) : [Number(sides[1]), Number(sides[2])]
}
