/**
 * Numbers as the first screen shows them: exact where there is room, with a power of ten if that is
 * shorter, else rounded with “≈”.
 */

import { exactText, shortText } from '../model/number-text.ts'
import { type Product, roundOff } from './stage-model.ts'

const maxDigits = 11

export function numberText(value: number): string {
  const exact = exactText(roundOff(value))
  if (digitsOf(exact) <= maxDigits) return exact
  const power = powerText(value)
  if (digitsOf(power) <= maxDigits) return power
  const short = shortText(value)
  return digitsOf(short) <= maxDigits ? short : `≈${powerText(Number(value.toPrecision(6)))}`
}

const digitsOf = (text: string): number => text.replace(/[^\d]/g, '').length

/** All digits of the number, times a power of ten: `1.5e12`. */
const powerText = (value: number): string =>
  value.toExponential().replaceAll('-', '−').replace('e+', 'e')

/** A product in one line: 243 × (−2) = −486. */
export function productLine({
  value,
  weight,
  product,
}: Pick<Product, 'value' | 'weight' | 'product'>): string {
  const factor = weight < 0 ? `(${numberText(weight)})` : numberText(weight)
  return `${numberText(value)} × ${factor} = ${numberText(product)}`
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
