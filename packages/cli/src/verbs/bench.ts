/**
 * `bench CASE…`: measures the speed of each algorithm on this machine. Results are checked first,
 * then the algorithms run in rounds, compared with the peak of the machine. `--compare A B` tests
 * whether two saved runs differ by more than noise.
 */

import { type Entry, suiteNames, suites, type Weights } from '@stridefold/measure'
import { parseCase } from 'stridefold/sync'
import { type BenchResult, bench } from '../bench/bench.ts'
import { benchText } from '../bench/bench-text.ts'
import { compareRuns, comparisonText, readSavedBench } from '../bench/compare.ts'
import { didYouMean } from '../did-you-mean.ts'
import { exitCodes, Failure, runtimeError, usageError } from '../failure.ts'
import { colours, type Io, jsonText, print, printJson } from '../io.ts'
import { withProgress } from '../progress.ts'
import { checkOutput, writeOutput } from '../write-output.ts'

export interface BenchFlags {
  readonly algorithm?: readonly string[]
  readonly threads?: readonly number[]
  readonly backend?: 'auto' | 'wasm' | 'js'
  readonly kernel?: Weights
  readonly samples: number
  readonly seconds: number
  readonly save?: string
  readonly compare?: readonly string[]
  readonly force?: boolean
  readonly json?: boolean
}

export const runBench = (cases: readonly string[], flags: BenchFlags, io: Io): Promise<void> =>
  flags.compare ? compare(cases, flags.compare, flags, io) : time(cases, flags, io)

async function time(cases: readonly string[], flags: BenchFlags, io: Io): Promise<void> {
  const {
    algorithm: algorithms,
    threads,
    backend,
    samples,
    seconds,
    save,
    force = false,
    json,
  } = flags
  const entries = (cases.length === 0 ? ['articles'] : cases).flatMap((text) =>
    entriesOf(text, flags.kernel),
  )
  if (save !== undefined) checkOutput(save, force, io)
  const request = { entries, algorithms, threads, backend, samples, budgetMs: seconds * 1000 }
  const result = await withProgress(io, (progress) =>
    io.abortOnInterrupt((signal) => bench(request, signal, progress)),
  )
  if (save !== undefined) await writeOutput(save, Buffer.from(jsonText('bench', result)), force, io)
  if (json) await printJson(io, 'bench', result)
  else if (result.cases.length > 0)
    await print(io.stdout, benchText(result, colours(io, io.stdout).bold))
  judge(result, seconds, save)
}

/**
 * Throws if the result is incomplete or wrong: an interrupt, a wrong result, or too little time.
 */
function judge(
  { cases, interrupted }: BenchResult,
  seconds: number,
  save: string | undefined,
): void {
  const savedText = save === undefined ? '' : ` and saved to ${save}`
  if (interrupted)
    throw new Failure(
      exitCodes.interrupted,
      `Interrupted: the finished measurements are shown${savedText}.`,
    )
  const incorrect = cases
    .flatMap(({ notTimed }) => notTimed)
    .find(({ reason }) => reason.startsWith('wrong: '))
  if (incorrect !== undefined)
    throw new Failure(
      exitCodes.check,
      `${incorrect.name} gives a wrong result: ${incorrect.reason.slice(7)}.`,
    )
  const empty = cases.find(({ rows }) => rows.length === 0)
  if (empty !== undefined)
    throw runtimeError(
      `No algorithm could be timed on ${empty.name} within ${seconds} s. Give more time with ` +
        '--seconds, or name a faster --algorithm.',
    )
}

function entriesOf(text: string, weights: Weights | undefined): readonly Entry[] {
  const suite = suites[text]
  if (suite !== undefined)
    return weights === undefined ? suite : suite.map((entry) => ({ ...entry, weights }))
  if (/^[a-z][a-z0-9-]*$/i.test(text))
    throw usageError(
      `There is no suite '${text}'.${didYouMean(text, suiteNames)} Suites: ` +
        `${suiteNames.join(', ')}. Or write a case such as "64x64 * 2x2".`,
    )
  parseCase(text)
  return [{ text, name: text, weights: weights ?? 'random' }]
}

async function compare(
  cases: readonly string[],
  files: readonly string[],
  { json }: BenchFlags,
  io: Io,
): Promise<void> {
  const [pathA, pathB, ...more] = files
  if (pathA === undefined || pathB === undefined || more.length > 0 || cases.length > 0) {
    throw usageError(
      '--compare takes exactly two saved files, A and B, and no cases: ' +
        `${files.length + cases.length} were given.`,
    )
  }
  const [a, b] = [await readSavedBench(pathA, io), await readSavedBench(pathB, io)]
  const rows = compareRuns(a, b)
  if (rows.length === 0)
    throw runtimeError(`${pathA} and ${pathB} have no case and algorithm in common.`)
  if (json)
    return printJson(io, 'bench', {
      a: { file: pathA, machine: a.machine },
      b: { file: pathB, machine: b.machine },
      rows,
    })
  await print(io.stdout, comparisonText(rows, a, b, [pathA, pathB]))
}
