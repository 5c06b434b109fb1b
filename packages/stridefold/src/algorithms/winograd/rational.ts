/**
 * Exact fractions of integers. The transforms are derived and verified with them and become
 * floating-point numbers only at the end.
 *
 * A fraction is in lowest terms with a positive denominator, so equal fractions have equal parts.
 */

export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

export function rational(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
  const [a, b] = [BigInt(numerator), BigInt(denominator)]
  const divisor = gcd(a < 0n ? -a : a, b < 0n ? -b : b) * (b < 0n ? -1n : 1n)
  return { numerator: a / divisor, denominator: b / divisor }
}

export const zero: Rational = { numerator: 0n, denominator: 1n }
export const one: Rational = { numerator: 1n, denominator: 1n }

export const plus = (x: Rational, y: Rational): Rational =>
  rational(x.numerator * y.denominator + y.numerator * x.denominator, x.denominator * y.denominator)
export const minus = (x: Rational, y: Rational): Rational =>
  rational(x.numerator * y.denominator - y.numerator * x.denominator, x.denominator * y.denominator)
export const times = (x: Rational, y: Rational): Rational =>
  rational(x.numerator * y.numerator, x.denominator * y.denominator)
/** `y` is not 0. */
export const quotient = (x: Rational, y: Rational): Rational =>
  rational(x.numerator * y.denominator, x.denominator * y.numerator)
export const toNumber = (x: Rational): number => Number(x.numerator) / Number(x.denominator)

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))
