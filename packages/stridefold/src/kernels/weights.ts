/**
 * A kernel as plain numbers: computed from a formula, or read from an array.
 *
 * Weights are computed in float64 and stored as float32 that are weakly typed (`untyped`): a kernel
 * takes the dtype of the other operand.
 */

import { OptionError } from '../errors.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { ndarray } from '../ndarray/create.ts'
import { binaryLogarithm } from '../ndarray/elementary.ts'
import { indexAt } from '../ndarray/indices.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'

/** A contiguous row-major kernel. */
export interface Weights {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** Maximum number of weights that are analysed one by one. */
const maxAnalyzedWeights = 2 ** 20

/**
 * Returns the weights of a kernel. Throws `OptionError` (`KERNEL_TOO_LARGE`) if there are too many.
 */
export function weightsOf(kernel: ArrayInput): Weights {
  const array = asReadable(kernel, 'kernel')
  const count = elementCount(array.shape)
  if (count > maxAnalyzedWeights) {
    throw new OptionError(
      'KERNEL_TOO_LARGE',
      `the kernel has ${count} weights, but at most ${maxAnalyzedWeights} are analysed. ` +
        'Analyse a part of it.',
    )
  }
  const { shape, data } = contiguousCopy(promoteUntyped(array, 'float64'))
  return { shape, values: Array.from(data) }
}

export function arrayOf({ shape, values }: Weights): NdArray<'float32'> {
  return ndarray(values, shape)
}

/**
 * The value of `f` at every element. Its arguments are the distances from the centre, per axis.
 * Along axes of even extent they are multiples of one half.
 */
export function sampleWeights(
  shape: readonly number[],
  f: (...fromMiddle: number[]) => number,
): Weights {
  const values = Array.from({ length: elementCount(shape) }, (_, position) =>
    f(...indexAt(shape, position).map((i, axis) => i - (shape[axis]! - 1) / 2)),
  )
  return { shape, values }
}

export function scaleWeights({ shape, values }: Weights, factor: number): Weights {
  return { shape, values: values.map((value) => value * factor) }
}

/** Σ w, rounded once (Neumaier's compensated sum). */
export function total(values: readonly number[]): number {
  let sum = 0
  let compensation = 0
  for (const value of values) {
    const next = sum + value
    compensation += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return sum + compensation
}

/** The weights divided by their sum. */
export function normalizeWeights(weights: Weights): Weights {
  const sum = total(weights.values)
  return { shape: weights.shape, values: weights.values.map((value) => value / sum) }
}

/**
 * Returns the same weights with a sum of exactly 0, in float32 and in float64. The weights are
 * rounded to a grid so coarse that float32 holds each of them exactly. The remaining sum is
 * subtracted from the centre. All extents must be odd, and the sum must already be 0 up to float64
 * rounding.
 */
export function zeroSumWeights({ shape, values }: Weights): Weights {
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const step = 2 ** (Math.ceil(binaryLogarithm(largest)) - 23)
  // Halves are rounded away from zero on both sides, so that opposite weights stay opposite. + 0
  // turns −0 into 0.
  const steps = values.map((value) => Math.sign(value) * Math.round(Math.abs(value) / step) + 0)
  steps[(steps.length - 1) / 2]! -= steps.reduce((sum, n) => sum + n, 0)
  return { shape, values: steps.map((n) => n * step) }
}
