/**
 * How numbers become grey. With a sign, 0 is mid-grey; without, the lowest number is black. Numbers
 * outside the scale are black or white.
 */

export interface Scale {
  readonly low: number
  readonly high: number
  /** Whether 0 is mid-grey, and `low` is −`high`. */
  readonly isSigned: boolean
}

/** Numbers beyond this share of all are outside a signed scale. So a few peaks hide nothing. */
const shownShare = 0.985
/** Weights of a picture whose sum is smaller have results on both sides of 0. */
const nearZero = 0.02

/**
 * `weightSum`: the sum of the weights, if the input is a picture. The result of a picture is then
 * on the scale of the picture, unless the sum is 0.
 */
export function scaleOf(values: ArrayLike<number>, weightSum: number | undefined): Scale {
  if (weightSum !== undefined && Math.abs(weightSum) >= nearZero) {
    const end = 255 * weightSum
    return { low: Math.min(0, end), high: Math.max(0, end), isSigned: false }
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!)
    high = Math.max(high, values[i]!)
  }
  if (weightSum === undefined && low >= 0)
    return { low: 0, high: high === 0 ? 1 : high, isSigned: false }
  const sizes = sampled(values).sort()
  const size = roundedUp(sizes[Math.floor(sizes.length * shownShare)] || Math.max(-low, high) || 1)
  return { low: -size, high: size, isSigned: true }
}

/** The sizes of numbers spread over an array; of all numbers if there are only a few thousand. */
function sampled(values: ArrayLike<number>): Float64Array {
  const step = Math.ceil(values.length / maxSampled)
  const sizes = new Float64Array(Math.ceil(values.length / step))
  for (let i = 0; i < sizes.length; i++) sizes[i] = Math.abs(values[i * step]!)
  return sizes
}

const maxSampled = 4096

/** The next number with one digit, or with one digit and a half: 437 → 450, 1.2 → 1.5. */
function roundedUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value)) / 2
  return Number((Math.ceil(value / unit) * unit).toPrecision(2))
}

/** The grey of a number, from 0 (black) to 255 (white). */
export const greyOf = (value: number, { low, high }: Scale): number =>
  Math.max(0, Math.min(255, Math.round(((value - low) / (high - low)) * 255)))

/** The readable colour of digits on a grey. */
export const inkOn = (grey: number): string => (grey > 118 ? '#000' : '#fff')
