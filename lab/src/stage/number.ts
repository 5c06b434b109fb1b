/**
 * Numbers as the first screen shows them: exact where there is room, else rounded with “≈”.
 */

import { exactText, shortText } from '../model/number-text.ts'
import { roundOff } from './stage-model.ts'

const maxDigits = 11

export function numberText(value: number): string {
  const exact = exactText(roundOff(value))
  return exact.replace(/[^\d]/g, '').length > maxDigits ? shortText(value) : exact
}

/** A number in a narrow cell: at most `length` characters if rounding makes that possible. */
export function narrowText(value: number, length: number): string {
  const exact = numberText(value)
  if (exact.length <= length) return exact
  for (let digits = 2; digits >= 0; digits--) {
    const text = `≈${exactText(Number(value.toFixed(digits)))}`
    if (text.length <= length || digits === 0) return text
  }
  return exact
}
