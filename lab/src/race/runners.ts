/**
 * Who takes part: the algorithms of the library, one whole call, and the ways of the articles. The
 * same method has the same colour in both; the mark tells them apart.
 */

import type { Course } from './courses.ts'

export const methods = [
  'loops',
  'im2col',
  'strided',
  'toeplitz',
  'separable',
  'winograd',
  'fft',
  'call',
] as const
export type Method = (typeof methods)[number]

export interface Runner {
  /** As `@stridefold/measure` calls it. */
  readonly name: string
  readonly method: Method
  /** The article whose function it is. Its curve is dashed. */
  readonly article: 1 | 2 | undefined
}

const library = (name: string, method: Method): Runner => ({ name, method, article: undefined })

const ofLibrary: readonly Runner[] = [
  library('naive', 'loops'),
  library('im2col', 'im2col'),
  library('strided', 'strided'),
  library('toeplitz', 'toeplitz'),
  library('separable', 'separable'),
  library('winograd', 'winograd'),
  library('fft', 'fft'),
  library('auto, whole call', 'call'),
]

const ofArticles: readonly Runner[] = [
  { name: 'article: loops', method: 'loops', article: 1 },
  { name: 'article: im2col', method: 'im2col', article: 1 },
  { name: 'article: strides', method: 'strided', article: 1 },
  { name: 'article: conv', method: 'loops', article: 2 },
  { name: 'article: conv_matmul', method: 'im2col', article: 2 },
]

/** The plain loops first: the others are compared with them. */
export const runnersOf = (course: Course): readonly Runner[] => [
  ...ofArticles.filter(({ article }) => article === course.article),
  ...ofLibrary,
]
