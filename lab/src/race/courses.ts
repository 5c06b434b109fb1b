/**
 * The courses of the race: families of convolutions that grow in one number. A course is a name in
 * the link, `page=race:image-2`.
 */

import type { Weights } from '@stridefold/measure/browser'

export const families = ['image', 'kernel', 'signal', 'layer', 'picture'] as const
export type Family = (typeof families)[number]

export interface Course {
  readonly id: string
  readonly family: Family
  /** What tells it from the other courses of its family; empty if there is one. */
  readonly variant: string
  /** The number that grows, ascending. */
  readonly sizes: readonly number[]
  /** The convolution of a size in case notation. */
  readonly caseOf: (n: number) => string
  readonly weights: Weights
  /** The article whose own functions run too. */
  readonly article: 1 | 2 | undefined
  /** The usual range of times, in milliseconds. The axis is longer if a time lies outside. */
  readonly usualMs: readonly [low: number, high: number]
}

const articleSizes = [3, 10, 25, 50, 100, 250, 500, 1000]
const lengths = [100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
const kernels = [2, 3, 5, 7, 9, 13, 17, 23, 31]

const image = (k: number): Omit<Course, 'usualMs'> => ({
  ...{ id: `image-${k}`, family: 'image', variant: `${k}×${k}`, sizes: articleSizes },
  ...{ caseOf: (n) => `${n}x${n} * ${k}x${k}`, weights: 'random', article: 1 },
})

const kernel = (weights: Weights): Course => ({
  ...{ id: `kernel-${weights}`, family: 'kernel', variant: weights, sizes: kernels, weights },
  ...{ caseOf: (k) => `256x256 * ${k}x${k}`, article: 1, usualMs: [1e-2, 1e3] },
})

const signal = (taps: number, usualMs: Course['usualMs']): Course => ({
  ...{ id: `signal-${taps}`, family: 'signal', variant: String(taps), sizes: lengths, usualMs },
  ...{ caseOf: (n) => `${n} * ${taps} same`, weights: 'random', article: undefined },
})

export const courses: readonly Course[] = [
  // Up to the seconds that article 1 prints.
  { ...image(2), usualMs: [1e-4, 1e4] },
  { ...image(3), usualMs: [1e-4, 1e2] },
  kernel('random'),
  kernel('gaussian'),
  signal(9, [1e-4, 1e2]),
  signal(129, [1e-3, 1e3]),
  {
    ...{ id: 'layer', family: 'layer', variant: '', sizes: [4, 7, 14, 28, 56, 112] },
    ...{ caseOf: (n) => `1x16x${n}x${n} * 16x16x3x3 p1`, weights: 'random' },
    ...{ article: undefined, usualMs: [1e-3, 1e2] },
  },
  {
    ...{ id: 'picture', family: 'picture', variant: '', sizes: [11, 22, 55, 110, 220, 440] },
    ...{ caseOf: (n) => `1x3x${n}x${n} * 1x3x3x3 p1`, weights: 'random', article: 2 },
    usualMs: [1e-3, 1e3],
  },
]

export const courseOf = (id: string): Course | undefined =>
  courses.find((course) => course.id === id)

export const usualCourse: Course = courses[0]!

export const inFamily = (family: Family): readonly Course[] =>
  courses.filter((course) => course.family === family)
