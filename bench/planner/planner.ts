/**
 * `npm run bench -- planner`: grades the choices of the planner. For every case each possible
 * algorithm is timed, and the choice of `auto` is compared with the fastest one.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { withProgress } from '@stridefold/cli/progress'
import { machine, machineLine } from '@stridefold/measure'
import { Command, InvalidArgumentError } from 'commander'
import { casesOf, fitSeed, type GradedCase, gradedSeed } from './cases.ts'
import { gradeText } from './grade.ts'
import { type TimedCase, timeCase } from './time-case.ts'

interface Flags {
  readonly cases?: number
  readonly seconds?: number
  readonly tune: 'predict' | 'measure'
  readonly fit: boolean
  readonly into?: string
  readonly from?: string
  readonly worst: number
}

const whole = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Must be a whole number ≥ 1.')
}
const oneOf =
  <Name extends string>(...names: readonly Name[]) =>
  (text: string): Name => {
    const name = names.find((known) => known === text)
    if (name !== undefined) return name
    throw new InvalidArgumentError(`Must be ${names.join(' or ')}.`)
  }

const flags = new Command('npm run bench -- planner')
  .description(
    'Times every algorithm on more than 500 problems, and compares the choice of auto with the ' +
      'fastest. Takes about ten minutes.',
  )
  .option('--cases <n>', 'only so many cases, of all kinds', whole)
  .option('--seconds <n>', 'stop after so many seconds; the same command goes on later', whole)
  .option('--tune <how>', "how auto chooses: 'predict' or 'measure'", oneOf('predict', 'measure'))
  .option('--fit', 'the cases on which the prices were fitted, instead of the graded ones', false)
  .option('--into <file>', 'keep the times in this file; cases that it has are not timed again')
  .option('--from <file>', 'measure nothing: grade the times of this file')
  .option('--worst <n>', 'how many of the worst cases to print', whole, 10)
  .parse(process.argv.slice(3), { from: 'user' })
  .opts<Partial<Flags> & Pick<Flags, 'fit' | 'worst'>>()

const { fit, worst, into, from, seconds = Infinity, tune = 'predict' } = flags

/** Every n-th case, so that all kinds are there. */
function selected(): GradedCase[] {
  const all = casesOf(fit ? fitSeed : gradedSeed)
  const step = Math.max(1, all.length / (flags.cases ?? all.length))
  return Array.from({ length: Math.floor(all.length / step) }, (_, i) => all[Math.floor(i * step)]!)
}

const read = (file: string): TimedCase[] => JSON.parse(readFileSync(file, 'utf8')) as TimedCase[]

async function measureAll(): Promise<TimedCase[]> {
  const before = into !== undefined && existsSync(into) ? read(into) : []
  const known = new Set(before.map(({ text }) => text))
  const cases = selected().filter(({ text }) => !known.has(text))
  const timed = [...before]
  const start = performance.now()
  await withProgress(process, async (progress) => {
    for (const [i, c] of cases.entries()) {
      if (performance.now() - start > 1000 * seconds) break
      progress(i / cases.length, c.text)
      timed.push(await timeCase(c, { tune }))
    }
  })
  return timed
}

const count = from === undefined ? selected().length : 0
const timed = from === undefined ? await measureAll() : read(from)
if (into !== undefined) writeFileSync(into, JSON.stringify(timed, null, 1))
console.log(gradeText(timed, worst))
if (timed.length < count) console.log(`\nSo far ${timed.length} of ${count} cases.`)
console.log(`\n${machineLine(machine())}; load ${machine().load.toFixed(1)}`)
process.exit()
