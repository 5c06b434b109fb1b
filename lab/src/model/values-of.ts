/**
 * The numbers of an array, from every source: plain ones (plain-values.ts), or a signal or a
 * weighting in each row along the last axis.
 */

import type { LabState, Numbers } from '../state/state.ts'
import { product } from './numbers.ts'
import { kernelRange, plainValues } from './plain-values.ts'
import { signalOf, weightingOf } from './signals.ts'

/** All numbers of an array of this shape. `range` is that of numbers from a seed. */
export function valuesOf(
  numbers: Numbers,
  shape: readonly number[],
  range: readonly [number, number],
): readonly number[] {
  const rows = product(shape.slice(0, -1))
  const length = shape.at(-1)!
  if ('signal' in numbers)
    return Array.from({ length: rows }, (_, row) =>
      signalOf({ ...numbers, seed: numbers.seed + row }, length),
    ).flat()
  if (!('weighting' in numbers)) return plainValues(numbers, shape, range)
  const weights = weightingOf(numbers.weighting, length)
  return Array.from({ length: rows }, () => weights).flat()
}

/** The weights of a kernel: its numbers divided by its divisor. */
export function weightsOf(
  { kernel, divisor }: Pick<LabState, 'kernel' | 'divisor'>,
  shape: readonly number[],
): readonly number[] {
  const values = valuesOf(kernel, shape, kernelRange)
  return divisor === 1 ? values : values.map((value) => value / divisor)
}
