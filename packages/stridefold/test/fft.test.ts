/**
 * Does `fft` give the right result within its error bound, for every geometry? Do small values stay
 * exact when large values are far away?
 *
 * References: direct sums in float64, which other tests compare with fixtures from SciPy and
 * PyTorch and with the definition; the definition itself; and data chosen to cause large errors.
 */

import {
  asStrided,
  conv1d,
  conv2d,
  conv3d,
  convolve,
  convTranspose2d,
  correlate,
  flip,
  type NdArray,
  ndarray,
  plan,
  transpose,
  zeros,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { stridePolyphaseAxis } from '../src/algorithms/fft/stride-components.ts'
import { tilingOf } from '../src/algorithms/fft/tiling.ts'
import { fft } from '../src/algorithms/fft.ts'
import { type ComponentAxis, polyphaseComponents } from '../src/algorithms/polyphase.ts'
import { makeGeometry } from '../src/geometry/geometry.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import { random } from './random-geometry.ts'

const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)

function noise(shape: readonly number[], seed: number, size = 1): NdArray {
  const next = random(seed)
  return ndarray(
    Float32Array.from({ length: count(shape) }, () => (size * (next(20001) - 10000)) / 10000),
    shape,
  )
}

const wide = (x: NdArray): NdArray => ndarray(Float64Array.from(x.data), x.shape)
const largest = (x: NdArray): number =>
  Array.from(x.data).reduce((largestSoFar, v) => Math.max(largestSoFar, Math.abs(v)), 0)
const total = (x: NdArray): number => Array.from(x.data).reduce((sum, v) => sum + Math.abs(v), 0)
const maxDifference = (x: NdArray, y: NdArray): number =>
  Array.from(x.data).reduce(
    (largestSoFar, v, i) => Math.max(largestSoFar, Math.abs(v - y.data[i]!)),
    0,
  )

const borders = ['zero', 'edge', 'reflect', 'symmetric', 'wrap', { constant: -2 }] as const

describe('the stride components of a strided, dilated axis', () => {
  test('every tap occurs once, at the position that the definition reads', () => {
    const next = random(3)
    for (let run = 0; run < 500; run++) {
      const axis: ComponentAxis = {
        ...{
          input: 50,
          taps: 1 + next(9),
          stride: 1 + next(7),
          dilation: 1 + next(7),
          before: next(9) - 4,
          outputs: 1 + next(9),
        },
        ...{
          outputStart: 0,
          outputStep: 1,
          kernelStart: 0,
          kernelStep: 1,
          siblings: 1,
          outputNext: 0,
          kernelNext: 0,
        },
      }
      const { strideComponents: components, componentTaps } = stridePolyphaseAxis(axis)
      const readTaps = components.flatMap(
        ({ strideComponent: component, first, step, count, at, spacing }) =>
          Array.from({ length: count }, (_, i) => ({
            tap: first + i * step,
            reads: (at + i * spacing) * axis.stride + component,
            at: at + i * spacing,
          })),
      )
      expect(readTaps.map(({ tap }) => tap).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: axis.taps }, (_, t) => t),
      )
      for (const { tap, reads, at } of readTaps) {
        expect(reads).toBe(tap * axis.dilation)
        expect(at).toBeLessThan(componentTaps)
      }
    }
  })
})

