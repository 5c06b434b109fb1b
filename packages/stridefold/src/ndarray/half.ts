/**
 * Numbers of 16 bits (IEEE 754 binary16), in engines with and without Float16Array.
 *
 *   sign · exponent (5) · fraction (10)      2^(exponent − 25) · (1024 + fraction)
 *                                            2⁻²⁴ · fraction, for exponent 0
 */

import { roundHalfToEven } from './rounding.ts'

/** Halfway between the largest number, 65504, and 2¹⁶. It rounds to infinity. */
const overflow = 65520

/** The number that these bits are. */
export function halfValue(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

/** The bits of the nearest number; half to even. Rounds once, whatever the digits of `value`. */
export function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (magnitude >= overflow) return sign | 0x7c00
  // Below 2⁻¹⁴ the numbers are no closer to each other than above it.
  const exponent = exponentOf(magnitude)
  // The quotient is exact, because the divisor is a power of two.
  const units = roundHalfToEven(magnitude / 2 ** (exponent - 10))
  // 1024 units or more count the exponent up by one, and 2048 of them by two.
  return sign | ((exponent + 14) * 1024 + units)
}

/** The largest e ≥ −14 with 2^e ≤ value; −14 if there is none. */
function exponentOf(value: number): number {
  let exponent = -14
  for (let next = 2 ** -13; next <= value; next *= 2) exponent++
  return exponent
}
