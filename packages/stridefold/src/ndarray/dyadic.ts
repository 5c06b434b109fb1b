/**
 * Are all weights multiples of one power of two, 2⁻ᵐ? Then sums of their products with whole
 * numbers are multiples of 2⁻ᵐ too. float32 holds such sums exactly while they stay below
 * 2²⁴·2⁻ᵐ.
 */

/** The smallest positive number of float32 is 2⁻¹⁴⁹. */
const maxExponent = 149

/**
 * The smallest m from 0 to 149 for which every value is a whole multiple of 2⁻ᵐ. Undefined if there
 * is none, or if a value is not finite.
 */
export function dyadicExponent(values: ArrayLike<number>): number | undefined {
  let [exponent, scale] = [0, 1]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) return undefined
    while (!Number.isInteger(value * scale)) {
      if (exponent === maxExponent) return undefined
      exponent++
      scale *= 2
    }
  }
  return exponent
}
