/**
 * Exact fractions of integers. The transforms are derived and verified with them and become
 * floating-point numbers only at the end.
 *
 * A fraction is in lowest terms with a positive denominator, so equal fractions have equal parts.
 * The parts are far below 2³¹ for the points in use, so their arithmetic is exact.
 */

import { gcd } from '../../ndarray/gcd.ts'

export interface Rational {
  readonly numerator: number
  readonly denominator: number
}

export function rational(numerator: number, denominator = 1): Rational {
  const divisor = gcd(Math.abs(numerator), Math.abs(denominator)) * Math.sign(denominator)
  // Adding 0 turns −0 into 0.
  return { numerator: numerator / divisor + 0, denominator: denominator / divisor }
}

export const zero: Rational = { numerator: 0, denominator: 1 }
export const one: Rational = { numerator: 1, denominator: 1 }

export const plus = (x: Rational, y: Rational): Rational =>
  rational(x.numerator * y.denominator + y.numerator * x.denominator, x.denominator * y.denominator)
export const minus = (x: Rational, y: Rational): Rational =>
  rational(x.numerator * y.denominator - y.numerator * x.denominator, x.denominator * y.denominator)
export const times = (x: Rational, y: Rational): Rational =>
  rational(x.numerator * y.numerator, x.denominator * y.denominator)
/** `y` is not 0. */
export const quotient = (x: Rational, y: Rational): Rational =>
  rational(x.numerator * y.denominator, x.denominator * y.numerator)
export const toNumber = (x: Rational): number => x.numerator / x.denominator
