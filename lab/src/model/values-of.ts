/**
 * The numbers of an array: from a list, from a seed, or as a signal or weighting in each row along
 * the last axis.
 */

import type { Numbers } from '../state/state.ts'
import { product, randomFractions } from './numbers.ts'
import { signalOf, weightingOf } from './signals.ts'

/**
 * All numbers of an array of this shape. With only a seed they are integers from `least` to `most`.
 */
export function valuesOf(
  numbers: Numbers,
  shape: readonly number[],
  [min, max]: readonly [number, number],
): readonly number[] {
  if ('values' in numbers) return numbers.values
  const rows = product(shape.slice(0, -1))
  const length = shape.at(-1)!
  if ('signal' in numbers)
    return Array.from({ length: rows }, (_, row) =>
      signalOf({ ...numbers, seed: numbers.seed + row }, length),
    ).flat()
  if ('weighting' in numbers) {
    const weights = weightingOf(numbers.weighting, length)
    return Array.from({ length: rows }, () => weights).flat()
  }
  const next = randomFractions(numbers.seed)
  return Array.from({ length: rows * length }, () => min + Math.floor(next() * (max - min + 1)))
}
