/**
 * The sum behind an output, as it is said: with its bias, and as the output holds it.
 */

import type { Tap } from 'stridefold/sync'
import { exactText } from './number-text.ts'
import { placeOf } from './numbers.ts'
import type { ViewModel } from './view-model.ts'

/** `bias`: the word for it. */
export function sumText(
  taps: readonly Tap[],
  { output, shapes, bias, geometry }: ViewModel,
  word: string,
): string {
  const last = taps.at(-1)!
  const result = exactText(output.data[placeOf(last.output, shapes.output)])
  const sum = last.sum ?? Number.NaN
  return bias === 0
    ? result
    : `${exactText(geometry.dtype === 'float32' ? Math.fround(sum) : sum)} + ${word} ` +
        `${exactText(bias)} = ${result}`
}
