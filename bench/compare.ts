/**
 * Compares two result files, case by case: how fast is B relative to A? If B ran on an older Node
 * than A, there are targets: the share of A's speed that B has to reach.
 */

import { readFileSync } from 'node:fs'
import { median, type Verdict, verdict } from '@stridefold/measure'
import type { CaseResult } from './measure-case.ts'

export interface Saved {
  /** Such as "Node v24.21.0, V8 …". */
  readonly runtime: string
  readonly cases: readonly Pick<CaseResult, 'suite' | 'name' | 'case' | 'peakGflops' | 'results'>[]
}

/** Minimum share of the newer engine's speed, by suite. */
const minShare: Readonly<Record<string, number>> = {
  layers: 0.75,
  channels: 0.75,
  depthwise: 0.75,
  networks: 0.75,
  pictures: 0.4,
}

/** The form that represents a case: the first of these that both files have. */
const forms = ['direct', 'memory', 'bytes']

export interface Comparison {
  readonly suite: string
  readonly name: string
  readonly form: string
  readonly msA: number
  readonly msB: number
  /** The speed of B divided by that of A. */
  readonly share: number
  readonly is: Verdict['is']
  /** The target for `share`, or undefined if there is none. */
  readonly atLeast: number | undefined
}

/** Reads a result file. Throws an `Error` if the file is missing or has another format. */
export function readResults(path: string): Saved {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    !Array.isArray((value as Partial<Saved>).cases)
  ) {
    throw new Error(
      `${path} holds no results of the benchmark. The benchmark writes them to bench/results, or ` +
        'to the folder of --into.',
    )
  }
  return value as Saved
}

/** The major version of Node, or 0 if the file does not name it. */
const engine = ({ runtime }: Saved): number => Number(/v(\d+)/.exec(runtime)?.[1] ?? 0)

/** Compares the cases that both files have, in the order of A. */
export function compareRuns(a: Saved, b: Saved): Comparison[] {
  return a.cases.flatMap((caseA): Comparison[] => {
    const caseB = b.cases.find(
      ({ case: text, name, suite }) =>
        text === caseA.case && name === caseA.name && suite === caseA.suite,
    )
    for (const form of forms) {
      const [inA, inB] = [caseA, caseB].map(
        (c) => c?.results.find(({ name }) => name === form)?.samples,
      )
      if (inA === undefined || inB === undefined) continue
      const [msA, msB] = [median(inA), median(inB)]
      const { is } = verdict(inA, inB)
      const atLeast = engine(b) < engine(a) ? minShare[caseA.suite] : undefined
      return [
        { suite: caseA.suite, name: caseA.name, form, msA, msB, share: msA / msB, is, atLeast },
      ]
    }
    return []
  })
}

export function comparisonText(rows: readonly Comparison[], a: Saved, b: Saved): string {
  const width = Math.max(...rows.map(({ suite, name }) => suite.length + name.length + 3))
  const judged = rows.filter(({ atLeast }) => atLeast !== undefined)
  const met = judged.filter(({ share, atLeast }) => share >= atLeast!)
  return [
    `A  ${a.runtime}`,
    `B  ${b.runtime}`,
    '',
    ...rows.map(({ suite, name, form, msA, msB, share, is, atLeast }) => {
      const figures = [msA, msB].map((ms) => `${ms.toPrecision(4).padStart(9)} ms`).join('')
      const difference =
        atLeast === undefined ? `B is ${is === 'no difference' ? 'no different' : is}` : ''
      const target =
        atLeast === undefined ? '' : `${share >= atLeast ? 'met   ' : 'MISSED'} target ${atLeast}`
      return (
        `${`${suite} · ${name}`.padEnd(width)}  ${form.padEnd(6)}${figures}  B/A ` +
        `${share.toFixed(2)}  ${difference}${target}`
      )
    }),
    '',
    judged.length === 0
      ? `${rows.length} cases in both.`
      : `${rows.length} cases in both; ${met.length} of ${judged.length} targets met ` +
        `(the share of the newer engine's speed that B has to reach).`,
  ].join('\n')
}
