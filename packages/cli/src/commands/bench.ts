/**
 * The command line of `bench`. The verb is imported only when it runs.
 */

import { suiteNames, weightNames } from '@stridefold/measure/suites'
import { type Command, InvalidArgumentError } from 'commander'
import { choiceOption, number } from '../flag-values.ts'
import type { Io } from '../io.ts'
import type { BenchFlags } from '../verbs/bench.ts'

const examples = `Examples:
  $ stridefold bench "1x64x56x56 * 64x64x3x3 p1"
  $ stridefold bench articles                              a named suite: ${suiteNames.join(', ')}
  $ stridefold bench "1080x1920 * 9x9 same" --kernel gaussian --algorithm separable,strided
  $ stridefold bench layers --save before.json             and after a change:
  $ stridefold bench layers --save after.json
  $ stridefold bench --compare before.json after.json
`

export function addBench(program: Command, io: Io): void {
  program
    .command('bench')
    .summary('time the algorithms on this machine')
    .description(
      'Times the algorithms on cases in notation or on named suites. Compares every ' +
        'result with the definition first. The algorithms run in turns. Prints the ' +
        'median, its spread and the share of the peak that is measured on this machine.',
    )
    .argument('[case...]', 'cases, or names of suites (default: articles)')
    .option(
      '--algorithm <names>',
      'only these algorithms, such as auto or im2col,strided (default: all)',
      list,
    )
    .option(
      '--threads <n>',
      'largest number of threads; several numbers with commas are compared (default: 1)',
      threadCounts,
    )
    .addOption(
      choiceOption('--backend <name>', 'where it runs (default: auto)', ['auto', 'wasm', 'js']),
    )
    .addOption(
      choiceOption(
        '--kernel <weights>',
        'the weights of the kernel (default: random, or those of the suite)',
        weightNames,
      ),
    )
    .option('--samples <n>', 'number of samples of each algorithm', sampleCount, 15)
    .option('--seconds <s>', 'largest time for one case, in seconds', seconds, 10)
    .option('--save <file>', 'write every sample to a JSON file, for --compare')
    .option('--compare <files...>', 'compare two saved files, A and B: is B faster?')
    .option('--force', 'replace an existing file')
    .option('--json', 'print JSON')
    .addHelpText('before', examples)
    .action(async (cases: readonly string[], flags: BenchFlags) =>
      (await import('../verbs/bench.ts')).runBench(cases, flags, io),
    )
}

const list = (text: string): string[] => text.split(',').map((word) => word.trim())

const threadCounts = (text: string): number[] =>
  list(text).map((word) => positiveInteger(word, 'Give whole numbers from 1, such as 1,2.'))

const sampleCount = (word: string): number =>
  positiveInteger(word, 'Give a whole number of samples, 1 or more.')

function positiveInteger(word: string, message: string): number {
  if (!/^\d+$/.test(word) || Number(word) < 1) throw new InvalidArgumentError(message)
  return Number(word)
}

function seconds(word: string): number {
  const value = number(word)
  if (value <= 0)
    throw new InvalidArgumentError('Give the largest time for one case in seconds, more than 0.')
  return value
}
