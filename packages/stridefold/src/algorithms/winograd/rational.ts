/**
 * Exact fractions of integers. The transforms are derived and verified with them and become
 * floating-point numbers only at the end.
 *
 * A fraction is in lowest terms with a positive denominator, so equal fractions have equal parts.
 */

export interface Rational {
  readonly over: bigint
  readonly under: bigint
}

export function rational(over: bigint | number, under: bigint | number = 1n): Rational {
  const [a, b] = [BigInt(over), BigInt(under)]
  const divisor = gcd(a < 0n ? -a : a, b < 0n ? -b : b) * (b < 0n ? -1n : 1n)
  return { over: a / divisor, under: b / divisor }
}

export const zero: Rational = { over: 0n, under: 1n }
export const one: Rational = { over: 1n, under: 1n }

export const plus = (x: Rational, y: Rational): Rational =>
  rational(x.over * y.under + y.over * x.under, x.under * y.under)
export const minus = (x: Rational, y: Rational): Rational =>
  rational(x.over * y.under - y.over * x.under, x.under * y.under)
export const times = (x: Rational, y: Rational): Rational =>
  rational(x.over * y.over, x.under * y.under)
/** `y` is not 0. */
export const quotient = (x: Rational, y: Rational): Rational =>
  rational(x.over * y.under, x.under * y.over)
export const toNumber = (x: Rational): number => Number(x.over) / Number(x.under)

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))
