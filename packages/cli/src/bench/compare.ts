/**
 * Compares two saved benchmarks. Each row that both have gets a verdict. The verdict accounts for
 * the noise of the samples, and for the change of the machine's speed between the two runs.
 */

import { machineLine, summary, type Verdict, verdict } from '@stridefold/measure'
import { inputError } from '../failure.ts'
import type { Io } from '../io.ts'
import { printable } from '../printable.ts'
import { readInput } from '../read-input.ts'
import { headedTable } from '../table.ts'
import { duration, percent } from '../units.ts'
import type { BenchCase, BenchResult } from './bench.ts'

export interface ComparedRow {
  readonly case: string
  readonly name: string
  readonly row: string
  readonly medianA: number
  readonly medianB: number
  /**
   * Change of the arithmetic speed of the machine from A to B, as a share. Positive: B was faster.
   */
  readonly drift: number
  readonly verdict: Verdict
}

/** Reads a saved benchmark. Throws `Failure` for any other file. */
export async function readSavedBench(path: string, io: Io): Promise<BenchResult> {
  const text = new TextDecoder().decode(await readInput(path, io))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw inputError(
      `${path} is not valid JSON: ${error instanceof Error ? error.message : error}. bench ` +
        '--save writes such files.',
      error,
    )
  }
  if (!isBench(value))
    throw inputError(
      `${path} is not a saved benchmark: write one with 'stridefold bench CASE --save FILE'.`,
    )
  return value
}

function isBench(value: unknown): value is BenchResult {
  if (typeof value !== 'object' || value === null || !('verb' in value) || value.verb !== 'bench')
    return false
  const { cases, machine } = value as { cases?: unknown; machine?: unknown }
  return (
    Array.isArray(cases) && cases.every(isCase) && typeof machine === 'object' && machine !== null
  )
}

const isCase = (value: unknown): boolean => {
  const { rows, case: text, name } = Object(value)
  return (
    typeof text === 'string' && typeof name === 'string' && Array.isArray(rows) && rows.every(isRow)
  )
}

const isRow = (value: unknown): boolean => {
  const { name, samples } = Object(value)
  const isTimes =
    Array.isArray(samples) &&
    samples.length > 0 &&
    samples.every((time) => typeof time === 'number' && time > 0)
  return typeof name === 'string' && isTimes
}

/** Verdicts for the rows that both have, in the order of A. */
export function compareRuns(a: BenchResult, b: BenchResult): ComparedRow[] {
  const caseOfB = (caseA: BenchCase): BenchCase | undefined =>
    b.cases.find(({ case: text, weights }) => text === caseA.case && weights === caseA.weights)
  return a.cases.flatMap((caseA) => {
    const caseB = caseOfB(caseA)
    const drift =
      caseB === undefined || !(caseA.peakGflops > 0) ? 0 : caseB.peakGflops / caseA.peakGflops - 1
    return caseA.rows.flatMap((row) => {
      const match = caseB?.rows.find(({ name }) => name === row.name)
      if (match === undefined) return []
      const [medianA, medianB] = [summary(row.samples).median, summary(match.samples).median]
      const comparison = verdict(row.samples, match.samples, drift)
      return [
        {
          case: caseA.case,
          name: caseA.name,
          row: row.name,
          medianA,
          medianB,
          drift,
          verdict: comparison,
        },
      ]
    })
  })
}

export function comparisonText(
  rows: readonly ComparedRow[],
  a: BenchResult,
  b: BenchResult,
  names: readonly [string, string],
): string {
  const table = headedTable(
    ['case', 'algorithm', 'A', 'B', 'B takes', '95 % interval', 'B is'],
    rows.map(({ name, row, medianA, medianB, verdict: { is, ratio, interval, floor } }) => [
      ...[
        printable(name),
        printable(row),
        duration(medianA),
        duration(medianB),
        `${percent(ratio)}`,
      ],
      `${percent(interval[0])} – ${percent(interval[1])}`,
      is === 'no difference'
        ? `no different (within ${percent(floor)} or the noise)`
        : `${is}, ${times(ratio)}`,
    ]),
    ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
  )
  const [faster, slower] = ['faster', 'slower'].map(
    (word) => rows.filter(({ verdict: { is } }) => is === word).length,
  )
  const drift = Math.max(0, ...rows.map((row) => Math.abs(row.drift)))
  return [
    table,
    '',
    `${faster} faster, ${slower} slower, ${rows.length - faster! - slower!} without a ` +
      'difference beyond the noise.',
    'B is faster or slower if the whole 95 % interval of the ratio (bootstrap) is beyond ' +
      'the floor and a rank test (Mann–Whitney) gives p < 0.05.',
    ...(drift > 0.02
      ? [
          `The arithmetic speed of the machine differed by up to ${percent(drift)} between the ` +
            'two runs: the floor of 3 % is raised by this difference.',
        ]
      : []),
    printable(`A  ${names[0]}: ${machineLine(a.machine)}`),
    printable(`B  ${names[1]}: ${machineLine(b.machine)}`),
  ].join('\n')
}

const times = (ratio: number): string => `${(ratio < 1 ? 1 / ratio : ratio).toFixed(2)}×`
