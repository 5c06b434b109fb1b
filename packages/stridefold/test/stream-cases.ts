/** Signals and kernels for the tests of streams, and the definition of their results. */

import { createStream, type StreamOptions } from 'stridefold/sync'

/** Reproducible noise from −1 to 1. */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed >>> 0
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** A kernel as [outputs][inputs][taps]. */
export type Taps = readonly (readonly Float32Array[])[]

/** One kernel for each channel, and none between channels. */
export const apart = (kernels: readonly Float32Array[]): Taps =>
  kernels.map((kernel, o) => kernels.map((_, i) => (i === o ? kernel : new Float32Array(0))))

/** The definition in float64: `latency` zeros, then the full convolution. */
export function definition(
  signal: readonly Float32Array[],
  taps: Taps,
  latency = 0,
): Float64Array[] {
  const longest = Math.max(...taps.flat().map((kernel) => kernel.length))
  return taps.map((inputs) => {
    const out = new Float64Array(latency + signal[0]!.length + longest - 1)
    inputs.forEach((kernel, i) => {
      kernel.forEach((weight, t) => {
        for (let n = 0; n < signal[i]!.length; n++) out[latency + n + t]! += weight * signal[i]![n]!
      })
    })
    return out
  })
}

/** The bound of algorithm 'fft' for transforms of 2¹⁴ points: errorGrowth · ε · max|x| · Σ|k|. */
export const bound = (signal: readonly Float32Array[], inputs: readonly Float32Array[]): number =>
  (4 * (1 + 15) + inputs.length) *
  2 ** -23 *
  Math.max(
    ...signal.flatMap((x) => x.reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
  ) *
  inputs.reduce((sum, kernel) => kernel.reduce((s, weight) => s + Math.abs(weight), sum), 0)

/** All results of a stream, the last ones included. The signal is cut after each of the lengths. */
export function streamed(
  kernel: Parameters<typeof createStream>[0],
  options: StreamOptions,
  signal: readonly Float32Array[],
  lengths: Iterable<number>,
): Float32Array[] {
  const stream = createStream(kernel, options)
  const parts: Float32Array[][] = []
  let at = 0
  for (const length of lengths) {
    const block = signal.map((x) => x.subarray(at, at + length))
    parts.push(stream.process(block).map((result) => result.slice()))
    at += length
  }
  parts.push(stream.process(signal.map((x) => x.subarray(at))).map((result) => result.slice()))
  parts.push((stream.flush() as readonly Float32Array[]).map((result) => result.slice()))
  stream.dispose()
  return parts[0]!.map((_, o) => joined(parts.map((part) => part[o]!)))
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** The largest difference of two signals; Infinity if their lengths differ. */
export function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity
  let worst = 0
  for (let n = 0; n < actual.length; n++)
    worst = Math.max(worst, Math.abs(actual[n]! - expected[n]!))
  return worst
}
