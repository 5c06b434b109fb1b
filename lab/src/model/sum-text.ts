/**
 * The sum of an output as text: with its bias, and rounded to the dtype of the output.
 */

import type { Tap } from 'stridefold/sync'
import { exactText } from './number-text.ts'
import { placeOf } from './numbers.ts'
import type { ViewModel } from './view-model.ts'

/** `word`: the text for the bias. */
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
