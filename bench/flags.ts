/**
 * The command line of the benchmark: its flags, their defaults and its help.
 */

import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import type { RivalName } from '@stridefold/measure/rivals'
import { Command, InvalidArgumentError, Option } from 'commander'
import { baselineNames } from './rivals/open.ts'

const suiteNames = [
  ...readdirSync(join(import.meta.dirname, 'suites')).map((file) => file.replace('.txt', '')),
  'random',
]
/** Suites that take long, so they run only if they are named. */
const onDemand = ['networks', 'random', 'threads']
const defaultSuites = suiteNames.filter((name) => !onDemand.includes(name))

export interface Flags {
  readonly against: readonly RivalName[]
  readonly suite: readonly string[]
  readonly filter: string
  readonly quick: boolean
  readonly seed: number
  readonly python: string
  readonly threads: number
  readonly into: string
  readonly compare?: readonly string[]
}

/** Returns a parser of names separated by commas. A key of `groups` stands for several names. */
export function parseNames<Name extends string>(
  allowed: readonly Name[],
  groups: Readonly<Record<string, readonly Name[]>>,
): (text: string) => readonly Name[] {
  return (text) => {
    if (groups[text] !== undefined) return groups[text]
    const words = text.split(',').map((word) => word.trim())
    const isName = (word: string): word is Name => (allowed as readonly string[]).includes(word)
    const unknown = words.find((word) => !isName(word))
    if (unknown === undefined) return [...new Set(words.filter(isName))]
    throw new InvalidArgumentError(
      `There is no '${unknown}'. Choose from ${[...allowed, ...Object.keys(groups)].join(', ')}.`,
    )
  }
}

function parseSeed(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Must be a whole number from 0 on.')
  return Number(text)
}

function parseThreads(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('Must be a number from 1 to 99.')
  return Number(text)
}

const against = new Option(
  '--against <names>',
  `baselines, separated by commas: ${baselineNames.join(', ')}; or all, none`,
)
  .argParser(parseNames(baselineNames, { all: baselineNames, none: [] }))
  .default(baselineNames, 'all')
const suite = new Option(
  '--suite <names>',
  `suites, separated by commas: ${suiteNames.join(', ')}; or all`,
)
  .argParser(parseNames(suiteNames, { all: suiteNames }))
  .default(defaultSuites, `all but ${onDemand.join(', ')}`)

const program: Command = new Command('npm run bench --')
  .description(
    'Times stridefold and other libraries. Each result is checked first, rounds are ' +
      'interleaved, and every library has one thread unless --threads says otherwise.',
  )
  .addOption(against)
  .addOption(suite)
  .addOption(
    new Option('--filter <text>', 'only cases whose name contains this text').default('', 'all'),
  )
  .addOption(
    new Option('--quick', '5 rounds of at least 5 ms instead of 15 of 20 ms').default(false, 'no'),
  )
  .option('--seed <number>', "the seed of '--suite random'", parseSeed, 1)
  .option(
    '--threads <number>',
    'threads of stridefold, ONNX Runtime, PyTorch and OpenCV; others have one',
    parseThreads,
    1,
  )
  .option('--python <path>', 'a Python with torch, scipy and cv2', 'python3')
  .option(
    '--into <folder>',
    'the folder for the results',
    relative(process.cwd(), join(import.meta.dirname, 'results')),
  )
  .option('--compare <files...>', 'compare two result files, A and B; measures nothing')
  .addHelpText(
    'after',
    `
Examples:
  npm run bench -- --against all --quick
  npm run bench -- --against tfjs-wasm,onnx-web --suite layers,channels --filter 3×3
  npm run bench -- --suite threads --threads 2 --against onnx-web,pytorch
  npm run bench -- --compare bench/results/NODE24.json bench/results/NODE20.json

Baselines from npm are installed into bench/rivals the first time. Ctrl-C ends the run and keeps
the finished cases. docs/benchmarks.md explains the figures and targets.`,
  )

/**
 * Parses the command line. Ends the process with a message for a wrong flag, and with the help for
 * `--help`.
 */
export const flagsOf = (argv: readonly string[]): Flags =>
  program.parse(argv, { from: 'user' }).opts<Flags>()

/** Ends the process with an error message. */
export const reject = (message: string): never => program.error(`error: ${message}`)
