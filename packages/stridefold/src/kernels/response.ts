/**
 * How does a kernel change waves? H(ω) = Σ_t k[t] · exp(i ω·(t − middle)). A correlation multiplies
 * exp(i ω·x) by H(ω). A convolution, with the kernel flipped, multiplies it by the complex
 * conjugate.
 */

import { indexAt } from '../ndarray/indices.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { view } from '../ndarray/ndarray.ts'
import type { Weights } from './weights.ts'

/**
 * H on a grid of frequencies. Index j along an axis of n is j/n cycles per sample. The second half
 * holds the negative frequencies, as in an FFT.
 */
export interface FrequencyResponse {
  /** The real parts of H, points along every axis. */
  readonly real: NdArray<Float64Array>
  /** The imaginary parts of H. For a symmetric kernel of odd extents they are 0. */
  readonly imaginary: NdArray<Float64Array>
  /** |H|: the factor for the amplitude of a wave. */
  readonly magnitude: NdArray<Float64Array>
}

/**
 * H at `points` frequencies along every axis. The middle is the weight that mode `same` places on
 * the output sample.
 */
export function frequencyResponse({ shape, values }: Weights, points: number): FrequencyResponse {
  const frequencies = Array.from({ length: points }, (_, j) => (2 * Math.PI * j) / points)
  const extents = shape.map(() => points)
  const { real, imaginary } = transformAxes(
    { shape, values },
    shape.map(() => frequencies),
    shape.map((extent) => Math.floor((extent - 1) / 2)),
  )
  const magnitude = real.map((re, i) => Math.hypot(re, imaginary[i]!))
  return {
    real: view(real, extents),
    imaginary: view(imaginary, extents),
    magnitude: view(magnitude, extents),
  }
}

interface Complex {
  readonly real: Float64Array<ArrayBuffer>
  readonly imaginary: Float64Array<ArrayBuffer>
}

/**
 * H at every combination of these frequencies (radians per sample, one list per axis), computed
 * axis by axis.
 */
function transformAxes(
  { shape, values }: Weights,
  frequencies: readonly (readonly number[])[],
  middle: readonly number[],
): Complex {
  let from: Complex = {
    real: Float64Array.from(values),
    imaginary: new Float64Array(values.length),
  }
  shape.forEach((taps, axis) => {
    const outer = elementCount(frequencies.slice(0, axis).map((list) => list.length))
    from = transformAxis(
      from,
      { outer, taps, inner: from.real.length / outer / taps },
      frequencies[axis]!,
      middle[axis]!,
    )
  })
  return from
}

interface Lines {
  readonly outer: number
  readonly taps: number
  readonly inner: number
}

/** Transforms lines of taps into lines of frequencies. */
function transformAxis(
  { real: re, imaginary: im }: Complex,
  { outer, taps, inner }: Lines,
  frequencies: readonly number[],
  middle: number,
): Complex {
  const count = frequencies.length
  const real = new Float64Array(outer * count * inner)
  const imaginary = new Float64Array(real.length)
  frequencies.forEach((frequency, f) => {
    for (let t = 0; t < taps; t++) {
      const [c, s] = [Math.cos(frequency * (t - middle)), Math.sin(frequency * (t - middle))]
      for (let o = 0; o < outer; o++) {
        const [source, target] = [(o * taps + t) * inner, (o * count + f) * inner]
        for (let i = 0; i < inner; i++) {
          real[target + i]! += c * re[source + i]! - s * im[source + i]!
          imaginary[target + i]! += s * re[source + i]! + c * im[source + i]!
        }
      }
    }
  })
  return { real, imaginary }
}

/**
 * How equally does a kernel treat all directions? The share of its response that does not depend on
 * the direction: Σ|mean H|² / Σ mean|H|² over rings of equal |ω|, up to a quarter of the sampling
 * rate. 1 for a rotationally symmetric kernel, 0 for a derivative along an axis.
 */
export function isotropy({ shape, values }: Weights): number {
  const directions = directionsOf(shape.length)
  const middle = shape.map((extent) => (extent - 1) / 2)
  let sameInAllDirections = 0
  let total = 0
  for (const frequency of [1, 2, 3, 4].map((quarter) => (quarter * Math.PI) / 8)) {
    let [re, im] = [0, 0]
    for (const direction of directions) {
      const { real, imaginary } = transformAxes(
        { shape, values },
        direction.map((step) => [step * frequency]),
        middle,
      )
      re += real[0]!
      im += imaginary[0]!
      total += (real[0]! ** 2 + imaginary[0]! ** 2) * directions.length
    }
    sameInAllDirections += re * re + im * im
  }
  return total === 0 ? 1 : Math.min(1, sameInAllDirections / total)
}

/** Unit vectors to the grid points on the surface of a cube: 32 in two dimensions, 98 in three. */
function directionsOf(rank: number): number[][] {
  const radius = rank <= 2 ? 4 : rank <= 4 ? 2 : 1
  const side = 2 * radius + 1
  const points = Array.from({ length: side ** rank }, (_, p) =>
    indexAt(new Array<number>(rank).fill(side), p).map((i) => i - radius),
  )
  const surface = points.filter((point) => Math.max(...point.map(Math.abs)) === radius)
  return surface.map((point) => point.map((x) => x / Math.hypot(...point)))
}
