/**
 * Generates a random case that stridefold, PyTorch and SciPy can all compute: shapes, options and
 * data from a seed.
 *
 * Half of the cases have small integers as data, for which direct sums are exact in any order; the
 * others have fractions. For PyTorch and SciPy this file also computes the paddings as numbers,
 * independently of stridefold, from the definition of each padding name.
 */

import { count, numbers, type Packed, type RandomCase } from './random-case.ts'
import { randomLayer } from './random-layer.ts'
import { randomSignal } from './random-signal.ts'

/** Returns the case of a seed. */
export function randomCase(seed: number): RandomCase {
  const next = numbers(seed)
  const kind = (
    [
      'layer',
      'layer',
      'transposed',
      'gradient',
      'transposedGradient',
      'signal',
      'signal',
      'signal',
    ] as const
  )[next(8)]!
  const isInteger = next(2) === 0
  const make = (shape: readonly number[]): Packed => ({
    shape,
    data: Float64Array.from({ length: count(shape) }, () =>
      isInteger ? next(13) - 6 : Math.fround(next(2 ** 24) / 2 ** 23 - 1),
    ),
  })
  return kind === 'signal'
    ? randomSignal(next, make, isInteger)
    : randomLayer(next, make, kind, isInteger)
}
