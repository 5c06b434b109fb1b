/**
 * Numbers in cells of a fixed width: exact where there is room, else rounded with “≈”.
 */

import { exactText, shortText } from '../../model/number-text.ts'

const maxDigits = 12

/**
 * The number with as many digits as `characters` can hold. If even one digit has no room, an empty
 * text: no number is better than a wrong one.
 */
export function fittedText(value: number, characters: number): string {
  const exact = exactText(value)
  if (exact.length <= characters) return exact
  for (let digits = maxDigits; digits > 0; digits--) {
    const text = shortText(value, digits)
    if (text.length <= characters) return text
  }
  return ''
}

/**
 * The fewest characters with which cells show numbers well: the longest exact text if it is short,
 * else “≈” with the digits before the point, or with one digit behind it.
 */
export function charactersFor(values: ArrayLike<number>): number {
  let [low, high, areWhole] = [0, 0, true]
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!)
    high = Math.max(high, values[i]!)
    areWhole &&= Number.isInteger(values[i]!)
  }
  const whole = Math.max(...[low, high].map((end) => exactText(Math.trunc(end)).length))
  if (areWhole) return whole
  const rounded = Math.max(whole + 1, '≈0.1'.length)
  let exact = whole
  for (let i = 0; i < values.length && exact < rounded; i++)
    exact = Math.max(exact, exactText(values[i]).length)
  return Math.min(exact, rounded)
}
