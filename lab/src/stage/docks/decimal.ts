/**
 * Exact decimal numbers: digits / 10^places. Sums and products of the numbers on the page are
 * exact, so that rounding by float32 can be seen.
 */

import { exactText } from '../../model/number-text.ts'

export interface Decimal {
  readonly digits: bigint
  readonly places: number
}

/** The decimal number that the page shows for a number; undefined for NaN and infinities. */
export function decimalOf(value: number): Decimal | undefined {
  if (!Number.isFinite(value)) return undefined
  if (Number.isSafeInteger(value)) return { digits: BigInt(value), places: 0 }
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^(−?)(\d+)(?:\.(\d+))?(?:e([−\d]+))?$/.exec(exactText(value)) ?? []
  const places = fraction.length - Number(power.replace('−', '-'))
  const digits = BigInt(`${whole}${fraction}`) * (sign ? -1n : 1n)
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 }
}

export const times = (a: Decimal, b: Decimal): Decimal => ({
  digits: a.digits * b.digits,
  places: a.places + b.places,
})

export function plus(a: Decimal, b: Decimal): Decimal {
  const places = Math.max(a.places, b.places)
  const at = ({ digits, places: own }: Decimal): bigint => digits * 10n ** BigInt(places - own)
  return { digits: at(a) + at(b), places }
}

/** The most decimal places of a quotient that are tried. */
const maxPlaces = 24

/** a / b; undefined if the quotient has no end or too many places. */
export function dividedBy(a: Decimal, b: Decimal): Decimal | undefined {
  // a / b = (a.digits · 10^b.places) / (b.digits · 10^a.places)
  const [numerator, denominator] = [
    a.digits * 10n ** BigInt(b.places + maxPlaces),
    b.digits * 10n ** BigInt(a.places),
  ]
  return numerator % denominator === 0n
    ? { digits: numerator / denominator, places: maxPlaces }
    : undefined
}

/** All digits, without zeros at the end. */
export function decimalText({ digits, places }: Decimal): string {
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  const fraction = text.slice(text.length - places).replace(/0+$/, '')
  return `${digits < 0n ? '−' : ''}${whole}${fraction && `.${fraction}`}`
}
