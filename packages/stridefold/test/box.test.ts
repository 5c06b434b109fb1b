/**
 * Does `separable` compute a box of equal weights in few passes, with the correct result? The
 * result must be exact for integers and within the error bound for other numbers. No intermediate
 * sum may overflow unless the result overflows.
 */

import { correlate, type NdArray, ndarray, plan } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { random } from './random-geometry.ts'

const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)
const noise = (shape: readonly number[], seed: number): NdArray => {
  const next = random(seed)
  return ndarray(
    Float32Array.from({ length: count(shape) }, () => next(201) - 100),
    shape,
  )
}
const box = (shape: readonly number[], weight: number): NdArray =>
  ndarray(new Float32Array(count(shape)).fill(weight), shape)
const wide = (x: NdArray): NdArray => ndarray(Float64Array.from(x.data), x.shape)

const cases: readonly (readonly [string, readonly number[], readonly number[], object])[] = [
  ['51 × 51, 3 · 17', [90, 101], [51, 51], {}],
  ['powers of two', [70, 80], [16, 32], { boundary: 'edge' }],
  ['a prime and a square', [60, 70], [13, 25], { boundary: 'wrap' }],
  ['colours', [50, 60, 3], [12, 18], { channelAxis: -1, boundary: 'reflect' }],
  ['a volume', [25, 26, 27], [9, 10, 12], {}],
  ['dilated', [80, 90], [12, 15], { dilation: [2, 3], boundary: 'symmetric' }],
  ['with a stride', [80, 90], [12, 15], { stride: [2, 1] }],
  ['full, flipped', [40, 50], [21, 24], { mode: 'full' }],
]

describe('equal weights', () => {
  test.each(cases)('%s', (_, shape, taps, options) => {
    const x = noise(shape, 3)
    const reference = correlate(wide(x), wide(box(taps, 1)), { ...options, algorithm: 'strided' })
    expect(
      Array.from(correlate(x, box(taps, 1), { ...options, algorithm: 'separable' }).data),
    ).toEqual(Array.from(reference.data))
    const mean = correlate(x, box(taps, 1 / count(taps)), { ...options, algorithm: 'separable' })
    for (const [i, v] of mean.data.entries())
      expect(Math.abs(v - reference.data[i]! / count(taps))).toBeLessThanOrEqual(1e-4)
  })

  test('few products: 3 + 17 taps along each axis instead of 51', () => {
    const flops = (kernel: NdArray): number =>
      plan('correlate', [500, 600], [51, 51], {
        algorithm: 'separable',
        kernel,
        memoryLimit: 2 ** 30,
      }).candidates.find((c) => c.algorithm === 'separable')!.flops
    const gaussianWeights = Float32Array.from({ length: 51 }, (_, i) =>
      Math.exp(-((i - 25) ** 2) / 200),
    )
    const gaussian = ndarray(
      Float32Array.from(
        { length: 51 * 51 },
        (_, i) => gaussianWeights[Math.floor(i / 51)]! * gaussianWeights[i % 51]!,
      ),
      [51, 51],
    )
    expect(flops(box([51, 51], 0.01))).toBeLessThan(0.8 * flops(gaussian))
  })

  test('a mean of the largest float32 numbers does not overflow', () => {
    const x = ndarray(new Float32Array(60 * 60).fill(3e38), [60, 60])
    const y = correlate(x, box([18, 18], 1 / 324), { algorithm: 'separable', boundary: 'edge' })
    for (const v of y.data) expect(Math.abs(v / 3e38 - 1)).toBeLessThan(1e-5)
  })
})
