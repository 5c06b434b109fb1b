/**
 * Are integer results of transposed layers exact? This depends on the weights of one output. One
 * output sums only the weights of one polyphase component, not of the whole kernel.
 */

import { convTranspose1d, convTranspose2d, ndarray, parseCase, zeros } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { largestComponentSum } from '../src/geometry/component-sum.ts'

/** Random numbers in [0, 1) from a seed (a linear congruential generator). */
function fractions(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return state / 2 ** 31
  }
}

const rounded = (sum: number): number => {
  const floor = Math.floor(sum)
  const half = sum - floor
  const whole = half > 0.5 || (half === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
  return Math.max(-32768, Math.min(32767, whole))
}

describe.each([
  [32, 16, 30, 12, 4, 3],
  [64, 64, 64, 8, 2, 2],
  [16, 24, 20, 9, 3, 1],
])('%i → %i channels, %i samples, kernel %i, stride %i', (inputs, outputs, n, k, stride, grid) => {
  const next = fractions(inputs * 7 + k)
  const x = Int16Array.from({ length: inputs * n }, () => Math.floor((next() - 0.5) * 65536))
  // Multiples of 0.5 in ±1.5. In the last case multiples of 1 in ±3.
  const unit = grid === 1 ? 1 : 0.5
  const w = Float32Array.from(
    { length: inputs * outputs * k },
    () => (Math.floor(next() * 7) - 3) * unit,
  )

  test('auto gives exact int16 results, in one and in two dimensions', () => {
    const length = (n - 1) * stride + k
    const expected = new Float64Array(outputs * length)
    for (let c = 0; c < inputs; c++)
      for (let i = 0; i < n; i++)
        for (let f = 0; f < outputs; f++)
          for (let t = 0; t < k; t++)
            expected[f * length + i * stride + t]! += x[c * n + i]! * w[(c * outputs + f) * k + t]!
    const options = { stride, dtype: 'int16' } as const
    const row = convTranspose1d(
      ndarray(x, [1, inputs, n]),
      ndarray(w, [inputs, outputs, k]),
      options,
    )
    expect(Array.from(row.data)).toEqual(Array.from(expected, rounded))
    const plane = convTranspose2d(
      ndarray(x, [1, inputs, 1, n]),
      ndarray(w, [inputs, outputs, 1, k]),
      options,
    )
    expect(Array.from(plane.data)).toEqual(Array.from(expected, rounded))
  })
})

test('the largest sum of a component, for any number of components', () => {
  const weights = ndarray(Float32Array.of(1, -2, 4, 8, 16, -32, 64), [1, 1, 7])
  expect(largestComponentSum(parseCase('1x1x5 * 1x1x7 i3'), weights)).toBe(1 + 8 + 64)
  expect(largestComponentSum(parseCase('1x1x5 * 1x1x7'), weights)).toBe(127)
  const wide = zeros([1, 1, 400, 400])
  wide.data[123_456] = -5
  expect(largestComponentSum(parseCase('1x1x2x2 * 1x1x400x400 i400'), wide)).toBe(5)
})
