/**
 * Which algorithms can be named in a call? This list is separate from the algorithms, so that
 * options can be checked without loading them.
 *
 * The order breaks ties: of two algorithms with equal predicted times, the planner takes the
 * earlier one. The last one can compute every problem. `algorithms/index.ts` has the algorithm of
 * each name.
 */

import { OptionError } from '../errors.ts'
import { didYouMean, formatValue } from './format-value.ts'

export const algorithmNames = [
  'separable',
  'winograd',
  'fft',
  'strided',
  'im2col',
  'toeplitz',
  'naive',
] as const

export type AlgorithmName = (typeof algorithmNames)[number]

/** Returns the name. Throws `OptionError` (`ALGORITHM_UNKNOWN`) that suggests the closest name. */
export function validateAlgorithm(name: string): string {
  if (name === 'auto' || algorithmNames.some((algorithm) => algorithm === name)) return name
  throw new OptionError(
    'ALGORITHM_UNKNOWN',
    `algorithm ${formatValue(name)} is not known: there are ${algorithmNames.join(', ')} and ` +
      `auto.${didYouMean(name, algorithmNames)}`,
  )
}