describe('results agree with direct sums in float64', () => {
  const cases: readonly (readonly [string, readonly number[], readonly number[], object])[] = [
    ['a signal of many tiles', [20011], [301], {}],
    ['a signal with a stride and a dilation', [9001], [77], { stride: 3, dilation: 4 }],
    ['a kernel longer than the signal', [300], [1001], { mode: 'full' }],
    ['an image of many tiles', [301, 403], [17, 9], {}],
    ['an image, full', [150, 260], [20, 31], { mode: 'full' }],
    ['rows alone', [90, 400], [1, 45], {}],
    ['columns alone', [400, 90], [45, 1], {}],
    ['colours', [120, 130, 3], [11, 12], { channelAxis: -1 }],
    ['strides that differ', [200, 210], [13, 14], { stride: [2, 3] }],
    ['a volume', [40, 37, 45], [7, 5, 6], {}],
    ['four axes', [9, 10, 11, 12], [3, 4, 3, 5], {}],
  ]
  for (const boundary of borders) {
    test.each(cases)(`%s, border ${JSON.stringify(boundary)}`, (_, shape, taps, options) => {
      const [x, k] = [noise(shape, 1), noise(taps, 2)]
      for (const call of [convolve, correlate]) {
        const reference = call(wide(x), wide(k), { ...options, boundary, algorithm: 'strided' })
        const result = call(x, k, { ...options, boundary, algorithm: 'fft' })
        expect(result.shape).toEqual(reference.shape)
        expect(maxDifference(result, reference)).toBeLessThanOrEqual(
          64 * epsilon.float32 * largest(x) * total(k),
        )
        const exact = call(wide(x), wide(k), { ...options, boundary, algorithm: 'fft' })
        expect(maxDifference(exact, reference)).toBeLessThanOrEqual(
          64 * epsilon.float64 * largest(x) * total(k),
        )
      }
    })
  }

  const layers: readonly (readonly [string, () => readonly [NdArray, NdArray]])[] = [
    [
      'channels to sum',
      () =>
        layer(conv2d, [2, 12, 30, 31], [10, 12, 5, 5], {
          padding: 2,
          activation: 'relu',
          bias: noise([10], 4),
        }),
    ],
    [
      'groups and a stride',
      () => layer(conv2d, [1, 12, 40, 41], [8, 6, 7, 7], { padding: 3, groups: 2, stride: 2 }),
    ],
    [
      'depthwise',
      () =>
        layer(conv2d, [1, 16, 40, 41], [16, 1, 9, 9], {
          padding: 4,
          groups: 16,
          boundary: 'reflect',
        }),
    ],
    [
      'three channels, channels last',
      () =>
        layer(conv2d, [2, 50, 60, 3], [7, 3, 11, 11], {
          padding: 5,
          layout: 'channels-last',
          weightLayout: 'OIHW',
        }),
    ],
    ['one axis', () => layer(conv1d, [3, 8, 500], [6, 8, 33], { padding: 'causal' })],
    [
      'three axes',
      () => layer(conv3d, [1, 4, 12, 13, 14], [5, 4, 5, 5, 5], { padding: 2, dilation: [1, 2, 1] }),
    ],
    [
      'transposed',
      () => layer(convTranspose2d, [1, 6, 20, 21], [6, 5, 8, 9], { stride: [2, 3], padding: 2 }),
    ],
  ]
  // biome-ignore lint/suspicious/noExplicitAny: one table for calls of different options
  type Call = (x: NdArray, k: NdArray, options: any) => NdArray
  function layer(
    call: Call,
    shape: readonly number[],
    taps: readonly number[],
    options: object,
  ): readonly [NdArray, NdArray] {
    const [x, k] = [noise(shape, 5), noise(taps, 6)]
    return [
      call(x, k, { ...options, algorithm: 'fft' }),
      call(wide(x), wide(k), { ...options, algorithm: 'strided' }),
    ]
  }

  test.each(layers)('%s', (_, run) => {
    const [result, reference] = run()
    expect(result.shape).toEqual(reference.shape)
    expect(maxDifference(result, reference)).toBeLessThanOrEqual(
      4e-6 * Math.max(1, largest(reference)),
    )
  })

  test('from a view into an array with gaps, with rounding to integers', () => {
    const x = flip(transpose(noise([200, 90], 7, 100)))
    const k = noise([9, 9], 8)
    const reference = correlate(x, k, { algorithm: 'strided', dtype: 'int16' })
    expect(reference.shape).toEqual([90, 200])
    const result = correlate(x, k, { algorithm: 'fft', accuracy: 'fast', dtype: 'int16' })
    expect(maxDifference(result, reference)).toBeLessThanOrEqual(1)
    const gaps = asStrided(zeros([90, 400], 'int16'), {
      shape: [90, 200],
      strides: [400, 2],
      writable: true,
    })
    correlate(x, k, { algorithm: 'fft', accuracy: 'fast', dtype: 'int16', out: gaps })
    expect(Array.from(result.data, (_, i) => gaps.data[2 * i])).toEqual(Array.from(result.data))
    expect(Array.from(result.data, (_, i) => gaps.data[2 * i + 1]).every((v) => v === 0)).toBe(true)
  })
})

