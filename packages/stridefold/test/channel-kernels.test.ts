/**
 * `convolve` and `correlate` with one kernel per channel: is every channel filtered with its own
 * kernel? The truth is one call per channel, whose results other tests compare with SciPy.
 */

import fc from 'fast-check'
import {
  algorithms,
  asStrided,
  type Boundary,
  type ConvolveOptions,
  contiguous,
  convolve,
  correlate,
  explain,
  flip,
  geometry,
  type NdArray,
  ndarray,
  OptionError,
  outputShape,
  plan,
  slice,
  transpose,
  zeros,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { elementCount } from '../src/ndarray/layout.ts'
import { random } from './random-geometry.ts'

type Fill = (next: (n: number) => number) => number
const small: Fill = (next) => next(9) - 4
const bytes: Fill = (next) => next(256)

function filled(shape: readonly number[], seed: number, fill: Fill = small): NdArray {
  const next = random(seed)
  const data = Float32Array.from({ length: elementCount(shape) }, () => fill(next))
  return ndarray(data, shape)
}

const values = (x: NdArray): number[] => Array.from(contiguous(x).data, (v) => v + 0)

/** Channel `c` of an array. */
const channelOf = (x: NdArray, axis: number, c: number): NdArray =>
  slice(x, ...x.shape.map((_, a) => (a === axis ? c : null)))

const calls = { convolve, correlate } as const
type CallName = keyof typeof calls

/** Compares a result with one call per channel. Integers make the sums exact. */
function expectChannelByChannel(
  call: CallName,
  x: NdArray,
  k: NdArray,
  axis: number,
  options: ConvolveOptions,
  tolerance = 0,
): void {
  const y = calls[call](x, k, options)
  const { channelAxis: _, ...perChannel } = options
  expect(y.shape[axis]).toBe(x.shape[axis])
  for (let c = 0; c < x.shape[axis]!; c++) {
    const one = calls[call](channelOf(x, axis, c), channelOf(k, axis, c), {
      ...perChannel,
      algorithm: 'naive',
      backend: 'js',
    })
    const received = channelOf(y, axis, c)
    expect(received.shape).toEqual(one.shape)
    const expected = values(one)
    if (tolerance === 0) expect(values(received)).toEqual(expected)
    else
      for (const [i, value] of values(received).entries())
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(tolerance)
  }
}

const borders: readonly Boundary[] = [
  'zero',
  'edge',
  'reflect',
  'symmetric',
  'wrap',
  { constant: 3 },
]
const modes = ['same', 'same-lower', 'full'] as const

describe('one kernel per channel', () => {
  test('random ranks, axes, borders, strides, dilations and modes', () => {
    const seenRanks = new Set<number>()
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const next = random(seed)
        const rank = 1 + next(3)
        const extents = Array.from({ length: rank }, () => 1 + next([30, 12, 6][rank - 1]!))
        const taps = Array.from({ length: rank }, () => 1 + next(4))
        const [channels, axis] = [1 + next(5), next(rank + 1)]
        const x = filled(extents.toSpliced(axis, 0, channels), seed)
        const k = filled(taps.toSpliced(axis, 0, channels), seed + 1)
        seenRanks.add(rank)
        expectChannelByChannel(next(2) === 0 ? 'convolve' : 'correlate', x, k, axis, {
          channelAxis: next(2) === 0 ? axis : axis - rank - 1,
          mode: modes[next(3)]!,
          boundary: extents.map(() => borders[next(6)]!),
          stride: extents.map(() => 1 + next(3)),
          dilation: extents.map(() => 1 + next(2)),
          bias: next(5) - 2,
          accuracy: 'strict',
        })
      }),
      { numRuns: 150 },
    )
    expect(seenRanks).toEqual(new Set([1, 2, 3]))
  })

  test.each(algorithms().map(({ name }) => name))('%s', (algorithm) => {
    const [x, k] = [filled([19, 23, 3], 1), filled([3, 5, 3], 2)]
    for (const backend of ['wasm', 'js'] as const) {
      const options = { channelAxis: -1, boundary: 'reflect', algorithm, backend } as const
      const { refused, errorBound } = plan('correlate', x.shape, k.shape, {
        ...options,
        algorithm: 'auto',
        kernel: k,
      }).candidates.find((candidate) => candidate.algorithm === algorithm)!
      if (refused !== undefined) {
        expect(() => correlate(x, k, options)).toThrow(refused)
        continue
      }
      const { algorithm: _, ...rest } = options
      const perChannel = { ...rest, algorithm }
      // |x| ≤ 4; the weights of a channel sum to at most 4·15.
      const tolerance = ['fft', 'winograd'].includes(algorithm) ? errorBound * 4 * 60 : 0
      expectChannelByChannel('correlate', x, k, 2, perChannel, tolerance)
    }
  })

  test('a single channel with a separable kernel', () => {
    const [x, k] = [filled([9, 8, 1], 5), ndarray(Float32Array.of(1, 2, 1, 2, 4, 2), [2, 3, 1])]
    expectChannelByChannel('correlate', x, k, 2, { channelAxis: 2, algorithm: 'separable' })
  })

  test('bytes from bytes', () => {
    const x = ndarray(Uint8Array.from(values(filled([12, 17, 4], 3, bytes))), [12, 17, 4])
    const k = filled([3, 3, 4], 4)
    for (const boundary of borders)
      expectChannelByChannel('convolve', x, k, 2, { channelAxis: -1, dtype: 'uint8', boundary })
  })

  test('arrays in any memory order, with negative and zero strides, and `out`', () => {
    const order = (x: NdArray, axes: readonly number[]): NdArray =>
      transpose(
        contiguous(transpose(x, axes)),
        x.shape.map((_, a) => axes.indexOf(a)),
      )
    const [x, k] = [filled([11, 13, 3], 6), filled([3, 2, 3], 7)]
    const options = { channelAxis: 2, boundary: 'wrap' } as const
    const expected = values(correlate(x, k, options))
    const orders = [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
      [2, 1, 0],
    ]
    for (const inputOrder of orders) {
      for (const kernelOrder of orders)
        expect(values(correlate(order(x, inputOrder), order(k, kernelOrder), options))).toEqual(
          expected,
        )
    }
    expectChannelByChannel('convolve', flip(x), flip(k, [0]), 2, options)
    // The same plane as every channel.
    const broadcast = asStrided(x, { shape: [11, 13, 3], strides: [39, 3, 0] })
    expectChannelByChannel('correlate', broadcast, k, 2, options)
    const out = transpose(zeros([3, 11, 13], 'float32'), [1, 2, 0])
    correlate(x, k, { ...options, out })
    expect(values(out)).toEqual(expected)
  })

  test('an input that is computed in strips', () => {
    const [x, k] = [filled([700, 900, 3], 8), filled([3, 3, 3], 9)]
    expectChannelByChannel('correlate', x, k, 2, { channelAxis: -1, boundary: 'reflect' })
  })

  test('no channels: an empty result', () => {
    const [x, k] = [
      ndarray(new Float32Array(0), [5, 4, 0]),
      ndarray(new Float32Array(0), [3, 3, 0]),
    ]
    expect(correlate(x, k, { channelAxis: -1 }).shape).toEqual([5, 4, 0])
  })

  test('plan, geometry, outputShape and explain describe a depthwise layer', () => {
    const [x, k] = [filled([6, 5, 2], 10), filled([3, 3, 2], 11)]
    const options = { channelAxis: -1, mode: 'valid' } as const
    const g = geometry('convolve', x.shape, k.shape, options)
    expect(g.key).toBe('1x2x6x5 * 2x1x3x3 g2 flip')
    expect(outputShape('convolve', x.shape, k.shape, options)).toEqual([4, 3, 2])
    const y = convolve(x, k, options)
    const whole = plan('convolve', x.shape, k.shape, options)
    expect(values(whole.runSync(x, k))).toEqual(values(y))
    const prepared = whole.prepare(k)
    expect(values(prepared.runSync(x))).toEqual(values(y))
    prepared.dispose()
    whole.dispose()
    const { taps } = explain(
      g,
      { output: [0, 1, 2, 1] },
      { input: transpose(x, [2, 0, 1]), kernel: transpose(k, [2, 0, 1]) },
    )
    expect(taps).toHaveLength(9)
    expect(taps.at(-1)!.sum).toBe(y.data[(2 * 3 + 1) * 2 + 1])
  })

  test('other numbers of channels throw, and the message names both shapes', () => {
    const mistake = (kernel: readonly number[], channelAxis: number): OptionError => {
      try {
        outputShape('correlate', [9, 8, 3], kernel, { channelAxis })
      } catch (error) {
        if (error instanceof OptionError) return error
      }
      throw new Error('expected an OptionError')
    }
    for (const extent of [1, 2, 4]) {
      const error = mistake([3, 3, extent], -1)
      expect(error.code).toBe('CHANNELS_MISMATCH')
      expect(error.message).toContain(`kernel [3,3,${extent}] has ${extent} channels along axis 2`)
      expect(error.message).toContain('input [9,8,3] has 3')
    }
    expect(mistake([3, 3, 3], 0).code).toBe('CHANNELS_MISMATCH')
    expect(mistake([3], -1).code).toBe('RANK_MISMATCH')
    expect(mistake([3, 3, 3, 3], -1).code).toBe('RANK_MISMATCH')
  })
})
