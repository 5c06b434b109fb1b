/** What the numbers of the examples mean: sums of dice, polynomials, and numbers with digits. */

import { exactText } from '../model/number-text.ts'
import { cleanedOf, type FftModel } from './fft-model.ts'

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** 10¹², x²: the first two powers are written without one. */
export const powerText = (base: string, power: number): string =>
  power === 0
    ? '1'
    : power === 1
      ? base
      : `${base}${Array.from(String(power), (digit) => superscripts[Number(digit)]).join('')}`

/** 1 + 2x − x² + 3x³: without the powers that are not there. */
export function polynomialText(coefficients: readonly number[]): string {
  const terms = coefficients.flatMap((value, power) => {
    if (value === 0) return []
    const size = Math.abs(value)
    const text =
      power === 0 ? exactText(size) : `${size === 1 ? '' : exactText(size)}${powerText('x', power)}`
    return [{ isNegative: value < 0, text }]
  })
  if (terms.length === 0) return '0'
  return terms
    .map(({ isNegative, text }, i) =>
      i === 0 ? `${isNegative ? '−' : ''}${text}` : ` ${isNegative ? '−' : '+'} ${text}`,
    )
    .join('')
}

/** The number with these digits, the ones first, with their carries. */
export const numberOf = (digits: readonly number[]): number =>
  digits.reduceRight((number, digit) => number * 10 + digit, 0)

/** The results, without the error of float64. */
export const resultsOf = (model: FftModel): readonly number[] =>
  cleanedOf(model, 'y').map(({ re }) => re)

/** The sum of two dice that comes most often, how often, and of how many throws. */
export function commonSum(model: FftModel): readonly [sum: number, count: number, all: number] {
  const results = resultsOf(model)
  const count = Math.max(...results)
  const all = results.reduce((sum, value) => sum + value, 0)
  // The first face of each die is 1.
  return [results.indexOf(count) + 2, count, all]
}
