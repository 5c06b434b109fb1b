/**
 * Which algorithms may be asked for by name? A list, so that options can be checked where no
 * algorithm is known.
 *
 * In the order in which ties between equal predictions are broken; the one that never refuses
 * stands last. `algorithms/index.ts` has the algorithm of every name.
 */

import { OptionError } from '../errors.ts'
import { closestName, formatValue } from './format-value.ts'

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

/** The name itself, or `OptionError` with the nearest that there is. */
export function checkedAlgorithm(name: string): string {
  if (name === 'auto' || algorithmNames.some((known) => known === name)) return name
  const near = closestName(name, algorithmNames)
  const hint = near === undefined ? '' : ` Did you mean ${formatValue(near)}?`
  throw new OptionError(
    'ALGORITHM_UNKNOWN',
    `algorithm ${formatValue(name)} is not known: there are ${algorithmNames.join(', ')} and ` +
      `auto.${hint}`,
  )
}
