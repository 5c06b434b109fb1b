/**
 * How do exponentials, sines and logarithms get the same bits in every engine? Math.exp, Math.sin,
 * Math.tanh, Math.log2 and Math.hypot differ between engines. This file uses only + − × ÷, which
 * IEEE 754 defines to the last bit.
 *
 *   exponential   eˣ = 2ⁿ·eʳ with |r| ≤ ln 2 / 2, a series in r
 *   sine, cosine  the angle is reduced exactly to an eighth of a turn before it is multiplied by π
 *   logarithm     log₂ by the series of artanh
 *
 * Each series ends when its terms are below half a unit in the last place. The errors are one or
 * two units in the last place.
 */

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

// Twiddle tables call the next two functions millions of times. Compilers do best with the series
// written out.
const [s3, s5, s7, s9] = [-1 / factorial(3), 1 / factorial(5), -1 / factorial(7), 1 / factorial(9)]
const [s11, s13, s15, s17] = [
  -1 / factorial(11),
  1 / factorial(13),
  -1 / factorial(15),
  1 / factorial(17),
]
const [c4, c6, c8, c10] = [
  1 / factorial(4),
  -1 / factorial(6),
  1 / factorial(8),
  -1 / factorial(10),
]
const [c12, c14, c16] = [1 / factorial(12), -1 / factorial(14), 1 / factorial(16)]

/** sin x / x, given x². */
const sineOver = (q: number): number =>
  1 + q * (s3 + q * (s5 + q * (s7 + q * (s9 + q * (s11 + q * (s13 + q * (s15 + q * s17)))))))

/** cos x, given x². */
const cosineOf = (q: number): number =>
  1 + q * (-0.5 + q * (c4 + q * (c6 + q * (c8 + q * (c10 + q * (c12 + q * (c14 + q * c16)))))))

/** The sine and the cosine of 2π · part / whole. Exact for multiples of a quarter turn. */
export function turn(
  part: number,
  whole: number,
): { readonly sine: number; readonly cosine: number } {
  const remainder = ((part % whole) + whole) % whole
  const quarter = Math.floor((8 * remainder + whole) / (2 * whole))
  const angle = (Math.PI / 2) * ((4 * remainder - quarter * whole) / whole)
  const square = angle * angle
  const s = angle * sineOver(square)
  const c = cosineOf(square)
  switch (quarter % 4) {
    case 0:
      return { sine: s, cosine: c }
    case 1:
      return { sine: c, cosine: 0 - s }
    case 2:
      return { sine: 0 - s, cosine: 0 - c }
    default:
      return { sine: 0 - c, cosine: s }
  }
}

const bits = new DataView(new ArrayBuffer(8))

/** 2ⁿ for −1022 ≤ n ≤ 1023. */
function twoTo(n: number): number {
  bits.setInt32(0, (n + 1023) << 20)
  bits.setInt32(4, 0)
  return bits.getFloat64(0)
}

// ln 2 in two parts. The first has so few bits that its product with an exponent is exact.
const [ln2High, ln2Low] = [0.6931471803691238, 1.9082149292705877e-10]

/** 1/n! for n = 14 … 1: the coefficients of (eʳ − 1) / r, the highest power first. */
const exponentialSeries = Array.from({ length: 14 }, (_, i) => 1 / factorial(14 - i))

/** n and eʳ − 1, where x = n·ln 2 + r. */
function reduceExponent(x: number): { readonly n: number; readonly expm1: number } {
  const n = Math.round(x * Math.LOG2E)
  const r = x - n * ln2High - n * ln2Low
  return { n, expm1: r * exponentialSeries.reduce((sum, coefficient) => sum * r + coefficient, 0) }
}

/** eˣ */
export function exponential(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > 709.8) return Infinity
  if (x < -745.2) return 0
  const { n, expm1 } = reduceExponent(x)
  const half = Math.trunc(n / 2)
  return (1 + expm1) * twoTo(half) * twoTo(n - half)
}

/** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) */
export function hyperbolicTangent(x: number): number {
  if (!(Math.abs(x) < 20)) return Number.isNaN(x) ? x : Math.sign(x)
  // Computed from e = e^2|x| − 1, so that small arguments keep their digits.
  const { n, expm1 } = reduceExponent(2 * Math.abs(x))
  const scale = twoTo(n)
  const e = scale * expm1 + (scale - 1)
  return x < 0 ? 0 - e / (e + 2) : x === 0 ? x : e / (e + 2)
}

/** 1 / (1 + e⁻ˣ) */
export const sigmoid = (x: number): number => 1 / (1 + exponential(-x))

/** log₂ x for a positive, finite x that is not subnormal. Exact for powers of two. */
export function binaryLogarithm(x: number): number {
  bits.setFloat64(0, x)
  const high = bits.getInt32(0)
  bits.setInt32(0, (high & 0xfffff) | (1023 << 20))
  const [between1And2, exponent] = [bits.getFloat64(0), (high >> 20) - 1023]
  const isLarge = between1And2 > Math.SQRT2
  const m = isLarge ? between1And2 / 2 : between1And2
  const z = (m - 1) / (m + 1)
  const square = z * z
  let sum = 0
  for (let k = 25; k >= 1; k -= 2) sum = sum * square + 1 / k
  return (isLarge ? exponent + 1 : exponent) + 2 * z * sum * Math.LOG2E
}
