/**
 * Are all weights multiples of one power of two? Sums of their products with whole numbers are then
 * multiples of it too, and float32 holds
 * such sums exactly as long as they stay below 2²⁴ of those units.
 */

/** Above this the unit of float32's smallest number has been passed. */
const most = 149

/**
 * The smallest m ≥ 0 for which every value is a whole multiple of 2⁻ᵐ; undefined where none up to
 * 149 is, or a value is not finite.
 */
export function dyadicExponent(values: ArrayLike<number>): number | undefined {
  let [exponent, scale] = [0, 1]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) return undefined
    while (!Number.isInteger(value * scale)) {
      if (exponent === most) return undefined
      exponent++
      scale *= 2
    }
  }
  return exponent
}
