/**
 * How long are the texts of a problem's numbers at most? Cells and digits get their size from this,
 * so that it stays while the window moves.
 */

import { numberText } from '../number.ts'
import type { StageModel } from '../stage-model.ts'

/** Only so many samples of a large input are read. */
const readSamples = 400
const pictureSamples = [0, 255]

export const longestText = (values: readonly number[]): number =>
  Math.max(1, ...values.map((value) => numberText(value).length))

/** The smallest and the largest sample, and the one with the longest text. */
export function tellingSamples({ input, isPicture }: StageModel): readonly number[] {
  if (isPicture) return pictureSamples
  let [low, high, long] = [0, 0, 0]
  let length = 0
  for (let i = 0; i < Math.min(input.data.length, readSamples); i++) {
    const value = input.data[i]!
    low = Math.min(low, value)
    high = Math.max(high, value)
    const text = numberText(value)
    if (text.length > length) [long, length] = [value, text.length]
  }
  return [low, high, long]
}

export interface TextLengths {
  readonly weight: number
  readonly product: number
  /** A result, or the steps from the sum to the result, such as 3071 ÷ 16. */
  readonly result: number
  readonly difference: number
}

/** Rounded numbers in narrow cells have at most this many characters. */
export const narrowLength = 6
const longestResult = 9

export function textLengths(model: StageModel): TextLengths {
  const { divisor, bias } = model
  const weights = Array.from(model.kernel.data)
  const samples = tellingSamples(model)
  const products = weights.flatMap((weight) => samples.map((sample) => sample * weight))
  const largest = Math.max(...samples.map(Math.abs))
  const sum = -largest * weights.reduce((total, weight) => total + Math.abs(weight), 0)
  const isPlain = divisor === 1 && bias === 0 && products.every(Number.isInteger)
  const steps =
    numberText(sum) +
    (divisor === 1 ? '' : ` ÷ ${numberText(divisor)}`) +
    (bias === 0 ? '' : ` + ${numberText(Math.abs(bias))}`)
  return {
    weight: longestText(weights),
    product: longestText(products),
    result: isPlain ? longestText([sum]) : Math.max(longestResult, steps.length),
    difference: isPlain ? Math.min(narrowLength, longestText([2 * sum])) : narrowLength,
  }
}
