/**
 * float16 by exact arithmetic, apart from the library: every number of float16 is a multiple of
 * 2⁻²⁴, and every double is a fraction of two integers.
 */

const bits = new DataView(new ArrayBuffer(8))

/** value · 2²⁴ as a fraction of integers, for finite numbers. */
function unitsOf(value: number): readonly [numerator: bigint, denominator: bigint] {
  bits.setFloat64(0, value)
  const word = bits.getBigUint64(0)
  const exponent = Number((word >> 52n) & 0x7ffn)
  const fraction = (word & (2n ** 52n - 1n)) + (exponent === 0 ? 0n : 2n ** 52n)
  const power = BigInt(Math.max(exponent, 1) - 1075 + 24)
  const magnitude = power >= 0n ? fraction << power : fraction
  return [value < 0 ? -magnitude : magnitude, power >= 0n ? 1n : 2n ** -power]
}

/** The numbers ≥ 0 in units of 2⁻²⁴, by their bits. The last one, 2¹⁶, stands for infinity. */
const magnitudes: readonly bigint[] = Array.from({ length: 0x7c01 }, (_, half) => {
  const [exponent, fraction] = [half >> 10, BigInt(half & 1023)]
  return exponent === 0 ? fraction : (1024n + fraction) << BigInt(exponent - 1)
})

/** The bits of the nearest number of float16, half to even. */
export function nearestHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  if (Math.abs(value) >= 2 ** 16) return sign | 0x7c00
  const [numerator, denominator] = unitsOf(Math.abs(value))
  // The last number that is not above the value.
  let [low, high] = [0, magnitudes.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (magnitudes[middle]! * denominator <= numerator) low = middle
    else high = middle
  }
  const below = numerator - magnitudes[low]! * denominator
  const above = magnitudes[high]! * denominator - numerator
  return sign | (below < above || (below === above && low % 2 === 0) ? low : high)
}

/** The number that these bits of float16 are. */
export function numberOfHalf(half: number): number {
  const magnitude = half & 0x7fff
  const value =
    magnitude > 0x7c00
      ? Number.NaN
      : magnitude === 0x7c00
        ? Number.POSITIVE_INFINITY
        : Number(magnitudes[magnitude]) / 2 ** 24
  return half >= 0x8000 ? -value : value
}

/** The nearest number of float16. */
export const halfOf = (value: number): number => numberOfHalf(nearestHalf(value))
