/**
 * The differences that the demo prints, compared with references computed by hand, also for a
 * reference of a window only.
 */

import { correlate, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { compare } from '../src/comparison.ts'
import { differenceImage, signedImage } from '../src/images/visualisation.ts'
import { noise } from './helpers/png.ts'

const [height, width, channels] = [13, 17, 3]
const input = ndarray(Float32Array.from(noise(height * width * channels, 255)), [
  height,
  width,
  channels,
])

describe('a reference of a window only', () => {
  test.each([
    [3, 3],
    [2, 4],
    [5, 1],
  ])('lies where it says: kernel %i×%i', async (rows, columns) => {
    const weights = noise(rows * columns, 8, rows)
    const kernel = { text: 'k', shape: [rows, columns], weights }
    const request = {
      input,
      kernel,
      budgetMs: 50,
      maxReferenceProducts: (height * width * channels * rows * columns) / 4,
    }
    const { reference, measured, farthest } = await compare(request, () => {})
    expect(reference.isComplete).toBe(false)
    expect(reference.height).toBeLessThan(height)
    expect(reference.height * reference.width).toBeGreaterThan(10)
    // Small integers make float32 exact wherever the window is, except for the factors of a
    // separable kernel and for spectra.
    for (const { algorithm, difference } of measured) {
      if (algorithm === 'fft') expect(difference).toBeLessThan(0.02)
      else if (algorithm !== 'separable')
        expect({ algorithm, difference }).toEqual({ algorithm, difference: 0 })
    }
    expect(['separable', 'fft', undefined]).toContain(farthest?.algorithm)
    const fullResult = correlate(input, ndarray(weights, kernel.shape), {
      channelAxis: -1,
      algorithm: 'naive',
      backend: 'js',
    })
    const first = fullResult.data[(reference.top * width + reference.left) * channels]
    expect(reference.expected.values[0]).toBe(first)
  })
})

test('times are sorted, with their median, and progress never goes back', async () => {
  const shares: number[] = []
  const kernel = { text: 'k', shape: [3, 3], weights: noise(9, 8) }
  const progress = (share: number) => void shares.push(share)
  const { measured, chosen } = await compare(
    { input, kernel, budgetMs: 3000, maxReferenceProducts: 1e9 },
    progress,
  )
  for (const { times, median } of measured) {
    expect(times.length).toBeGreaterThanOrEqual(3)
    expect([...times].sort((a, b) => a - b)).toEqual(times)
    expect(times.filter((time) => time <= median).length).toBeGreaterThanOrEqual(times.length / 2)
  }
  expect(measured.map(({ algorithm }) => algorithm)).toContain(chosen.algorithm)
  expect([...shares].sort((a, b) => a - b)).toEqual(shares)
})

describe('images of numbers', () => {
  test('zero is grey, the largest magnitudes are black and white', () => {
    const { samples } = signedImage(ndarray(Float32Array.of(0, -4, 4, 2), [2, 2, 1]))
    expect([...samples]).toEqual([128, 1, 255, 192])
    expect([...signedImage(ndarray(new Float32Array(4), [2, 2, 1])).samples]).toEqual([
      128, 128, 128, 128,
    ])
  })

  test('differences go from black to white', () => {
    const values = Float32Array.of(0, 1, 2, 3)
    const { samples } = differenceImage({ width: 4, height: 1, values })
    expect([...samples]).toEqual([0, 0, 0, 255, 0, 0, 255, 255, 0, 255, 255, 255])
  })
})
