/**
 * The heights of the digits of the lens and of the sum: the longest number that can appear fits.
 */

import { numberText } from './number.ts'
import { roundOff, type StageModel } from './stage-model.ts'

/** The mean width of a digit, as a share of its height. */
const digitWidth = 0.575

/** The scale beside the sum, with its space. */
export const scaleWidth = 62

/** The height of the digits of the sum: the longest result fits into the room. */
export const fitSum = ({ output }: StageModel, usual: number, room: number): number => {
  const texts = longestNumbers(output.data).map((value) => numberText(value).length)
  return Math.min(usual, room / (Math.max(1, ...texts) * digitWidth))
}

/** The sizes of the digits of the lens: the longest possible number fits its cell. */
export function digitSizes(
  model: StageModel,
  base: number,
  widths: { readonly window: number; readonly kernel: number; readonly product: number },
  space: number,
): { readonly window: number; readonly kernel: number; readonly product: number } {
  const samples = model.isPicture ? [255] : longestNumbers(model.padded.data)
  const weights = Array.from(model.kernel.data)
  const longest = (values: readonly number[]): number =>
    Math.max(1, ...values.map((value) => numberText(value).length))
  const fit = (width: number, length: number): number =>
    Math.min(base, (width - space) / (length * digitWidth))
  const productsOf = weights.flatMap((weight) => samples.map((sample) => roundOff(weight * sample)))
  return {
    window: fit(widths.window, longest(samples)),
    kernel: fit(widths.kernel, longest(weights)),
    product: fit(widths.product, longest(productsOf)),
  }
}

const checkedNumbers = 256

/** A few numbers of an array whose texts are the longest. Of a large array some are read. */
function longestNumbers(data: ArrayLike<number>): readonly number[] {
  const byLength = new Map<number, number>()
  const step = Math.ceil(data.length / checkedNumbers)
  for (let i = 0; i < data.length; i += step) byLength.set(numberText(data[i]!).length, data[i]!)
  return [...byLength]
    .sort(([a], [b]) => b - a)
    .slice(0, 3)
    .map(([, value]) => value)
}
