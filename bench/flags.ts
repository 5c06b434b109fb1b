/**
 * What can be asked of the benchmark? The words of its command line, with what they mean when
 * nothing is said.
 */

import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import { Command, InvalidArgumentError, Option } from 'commander'
import { rivalNames } from './rivals/open.ts'

const suiteNames = [
  ...readdirSync(join(import.meta.dirname, 'suites')).map((file) => file.replace('.txt', '')),
  'random',
]
/** Long: only when asked for. */
const onDemand = ['networks', 'random']
const usual = suiteNames.filter((name) => !onDemand.includes(name))

export interface Flags {
  readonly against: readonly string[]
  readonly suite: readonly string[]
  readonly filter: string
  readonly quick: boolean
  readonly seed: number
  readonly python: string
  readonly into: string
  readonly compare?: readonly string[]
}

/** Reads names separated by commas; the words of `groups` stand for several. */
export function names(
  known: readonly string[],
  groups: Readonly<Record<string, readonly string[]>>,
): (text: string) => readonly string[] {
  return (text) => {
    if (groups[text] !== undefined) return groups[text]
    const words = text.split(',').map((word) => word.trim())
    const unknown = words.find((word) => !known.includes(word))
    if (unknown === undefined) return [...new Set(words)]
    throw new InvalidArgumentError(
      `There is no '${unknown}': there are ${[...known, ...Object.keys(groups)].join(', ')}.`,
    )
  }
}

function seed(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number from 0 on.')
  return Number(text)
}

const against = new Option(
  '--against <names>',
  `rivals, separated by commas: ${rivalNames.join(', ')}; or all, none`,
)
  .argParser(names(rivalNames, { all: rivalNames, none: [] }))
  .default(rivalNames, 'all')
const suite = new Option(
  '--suite <names>',
  `suites, separated by commas: ${suiteNames.join(', ')}; or all`,
)
  .argParser(names(suiteNames, { all: suiteNames }))
  .default(usual, `all but ${onDemand.join(' and ')}`)

const program: Command = new Command('npm run bench --')
  .description(
    'Times stridefold beside other libraries: each result is checked first, rounds are ' +
      'interleaved, every library has one thread.',
  )
  .addOption(against)
  .addOption(suite)
  .addOption(
    new Option('--filter <text>', 'only cases whose name contains this').default('', 'all'),
  )
  .addOption(
    new Option('--quick', '5 rounds of at least 5 ms instead of 15 of 20 ms').default(false, 'no'),
  )
  .option('--seed <number>', "which random layers '--suite random' takes", seed, 1)
  .option('--python <path>', 'the Python that has torch, scipy and cv2', 'python3')
  .option(
    '--into <folder>',
    'where the results go',
    relative(process.cwd(), join(import.meta.dirname, 'results')),
  )
  .option('--compare <files...>', 'two result files, A and B, side by side; nothing is measured')
  .addHelpText(
    'after',
    `
Examples:
  npm run bench -- --against all --quick
  npm run bench -- --against tfjs-wasm,onnx-web --suite layers,channels --filter 3×3
  npm run bench -- --compare bench/results/NODE24.json bench/results/NODE20.json

Rivals from npm are installed into bench/rivals the first time. Ctrl-C ends the run and keeps
what was measured. What the figures and targets mean: docs/benchmarks.md.`,
  )

/**
 * Returns the flags of the command line. For `--help` or a wrong flag it prints a text and ends the
 * process.
 */
export const flagsOf = (argv: readonly string[]): Flags =>
  program.parse(argv, { from: 'user' }).opts<Flags>()

/** Ends the process with a sentence. */
export const refuse = (sentence: string): never => program.error(`error: ${sentence}`)
