/**
 * Is the geometry of a transposed layer the adjoint of the geometry of the forward layer? The test
 * sums both by their definition along one axis, with the adjoint of the padding. For small integers
 * ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩ must hold exactly.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceIndex } from '../src/geometry/boundary.ts'
import { validateLayerOptions, validateTransposedOptions } from '../src/geometry/check-options.ts'
import type { ConvGeometry } from '../src/geometry/geometry.ts'
import { layerGeometry } from '../src/geometry/layer-geometry.ts'

/** y[q] = Σ_t x[(q·stride + t·dilation − before) / inputDilation] · k[t], one channel, one axis. */
function defined(g: ConvGeometry, x: readonly number[], k: readonly number[]): number[] {
  const [axis] = g.axes
  const { input, kernel, stride, dilation, inputDilation, before, output } = axis!
  return Array.from({ length: output }, (_, q) => {
    let sum = 0
    for (let t = 0; t < kernel; t++) {
      const place = q * stride + t * dilation - before
      if (place % inputDilation !== 0) continue
      const source = sourceIndex(place / inputDilation, input, g.boundary[0]!)
      if (source >= 0) sum += x[source]! * k[g.flip ? kernel - 1 - t : t]!
    }
    return sum
  })
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0)
const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 40, maxLength: 40 })

const anyLayer = fc.record({
  n: fc.integer({ min: 1, max: 20 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  options: fc.record({
    stride: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    padding: fc.oneof(
      fc.constantFrom(
        'same' as const,
        'same-lower' as const,
        'full' as const,
        'valid' as const,
        'causal' as const,
      ),
      fc.tuple(fc.tuple(fc.integer({ min: -2, max: 7 }), fc.integer({ min: -2, max: 7 }))),
    ),
    boundary: fc.constantFrom(
      'zero' as const,
      'edge' as const,
      'reflect' as const,
      'symmetric' as const,
      'wrap' as const,
    ),
  }),
})

test('the transposed layer is the adjoint of the forward layer for all options', () => {
  let compared = 0
  fc.assert(
    fc.property(anyLayer, numbers, numbers, numbers, ({ n, kernel, options }, xs, ks, ys) => {
      const forward = unlessWindowTooLarge(() =>
        layerGeometry(
          'conv1d',
          [1, 1, n],
          [1, 1, kernel],
          validateLayerOptions('conv1d', options),
          'float64',
        ),
      )
      if (forward === undefined) return
      const m = forward.outputShape[2]!
      const transposed = layerGeometry(
        'convTranspose1d',
        [1, 1, m],
        [1, 1, kernel],
        validateTransposedOptions('convTranspose1d', { ...options, outputShape: [n] }),
        'float64',
      )
      expect(transposed.outputShape).toEqual([1, 1, n])
      const [x, k, y] = [xs.slice(0, n), ks.slice(0, kernel), ys.concat(ys).slice(0, m)]
      const unfolded = defined(transposed.geometry, y, k)
      const fold = transposed.padAdjoints?.[0]
      let back = unfolded
      if (fold) {
        expect(unfolded.length).toBe(fold.before + n + fold.after)
        back = Array.from({ length: n }, () => 0)
        for (const [j, value] of unfolded.entries())
          back[sourceIndex(j - fold.before, n, fold.boundary)]! += value
      }
      expect(back.length).toBe(n)
      expect(dot(back, x)).toBe(dot(defined(forward.geometry, x, k), y))
      compared++
    }),
    { numRuns: 3000 },
  )
  expect(compared).toBeGreaterThan(1500)
})

/**
 * Returns what `build` returns, or undefined if the random window is too large for the random axis.
 */
function unlessWindowTooLarge<T>(build: () => T): T | undefined {
  try {
    return build()
  } catch (error) {
    expect((error as { code?: string }).code).toBe('WINDOW_TOO_LARGE')
    return undefined
  }
}

test('the roles name the weight axis that runs over all groups', () => {
  const forward = layerGeometry(
    'conv2d',
    [1, 4, 9, 9],
    [6, 2, 3, 3],
    validateLayerOptions('conv2d', { groups: 2 }),
    'float32',
  )
  expect(forward.roles).toEqual({
    batch: 0,
    channel: 1,
    axes: [2, 3],
    weight: { filter: 0, channel: 1, axes: [2, 3], allGroups: 'filter' },
  })
  const options = { groups: 2, layout: 'channels-last', weightLayout: 'HWOI' } as const
  const transposed = layerGeometry(
    'convTranspose2d',
    [1, 9, 9, 4],
    [3, 3, 5, 4],
    validateTransposedOptions('convTranspose2d', options),
    'float32',
  )
  expect(transposed.roles).toEqual({
    batch: 0,
    channel: 3,
    axes: [1, 2],
    weight: { filter: 2, channel: 3, axes: [0, 1], allGroups: 'channel' },
  })
  expect(transposed.outputShape).toEqual([1, 11, 11, 10])
  expect(transposed.padAdjoints).toBeUndefined()
})
