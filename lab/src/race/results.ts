/**
 * What was measured, as data: for each size, how every runner stands. Chart, table, CSV and
 * sentences are all made from it.
 */

import type { Course } from './courses.ts'

/** How a runner stands at one size. */
export type Standing =
  | {
      readonly kind: 'measured'
      /** Milliseconds of one call, one for each sample. */
      readonly samples: readonly number[]
      /** Calls of each sample. */
      readonly calls: number
      readonly median: number
      readonly low: number
      readonly high: number
      /** Bytes of one call besides its input: the result, and what the runner needs. */
      readonly bytes: number
      /** The largest difference from the definition, and what the runner promises. */
      readonly difference: number
      readonly bound: number
    }
  | {
      readonly kind: 'wrong'
      readonly index: readonly number[]
      readonly actual: number
      readonly expected: number
      readonly bound: number
    }
  | { readonly kind: 'failed'; readonly message: string }
  /** One call is predicted to take this long. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | { readonly kind: 'unsupported'; readonly reason: string }
  /** The reader left it out. */
  | { readonly kind: 'left-out' }

export type Measured = Extract<Standing, { readonly kind: 'measured' }>

export interface SizeResult {
  readonly n: number
  /** The case in its canonical spelling. */
  readonly text: string
  /** Two for each product of the definition. */
  readonly flops: number
  /** The outputs that were compared with the definition. */
  readonly checked: number
  /** The algorithm that `auto` takes. */
  readonly chosen: string
  readonly standings: Readonly<Record<string, Standing>>
  /** False if it was stopped before all samples were taken. */
  readonly isWhole: boolean
}

export interface Point extends Measured {
  readonly n: number
}

/** The measured points of a runner, by size. */
export const pointsOf = (results: readonly SizeResult[], name: string): readonly Point[] =>
  results.flatMap(({ n, standings }) => {
    const standing = standings[name]
    return standing?.kind === 'measured' ? [{ n, ...standing }] : []
  })

/** The latest standing of a runner, with its size. */
export function latestOf(
  results: readonly SizeResult[],
  name: string,
): { readonly n: number; readonly standing: Standing } | undefined {
  const last = results.findLast(({ standings }) => standings[name] !== undefined)
  return last && { n: last.n, standing: last.standings[name]! }
}

/**
 * Whether other programs disturb the race: in more than a third of the points, the middle half of
 * the samples reaches over a factor of two.
 */
export function isDisturbed(results: readonly SizeResult[]): boolean {
  const points = results.flatMap(({ standings }) =>
    Object.values(standings).flatMap((standing) =>
      standing.kind === 'measured' ? [standing.high > 2 * standing.low] : [],
    ),
  )
  return points.filter(Boolean).length > points.length / 3
}

/** A runner starts no size at which one call would take longer. */
export const maxCallMs = 400

/**
 * The runners that do not start at the next size, and why: one call would take too long, judged by
 * its last time and the number of products; or it failed before.
 */
export function stays(
  results: readonly SizeResult[],
  names: readonly string[],
  flops: number,
): ReadonlyMap<string, Standing | undefined> {
  const staying = new Map<string, Standing | undefined>()
  for (const name of names) {
    const latest = results.findLast(({ standings }) => standings[name] !== undefined)
    const standing = latest?.standings[name]
    if (standing?.kind === 'failed' || standing?.kind === 'slow') staying.set(name, undefined)
    if (standing?.kind !== 'measured') continue
    const milliseconds = (standing.median * flops) / latest!.flops
    if (milliseconds > maxCallMs) staying.set(name, { kind: 'slow', milliseconds })
  }
  return staying
}

/** The first size that is not finished, or where a runner was left out that now takes part. */
export const nextSize = (
  course: Course,
  results: readonly SizeResult[],
  leftOut: ReadonlySet<string>,
): number | undefined =>
  course.sizes.find((n) => {
    const result = results.find((of) => of.n === n)
    return (
      !result?.isWhole ||
      Object.entries(result.standings).some(
        ([name, { kind }]) => kind === 'left-out' && !leftOut.has(name),
      )
    )
  })

/** The results with one more, by size. */
export const withResult = (
  results: readonly SizeResult[],
  added: SizeResult,
): readonly SizeResult[] =>
  [...results.filter(({ n }) => n !== added.n), added].sort((a, b) => a.n - b.n)

const columns = [
  'course',
  'case',
  'n',
  'name',
  'state',
  'median_ms',
  'lower_quartile_ms',
  'upper_quartile_ms',
  'samples',
  'calls_per_sample',
  'bytes_besides_input',
  'outputs_checked',
  'largest_difference',
  'allowed_difference',
  'auto_takes',
] as const

/** All numbers as CSV (RFC 4180): one line for each runner and size. */
export function csvOf(course: Course, results: readonly SizeResult[]): string {
  const lines = results.flatMap(({ n, text, checked, chosen, standings }) =>
    Object.entries(standings).map(([name, standing]) => {
      const numbers =
        standing.kind === 'measured'
          ? [
              standing.median,
              standing.low,
              standing.high,
              standing.samples.length,
              standing.calls,
              standing.bytes,
              checked,
              standing.difference,
              standing.bound,
            ]
          : new Array<string>(9).fill('')
      return [course.id, text, n, name, standing.kind, ...numbers, chosen].map(csvField).join(',')
    }),
  )
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`
}

const csvField = (value: string | number): string =>
  /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value)