describe('error', () => {
  const shapes = [
    { shape: [5000], taps: [65] },
    { shape: [130, 140], taps: [15, 15] },
    { shape: [30, 31, 32], taps: [5, 5, 5] },
  ]
  const inputs: Readonly<Record<string, (i: number) => number>> = {
    'all ones': () => 1,
    'alternating signs': (i) => 1 - 2 * (i % 2),
    impulse: (i) => (i === 777 ? 1 : 0),
    steps: (i) => (i % 97 < 40 ? 1 : -1),
    'large offset': (i) => 1000 + (i % 7),
  }

  test.each(Object.entries(inputs))('stays within the stated bound: %s', (_, value) => {
    for (const { shape, taps } of shapes) {
      const x = ndarray(
        Float32Array.from({ length: count(shape) }, (_, i) => value(i)),
        shape,
      )
      for (const k of [noise(taps, 9), ndarray(new Float32Array(count(taps)).fill(0.37), taps)]) {
        const g = makeGeometry({
          axes: shape.map((input, a) => ({
            input,
            kernel: taps[a]!,
            before: taps[a]! >> 1,
            after: taps[a]! >> 1,
          })),
        })
        const growth = fft.errorBoundFactor(g, undefined as never)
        const error = maxDifference(
          correlate(x, k, { algorithm: 'fft' }),
          correlate(wide(x), wide(k), { algorithm: 'strided' }),
        )
        expect(error).toBeLessThanOrEqual(growth * epsilon.float32 * largest(x) * total(k))
      }
    }
  })

  test('small values keep a small error, two blocks away from large ones', () => {
    const n = 200_000
    const x = Float32Array.from({ length: n }, (_, i) => (i < 1000 ? 1e6 : 1e-3) * Math.sin(i * i))
    const k = noise([101], 10)
    const result = correlate(x, k, { algorithm: 'fft' })
    const reference = correlate(Float64Array.from(x), wide(k), { algorithm: 'strided' })
    const g = makeGeometry({ axes: [{ input: n, kernel: 101, before: 50, after: 50 }] })
    const { outputs, pair, tilesPerBlock } = tilingOf(
      g,
      polyphaseComponents(g)[0]!.map(stridePolyphaseAxis),
    ).axes[1]!
    const allowed = fft.errorBoundFactor(g, undefined as never) * epsilon.float32 * 1e-3 * total(k)
    const from = 1000 + 2 * outputs * pair * tilesPerBlock
    expect(from).toBeLessThan(n / 2)
    for (let i = from; i < n; i++)
      if (!(Math.abs(result.data[i]! - reference.data[i]!) <= allowed)) expect.fail(`sample ${i}`)
  })

  test('integer results are exact for an integer dtype', () => {
    const x = ndarray(
      Uint8Array.from({ length: 300 * 310 }, (_, i) => (i * i * 7) % 256),
      [300, 310],
    )
    const k = ndarray(
      Float32Array.from({ length: 81 }, (_, i) => (i % 3) - 1),
      [9, 9],
    )
    const reference = correlate(x, k, { algorithm: 'naive', backend: 'js' })
    for (const algorithm of ['auto', 'fft']) {
      expect(correlate(x, k, { dtype: 'int16', algorithm }).data, algorithm).toEqual(
        Int16Array.from(reference.data),
      )
    }
  })
})

