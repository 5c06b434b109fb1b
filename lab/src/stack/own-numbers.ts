/**
 * The numbers of the page's own layers. A number follows from its index only, so planes keep their
 * numbers when the layer grows or shrinks.
 */

import { parseCase } from 'stridefold/sync'
import type { ProblemNumbers } from '../model/arrays.ts'
import { indices, placeOf } from '../model/numbers.ts'
import { inputRange, kernelRange, plainValues } from '../model/plain-values.ts'
import { inputShape, kernelShape } from '../state/resized.ts'
import { most } from './settings.ts'

const seeds = { input: 7, kernel: 11 } as const
const largestInput = [most.batch, most.channels, most.rows, most.columns]
const largestKernel = [most.filters, most.channels, most.kernel, most.kernel]

export function ownNumbers(problem: string): ProblemNumbers {
  const g = parseCase(problem)
  return {
    problem,
    input: { values: cut(seeds.input, inputRange, largestInput, inputShape(g)) },
    kernel: { values: cut(seeds.kernel, kernelRange, largestKernel, kernelShape(g)) },
    divisor: 1,
    bias: 1,
  }
}

/** The numbers of the largest array at the indices of a smaller one. */
function cut(
  seed: number,
  range: readonly [number, number],
  largest: readonly number[],
  shape: readonly number[],
): readonly number[] {
  const all = plainValues({ seed }, largest, range)
  return Array.from(indices(shape), (index) => all[placeOf(index, largest)]!)
}
