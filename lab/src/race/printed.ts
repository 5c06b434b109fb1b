/**
 * The figures that the articles print for a course, and what they say in words.
 */

import {
  article1Figures,
  article1Speedup,
  article2Figures,
  article2Speedup,
  type PrintedFigures,
} from '@stridefold/measure/articles'
import type { Course } from './courses.ts'
import { pointsOf, type SizeResult } from './results.ts'

/** Figures of an article that belong to the convolutions of this course. */
export const printedOf = ({ id }: Course): readonly PrintedFigures[] =>
  id === 'image-2' ? article1Figures : id === 'picture' ? article2Figures : []

/** A statement of an article, and the same quantity here. */
export type Comparison =
  | {
      readonly kind: 'time'
      readonly name: PrintedFigures['name']
      readonly n: number
      readonly lowMs: number
      readonly highMs: number
      readonly isSizePrinted: boolean
      /** Undefined if it is not measured yet; null if it cannot be measured in a browser. */
      readonly hereMs: number | undefined | null
    }
  | {
      readonly kind: 'speedup'
      readonly slow: PrintedFigures['name'] | 'loops'
      readonly times: number
      /** The ratio here at the largest size where both are measured. */
      readonly here: { readonly n: number; readonly times: number } | undefined
    }

/** Our name of the function that a figure belongs to. */
const runnerOf: Readonly<Record<PrintedFigures['name'], string | undefined>> = {
  loops: 'article: loops',
  pytorch: undefined,
  conv: 'article: conv',
  conv_matmul: 'article: conv_matmul',
}

export function comparisonsOf(
  course: Course,
  results: readonly SizeResult[],
): readonly Comparison[] {
  const times = printedOf(course).flatMap(({ name, times: printed }) =>
    printed.map((time): Comparison => {
      const runner = runnerOf[name]
      const point =
        runner === undefined ? null : pointsOf(results, runner).find(({ n }) => n === time.n)
      return { kind: 'time', name, ...time, hereMs: point === null ? null : point?.median }
    }),
  )
  const ratio = (slow: string, fast: string): { n: number; times: number } | undefined => {
    const both = pointsOf(results, fast).flatMap(({ n, median }) => {
      const other = pointsOf(results, slow).find((point) => point.n === n)
      return other ? [{ n, times: other.median / median }] : []
    })
    return both.at(-1)
  }
  if (course.id === 'image-2')
    return [
      ...times,
      {
        ...{ kind: 'speedup', slow: 'loops', times: article1Speedup },
        here: ratio('article: loops', 'article: strides'),
      },
    ]
  if (course.id === 'picture')
    return [
      ...times,
      {
        ...{ kind: 'speedup', slow: 'conv', times: article2Speedup },
        here: ratio('article: conv', 'article: conv_matmul'),
      },
    ]
  return []
}
