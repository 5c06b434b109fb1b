/**
 * Two saved results side by side, case by case: how fast was B beside A? For the newer engine and
 * the older one there are targets: how much of its speed has to be left.
 */

import { readFileSync } from 'node:fs'
import { median, type Verdict, verdict } from '@stridefold/cli/measure'
import type { CaseResult } from './measured.ts'

export interface Saved {
  /** Such as "Node v24.21.0, V8 …". */
  readonly runtime: string
  readonly cases: readonly Pick<CaseResult, 'suite' | 'name' | 'case' | 'peakGflops' | 'results'>[]
}

/** Least share of the newer engine's speed, by suite. */
const LEAST: Readonly<Record<string, number>> = {
  layers: 0.75,
  channels: 0.75,
  depthwise: 0.75,
  networks: 0.75,
  pictures: 0.4,
}

/** The results that represent a case: direct sums if they were measured separately. */
const FORMS = ['direct', 'memory', 'bytes']

export interface Compared {
  readonly suite: string
  readonly name: string
  readonly form: string
  readonly msA: number
  readonly msB: number
  /** Speed of B as a share of A's. */
  readonly share: number
  readonly is: Verdict['is']
  /** Undefined where no target is known. */
  readonly atLeast: number | undefined
}

/** A saved result. Throws an `Error` with a sentence for a file that is none. */
export function saved(path: string): Saved {
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
      `${path} holds no results of the benchmark: it writes them to bench/results, or --into ` +
        'another folder.',
    )
  }
  return value as Saved
}

/** Node's first number, 0 where it is not named. */
const engine = ({ runtime }: Saved): number => Number(/v(\d+)/.exec(runtime)?.[1] ?? 0)

/** The cases that both have, in the order of A. */
export function compareRuns(a: Saved, b: Saved): Compared[] {
  return a.cases.flatMap((one): Compared[] => {
    const other = b.cases.find(
      ({ case: text, name, suite }) =>
        text === one.case && name === one.name && suite === one.suite,
    )
    for (const form of FORMS) {
      const [inA, inB] = [one, other].map(
        (c) => c?.results.find(({ name }) => name === form)?.samples,
      )
      if (inA === undefined || inB === undefined) continue
      const [msA, msB] = [median(inA), median(inB)]
      const { is } = verdict(inA, inB)
      const atLeast = engine(b) < engine(a) ? LEAST[one.suite] : undefined
      return [{ suite: one.suite, name: one.name, form, msA, msB, share: msA / msB, is, atLeast }]
    }
    return []
  })
}

export function comparedText(rows: readonly Compared[], a: Saved, b: Saved): string {
  const width = Math.max(...rows.map(({ suite, name }) => suite.length + name.length + 3))
  const judged = rows.filter(({ atLeast }) => atLeast !== undefined)
  const met = judged.filter(({ share, atLeast }) => share >= atLeast!)
  return [
    `A  ${a.runtime}`,
    `B  ${b.runtime}`,
    '',
    ...rows.map(({ suite, name, form, msA, msB, share, is, atLeast }) => {
      const figures = [msA, msB].map((ms) => `${ms.toPrecision(4).padStart(9)} ms`).join('')
      const word =
        atLeast === undefined ? `B is ${is === 'no difference' ? 'no different' : is}` : ''
      const target =
        atLeast === undefined ? '' : `${share >= atLeast ? 'met   ' : 'MISSED'} target ${atLeast}`
      return (
        `${`${suite} · ${name}`.padEnd(width)}  ${form.padEnd(6)}${figures}  B/A ` +
        `${share.toFixed(2)}  ${word}${target}`
      )
    }),
    '',
    judged.length === 0
      ? `${rows.length} cases in both.`
      : `${rows.length} cases in both; ${met.length} of ${judged.length} targets met: so much ` +
        `of the newer engine's speed has to be left.`,
  ].join('\n')
}
