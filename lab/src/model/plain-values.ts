/**
 * The numbers of an array from a list, from a seed or from a picture: everything that the first
 * screen shows. Signals and weightings need more of the library (values-of.ts).
 */

import type { PlainNumbers } from '../state/fits-stage.ts'
import { product, randomFractions } from './numbers.ts'
import { pixelsOf } from './pictures.ts'

/** With only a seed, the numbers are integers from `min` to `max`. */
export function plainValues(
  numbers: PlainNumbers,
  shape: readonly number[],
  [min, max]: readonly [number, number],
): readonly number[] {
  if ('values' in numbers) return numbers.values
  if ('picture' in numbers) return pixelsOf(numbers.picture)
  const next = randomFractions(numbers.seed)
  const values = new Array<number>(product(shape))
  for (let i = 0; i < values.length; i++) values[i] = min + Math.floor(next() * (max - min + 1))
  return values
}

/** The range of the numbers that follow from a seed. */
export const inputRange = [0, 9] as const
export const kernelRange = [-3, 3] as const
