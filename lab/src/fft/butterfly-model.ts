/**
 * The fast transform of a power of two points, stage by stage (J. W. Cooley and J. W. Tukey, 1965).
 * The numbers are sorted by the reversed binary digits of their index. Then each stage computes
 * pairs: a + w·b and a − w·b, where w is a point of the unit circle.
 */

import { type Complex, onCircle, product } from './fft-model.ts'

/** A number of a stage; stage 0 has the sorted numbers. */
export interface Node {
  readonly stage: number
  readonly place: number
}

/** How a number of a stage is computed from the stage before. */
export interface Butterfly {
  /** The places of a and b. */
  readonly a: number
  readonly b: number
  /** w is the circle after `step` of `steps` steps, backwards. */
  readonly step: number
  readonly steps: number
  readonly isMinus: boolean
}

export const isPowerOfTwo = (points: number): boolean =>
  points > 1 && Number.isInteger(Math.log2(points))

/** The place of a number after sorting: its index with reversed binary digits. */
export function reversed(index: number, points: number): number {
  let result = 0
  for (let bit = 1; bit < points; bit *= 2) result = 2 * result + (index & bit ? 1 : 0)
  return result
}

export function butterflyOf({ stage, place }: Node): Butterfly {
  const steps = 2 ** stage
  const first = Math.floor(place / steps) * steps
  const step = (place - first) % (steps / 2)
  return {
    ...{ a: first + step, b: first + step + steps / 2, step, steps },
    isMinus: place - first >= steps / 2,
  }
}

/** All stages; the last one is the spectrum. */
export function butterflyStages(values: readonly Complex[]): readonly (readonly Complex[])[] {
  const points = values.length
  const stages = [values.map((_, place) => values[reversed(place, points)]!)]
  for (let stage = 1; 2 ** stage <= points; stage++) {
    const from = stages.at(-1)!
    stages.push(
      from.map((_, place) => {
        const { a, b, step, steps, isMinus } = butterflyOf({ stage, place })
        const turned = product(onCircle(-step, steps), from[b]!)
        const sign = isMinus ? -1 : 1
        return { re: from[a]!.re + sign * turned.re, im: from[a]!.im + sign * turned.im }
      }),
    )
  }
  return stages
}

/** Multiplications by points of the circle: one for each pair of each stage. */
export const butterflyProducts = (points: number): number => (points / 2) * Math.log2(points)
