/**
 * The sum of an output as text: with its bias, and rounded to the dtype of the output.
 */

import type { Highlight } from './highlight.ts'
import { exactText } from './number-text.ts'
import { placeOf } from './numbers.ts'
import type { ViewModel } from './view-model.ts'

/** `word`: the text for the bias. */
export function sumText(
  { taps, sum }: Pick<Highlight, 'taps' | 'sum'>,
  { output, shapes, bias, geometry }: ViewModel,
  word: string,
): string {
  const first = taps[0]!
  const result = exactText(output.data[placeOf(first.output, shapes.output)])
  const exact = sum() ?? Number.NaN
  return bias === 0
    ? result
    : `${exactText(geometry.dtype === 'float32' ? Math.fround(exact) : exact)} + ${word} ` +
        `${exactText(bias)} = ${result}`
}
