/**
 * Which sample does each place of a padded axis read? The library answers: its definition pads the
 * numbers 1, 2, 3, … of the samples, and 0 is the constant of the border.
 */

import { type ConvGeometry, ndarray, parseCase } from 'stridefold/sync'
import { definition } from 'stridefold/verify'

export type Border = ConvGeometry['boundary'][number]

/** A place that reads the constant of the border instead of a sample. */
export const outside = -1

/** The sample of each place: `before` places, those of the samples, then `after` places. */
export function borderSamples(
  count: number,
  [before, after]: readonly [before: number, after: number],
  border: Border,
): Int32Array {
  const rule = typeof border === 'object' ? 'zero' : border
  const numbers = Float64Array.from({ length: count }, (_, i) => i + 1)
  const { values } = definition(parseCase(`${count} * 1 p${before}:${after} ${rule}`), {
    input: ndarray(numbers, [1, 1, count]),
    kernel: ndarray([1], [1, 1, 1]),
  })
  return Int32Array.from(values, (number) => (number === 0 ? outside : number - 1))
}
