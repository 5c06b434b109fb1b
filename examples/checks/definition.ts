/**
 * What filters must return, computed by their definitions in plain loops of float64. Nothing here
 * uses the library.
 */

export interface Bytes {
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
}

export type Place = readonly [y: number, x: number, channel: number]

/** A kernel as rows of weights. */
export type Rows = readonly (readonly number[])[]

/** Mirrors an index at the first and the last sample: −1 is 1, n is n − 2. */
export function mirrored(index: number, extent: number): number {
  if (extent === 1) return 0
  const period = 2 * (extent - 1)
  const i = ((index % period) + period) % period
  return i < extent ? i : period - i
}

/** The weights of a Gaussian, as wide as 4 sigma, with the sum 1. */
export function gaussianWeights(sigma: number): readonly number[] {
  const radius = Math.ceil(4 * sigma)
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  )
  const sum = weights.reduce((a, b) => a + b)
  return weights.map((weight) => weight / sum)
}

export const gaussianRows = (sigma: number): Rows => {
  const line = gaussianWeights(sigma)
  return line.map((a) => line.map((b) => a * b))
}

/** One sample of a correlation with a mirrored border. */
export function correlated(
  { data, width, height }: Bytes,
  kernel: Rows,
  [y, x, channel]: Place,
): number {
  const channels = data.length / (width * height)
  const [middleY, middleX] = [kernel.length >> 1, kernel[0]!.length >> 1]
  let sum = 0
  for (const [i, weights] of kernel.entries()) {
    const row = mirrored(y + i - middleY, height) * width
    for (const [j, weight] of weights.entries())
      sum += weight * data[(row + mirrored(x + j - middleX, width)) * channels + channel]!
  }
  return sum
}

/** Places all over an image: its corners, its edges, and many in between. */
export function places(
  { width, height }: Bytes,
  count: number,
): readonly (readonly [y: number, x: number])[] {
  const corners = [0, height - 1].flatMap((y) =>
    [0, width - 1].map((x): [number, number] => [y, x]),
  )
  const others = Array.from({ length: count }, (_, i): [number, number] => {
    // Steps of irrational length cover a square evenly.
    const [a, b] = [(0.5 + i * 0.7548776662) % 1, (0.5 + i * 0.569840291) % 1]
    return [Math.floor(a * height), Math.floor(b * width)]
  })
  return [...corners, ...others]
}

/**
 * The largest difference between the bytes of an image and of what it must be, over the colours of
 * many places.
 */
export function farthest(
  result: Bytes,
  input: Bytes,
  expected: (place: Place) => number,
  count = 400,
): number {
  if (result.width !== input.width || result.height !== input.height)
    throw new Error(`${result.width}×${result.height} is not ${input.width}×${input.height}`)
  const channels = result.data.length / (result.width * result.height)
  let most = 0
  for (const [y, x] of places(result, count))
    for (let c = 0; c < Math.min(channels, 3); c++) {
      const value = Math.min(255, Math.max(0, expected([y, x, c])))
      most = Math.max(most, Math.abs(result.data[(y * result.width + x) * channels + c]! - value))
    }
  return most
}
