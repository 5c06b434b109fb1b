/**
 * `npm run bench`: times stridefold and the baselines on every case of the selected suites. For
 * each case it verifies the results, warms up and interleaves the rounds. It prints a table, and
 * writes the results to a file after every case.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { withProgress } from '@stridefold/cli/progress'
import { machine, measurePeak } from '@stridefold/measure'
import { compareRuns, comparisonText, readResults } from './compare.ts'
import { type Flags, flagsOf, reject } from './flags.ts'
import { type CaseResult, caseText, measure } from './measure-case.ts'
import { formsOf } from './ours.ts'
import { randomSuite } from './random-suite.ts'
import { openBaselines } from './rivals/open.ts'
import { type Entry, parseSuite } from './suite.ts'

const here = import.meta.dirname
const flags = flagsOf(process.argv.slice(2))

if (flags.compare !== undefined) {
  compare(flags.compare)
  process.exit()
}

const suiteText = (suite: string): string =>
  suite === 'random'
    ? randomSuite(flags.seed, 40)
    : readFileSync(join(here, 'suites', `${suite}.txt`), 'utf8')
const entries = flags.suite
  .flatMap((suite) => parseSuite(suite, suiteText(suite)))
  .filter(({ name }) => name.includes(flags.filter))
if (entries.length === 0)
  reject(`No case of ${flags.suite.join(', ')} has '${flags.filter}' in its name.`)

const file = resultFile(flags.into)
const controller = new AbortController()
process.once('SIGINT', () => {
  console.error(
    '\nFinishing the running call. Press Ctrl-C again to stop now; finished cases are kept.',
  )
  controller.abort()
})
await run(entries, flags, file, controller.signal)
// Some baselines keep the process alive.
process.exit(controller.signal.aborted ? 130 : 0)

function compare(files: readonly string[]): void {
  const [a, b] = files
  if (a === undefined || b === undefined || files.length > 2)
    return reject(`--compare needs two files, A and B, but got ${files.length}.`)
  try {
    const [inA, inB] = [readResults(a), readResults(b)]
    const rows = compareRuns(inA, inB)
    if (rows.length === 0)
      throw new Error(`${a} and ${b} have no case in common, so nothing can be compared.`)
    console.log(comparisonText(rows, inA, inB))
  } catch (error) {
    reject(error instanceof Error ? error.message : `${error}`)
  }
}

/** Creates the folder, and returns the path of a new file in it, named by the current time. */
function resultFile(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    reject(`--into: cannot create ${folder}: ${error instanceof Error ? error.message : error}`)
  }
  const name = join(folder, new Date().toISOString().slice(0, 19).replaceAll(':', ''))
  for (let i = 1; ; i++) {
    const path = `${name}${i === 1 ? '' : `-${i}`}.json`
    if (!existsSync(path)) return path
  }
}

/** Flags of V8 that change the machine code. The result file names them. */
function isV8Flag(flag: string): boolean {
  return flag.startsWith('--experimental-wasm')
}

async function run(
  entries: readonly Entry[],
  { against, quick, python, threads }: Flags,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { rounds, minMs } = quick ? { rounds: 5, minMs: 5 } : { rounds: 15, minMs: 20 }
  const baselines = [
    ...formsOf(threads),
    ...(await openBaselines(against, python, threads, (line) => console.error(line))),
  ]
  const { date, processor, cores, runtime, commit, load } = machine()
  const about = {
    ...{
      date,
      machine: `${cores} × ${processor}`,
      loadBefore: load,
      runtime: [runtime, ...process.execArgv.filter(isV8Flag)].join(' '),
      commit,
      threads,
      rounds,
      leastMsPerRound: minMs,
    },
    competitors: Object.fromEntries(baselines.map(({ name, about }) => [name, about])),
  }
  const peak = measurePeak()
  const cases: CaseResult[] = []
  const save = (): void => {
    const partial = signal.aborted && {
      partial: `interrupted after ${cases.length} of ${entries.length} cases`,
    }
    writeFileSync(
      file,
      `${JSON.stringify({ ...about, ...partial, loadAfter: loadavg()[0], cases }, null, 1)}\n`,
    )
  }
  await withProgress(process, async (progress) => {
    // A message replaces the progress bar, which is then drawn again below it.
    const say = (write: (text: string) => void) => (text: string) => {
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
      write(text)
    }
    const [warn, print] = [say(console.error), say(console.log)]
    for (const [i, entry] of entries.entries()) {
      const share = (part: number, what: string): void =>
        progress((i + part) / entries.length, what)
      const result = await measure(entry, baselines, {
        rounds,
        minMs,
        // Threads of others spin after their work, and would take the cores of the next one.
        restMs: threads > 1 ? 30 : 0,
        peak,
        signal,
        progress: share,
        say: warn,
      })
      if (result !== undefined) {
        cases.push(result)
        print(`${caseText(result, rounds)}\n`)
      }
      // Written after every case, so that a later failure loses nothing.
      if (cases.length > 0) save()
      if (signal.aborted) break
    }
  })
  for (const baseline of baselines) baseline.close()
  const [judged, open] = [
    cases.flatMap(({ verdicts }) => verdicts),
    cases.flatMap((result) => result.open),
  ]
  const met = judged.filter((verdict) => verdict.met).length
  console.log(
    `${met} of ${judged.length} targets met, ${open.length} open: the baseline or form was not measured.`,
  )
  if (signal.aborted)
    console.log(`Interrupted: partial, ${cases.length} of ${entries.length} cases.`)
  console.log(cases.length === 0 ? 'Nothing was measured, so no file was written.' : file)
}