describe('non-finite values spread as in the definition', () => {
  const shapes = [
    { shape: [4000], taps: [65] },
    { shape: [120, 130], taps: [15, 15] },
    { shape: [60, 300], taps: [1, 65] },
    { shape: [30, 31, 32], taps: [5, 5, 5] },
  ]
  test.each([Number.NaN, Infinity, -Infinity])('%s among the samples', (nonFinite) => {
    for (const { shape, taps } of shapes) {
      const x = noise(shape, 11)
      x.data[count(shape) >> 1] = nonFinite
      const k = noise(taps, 12)
      const reference = correlate(x, k, { algorithm: 'strided' })
      const out = zeros(reference.shape)
      for (const result of [
        correlate(x, k, { algorithm: 'fft' }),
        correlate(x, k, { algorithm: 'fft', out }),
      ])
        expect(result.data).toEqual(reference.data)
    }
  })

  test('sums that overflow in one tile of many', () => {
    for (const { shape, taps } of shapes) {
      const x = ndarray(
        Float32Array.from({ length: count(shape) }, (_, i) =>
          i < 200 ? 3e38 * (1 - 2 * (i % 2)) : 1,
        ),
        shape,
      )
      const k = ndarray(new Float32Array(count(taps)).fill(1e-3), taps)
      const reference = correlate(x, k, { algorithm: 'strided' })
      const result = correlate(x, k, { algorithm: 'fft' })
      for (let i = 0; i < reference.data.length; i++)
        expect(Number.isFinite(result.data[i])).toBe(Number.isFinite(reference.data[i]))
    }
  })

  test('after non-finite input a plan gives the usual result for the next input', () => {
    const p = plan('correlate', [4000], [65], { algorithm: 'fft' })
    const [x, k] = [noise([4000], 13), noise([65], 14)]
    const before = p.runSync(x, k)
    const nonFinite = noise([4000], 13)
    nonFinite.data[5] = Number.NaN
    expect(p.runSync(nonFinite, k).data.some(Number.isNaN)).toBe(true)
    expect(p.runSync(x, k).data).toEqual(before.data)
  })
})

describe('plans', () => {
  test('auto takes fft for large kernels, not for small problems, and never if strict', () => {
    expect(plan('correlate', [2160, 3840], [63, 63]).algorithm).toBe('fft')
    expect(plan('convolve', [1_000_000], [48_000]).algorithm).toBe('fft')
    expect(plan('correlate', [2160, 3840], [3, 3]).algorithm).toBe('strided')
    expect(plan('correlate', [20, 20], [9, 9]).algorithm).not.toBe('fft')
    const strict = plan('correlate', [2160, 3840], [63, 63], { accuracy: 'strict' })
    expect(strict.algorithm).not.toBe('fft')
    expect(strict.candidates.find((c) => c.algorithm === 'fft')!.refused).toContain('strict')
  })

  test('the workspace does not grow with the input', () => {
    const bytes = (n: number): number =>
      plan('correlate', [n], [1024], { algorithm: 'fft' }).workspaceBytes
    expect(bytes(16_000_000)).toBeLessThanOrEqual(bytes(2_000_000))
    const rows = (n: number): number =>
      plan('correlate', [n, 1920], [31, 31], { algorithm: 'fft' }).workspaceBytes
    for (const n of [2_000, 20_000, 100_000]) expect(rows(n)).toBeLessThan(12 * 2 ** 20)
  })

  test('the reason for each unsupported problem', () => {
    const rejection = (shape: number[], taps: number[], options: object): string =>
      plan('correlate', shape, taps, options).candidates.find((c) => c.algorithm === 'fft')!
        .refused!
    expect(rejection([100], [1], {})).toContain('one sample')
    expect(rejection([3], [900], { boundary: 'reflect' })).toContain('repeats the input')
    expect(rejection([100], [9], { memoryLimit: 0, backend: 'js' })).toContain('memory')
  })

  test('two runs give the same bits, also with another kernel in between', () => {
    const [x, k] = [noise([300, 300], 15), noise([21, 21], 16)]
    const p = plan('correlate', [300, 300], [21, 21], { algorithm: 'fft', deterministic: true })
    const once = p.runSync(x, k)
    p.runSync(x, noise([21, 21], 17))
    expect(p.runSync(x, k).data).toEqual(once.data)
  })
})
