/**
 * A convolution as a product of spectra, step by step, in float64. The transforms are computed by
 * their definition, so that every number is a sum that the page can show. The convolution itself is
 * that of the library.
 */

import { ndarray, parseCase } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { type Stage, stagesFrom } from '../pages/stages.ts'
import {
  type ArrayName,
  type ComputedName,
  computedNames,
  type FftSettings,
  fullLength,
  pointsOf,
  type Signals,
  signalsOf,
} from './settings.ts'

export interface Complex {
  readonly re: number
  readonly im: number
}

export interface FftModel {
  readonly signals: Signals
  /** The points of the transforms. */
  readonly points: number
  /** All arrays with as many numbers; the given ones are followed by zeros. */
  readonly arrays: Readonly<Record<ArrayName, readonly Complex[]>>
  /** The whole convolution. */
  readonly direct: readonly number[]
}

export function fftModelOf(settings: FftSettings): FftModel {
  const signals = signalsOf(settings)
  const points = pointsOf(settings)
  const [x, k] = [signals.x, signals.k].map((values) => padded(values, points))
  const [X, K] = [spectrumOf(x!), spectrumOf(k!)]
  const P = X.map((bin, i) => product(bin, K[i]!))
  const y = P.map((_, place) => scaled(sumOf(termsIn(P, place, 1)), 1 / points))
  return { signals, points, arrays: { x: x!, k: k!, X, K, P, y }, direct: directOf(signals) }
}

const padded = (values: readonly number[], points: number): readonly Complex[] =>
  Array.from({ length: points }, (_, i) => ({ re: values[i] ?? 0, im: 0 }))

const spectrumOf = (values: readonly Complex[]): readonly Complex[] =>
  values.map((_, bin) => sumOf(termsIn(values, bin, -1)))

/** The convolution by its definition, with the library. */
function directOf({ x, k }: Signals): readonly number[] {
  const text = `1x1x${x.length} * 1x1x${k.length} p${k.length - 1} flip`
  const { values } = definition(
    { ...parseCase(text), dtype: 'float64' },
    {
      input: ndarray(Float64Array.from(x), [1, 1, x.length]),
      kernel: ndarray(Float64Array.from(k), [1, 1, k.length]),
    },
  )
  return Array.from(values)
}

export const product = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
})
const scaled = ({ re, im }: Complex, factor: number): Complex => ({
  re: re * factor,
  im: im * factor,
})
const sumOf = (terms: readonly Complex[]): Complex =>
  terms.reduce((sum, { re, im }) => ({ re: sum.re + re, im: sum.im + im }), { re: 0, im: 0 })

export const magnitude = ({ re, im }: Complex): number => Math.hypot(re, im)
/** In turns, from −½ to ½. */
export const phase = ({ re, im }: Complex): number => Math.atan2(im, re) / (2 * Math.PI)

/** The numbers whose sum is a bin, or `points` times a result: each is turned by its place. */
const termsIn = (values: readonly Complex[], place: number, sign: 1 | -1): readonly Complex[] =>
  values.map((value, i) => product(value, onCircle(sign * place * i, values.length)))

/** The point of the unit circle after `steps` of `points` steps: exact at quarters of a turn. */
export function onCircle(steps: number, points: number): Complex {
  const step = ((steps % points) + points) % points
  const quarters = (4 * step) / points
  if (Number.isInteger(quarters))
    return { re: [1, 0, -1, 0][quarters]!, im: [0, 1, 0, -1][quarters]! }
  const angle = (2 * Math.PI * step) / points
  return { re: Math.cos(angle), im: Math.sin(angle) }
}

/** What each transform reads. */
export const sources = { X: 'x', K: 'k', y: 'P' } as const
export type TransformName = keyof typeof sources
export const isTransform = (array: ArrayName): array is TransformName => array in sources

/** The numbers whose sum is a number of X, K or y. */
export function rotationsOf(
  { arrays, points }: FftModel,
  name: TransformName,
  place: number,
): readonly Complex[] {
  const terms = termsIn(arrays[sources[name]], place, name === 'y' ? 1 : -1)
  return name === 'y' ? terms.map((term) => scaled(term, 1 / points)) : terms
}

/** A product of the direct sum. Its place is beyond the last point if it wraps around. */
export interface DirectProduct {
  readonly x: number
  readonly k: number
  readonly wraps: boolean
}

/** The products that arrive at a place of the result, those that wrap around last. */
export function productsAt({ signals, points }: FftModel, place: number): readonly DirectProduct[] {
  const { x, k } = signals
  return [place, place + points].flatMap((at) =>
    x.flatMap((_, i): DirectProduct[] =>
      at - i >= 0 && at - i < k.length ? [{ x: i, k: at - i, wraps: at !== place }] : [],
    ),
  )
}

/** What belongs to a place of the result, and what has wrapped around to it. */
export const wrappedAt = (
  { direct, points }: FftModel,
  place: number,
): { readonly own: number; readonly wrapped: number } => ({
  own: direct[place] ?? 0,
  wrapped: direct[place + points] ?? 0,
})

/** How many numbers of the convolution have no place of their own. */
export const missingPlaces = ({ signals, points }: FftModel): number =>
  Math.max(0, fullLength(signals) - points)

/** The largest difference from the convolution with what has wrapped around. */
export const largestDifference = (model: FftModel): number =>
  Math.max(
    ...model.arrays.y.map(({ re }, place) => {
      const { own, wrapped } = wrappedAt(model, place)
      return Math.abs(re - own - wrapped)
    }),
  )

/** The numbers of an array, without the error of float64. */
export function cleanedOf({ arrays, points }: FftModel, name: ArrayName): readonly Complex[] {
  const [x, k] = [sizeOf(arrays.x), sizeOf(arrays.k)]
  const sums = { x, k, X: x, K: k, P: x * k, y: sizeOf(arrays.P) / points }
  return withoutError(arrays[name], sums[name])
}

/**
 * Removes the error of float64 from sums of numbers whose magnitudes have this sum: a number that
 * is near to a shorter one, beside that sum, becomes that one.
 */
export function withoutError(values: readonly Complex[], sum: number): readonly Complex[] {
  const error = sum * largestError
  const digits = Math.max(0, Math.min(100, Math.floor(-Math.log10(error)) - 1))
  const clean = (value: number): number => {
    const short = Number(value.toFixed(digits)) + 0
    return Math.abs(short - value) <= error ? short : value
  }
  return values.map(({ re, im }) => ({ re: clean(re), im: clean(im) }))
}

const largestError = 1e-13

/** The sum of the magnitudes. */
export const sizeOf = (values: readonly Complex[]): number =>
  values.reduce((sum, value) => sum + magnitude(value), 0)

/** The arrays in the order in which they are computed. */
export const stagesOf = ({ points }: FftModel): readonly Stage<ComputedName>[] =>
  stagesFrom(computedNames.map((name) => [name, points]))
