/**
 * Are the values of a kernel data, not code? Another kernel of the same shape must compile nothing
 * if its values need the same program. The tests count compilations in the engine, and compare some
 * samples with the definition.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { separable } from '../src/algorithms/separable.ts'
import { conv2d, correlate, kernels, type NdArray, ndarray, plan, zeros } from '../src/sync.ts'

const { Module } = WebAssembly
let compiled = 0

beforeEach(() => {
  compiled = 0
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes)
      compiled++
    }
  }
})
afterEach(() => {
  WebAssembly.Module = Module
})

const image = (rows: number, columns: number): NdArray =>
  ndarray(
    Float32Array.from(
      { length: rows * columns },
      (_, i) => ((i * 7 + Math.floor(i / 13)) % 31) - 15,
    ),
    [rows, columns],
  )

/** Returns Σ x·k around a sample in float64, with zeros outside, and Σ|k|. */
function defined(
  x: NdArray,
  k: NdArray,
  row: number,
  column: number,
): readonly [sum: number, weight: number] {
  const [rows, columns] = x.shape as [number, number]
  const [height, width] = k.shape as [number, number]
  let [sum, weight] = [0, 0]
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [y, z] = [
        row + i - Math.floor((height - 1) / 2),
        column + j - Math.floor((width - 1) / 2),
      ]
      const value = k.data[i * width + j]!
      weight += Math.abs(value)
      if (y >= 0 && y < rows && z >= 0 && z < columns) sum += x.data[y * columns + z]! * value
    }
  }
  return [sum, weight]
}

function expectDefined(y: NdArray, x: NdArray, k: NdArray): void {
  const [rows, columns] = x.shape as [number, number]
  for (const [row, column] of [
    [0, 0],
    [rows - 1, columns - 1],
    [3, columns - 2],
    [rows >> 1, columns >> 1],
    [rows - 4, 5],
  ] as const) {
    const [sum, weight] = defined(x, k, row, column)
    // 2⁻¹⁶ of 15·Σ|k|: far above the rounding error of any algorithm, and far below the difference
    // to another kernel.
    expect(Math.abs(y.data[row * columns + column]! - sum)).toBeLessThan(15 * weight * 2 ** -16)
  }
}

const sigmas = Array.from({ length: 20 }, (_, i) => 1 + i * 0.13)

describe.each<readonly [string, number, number, 'wasm' | 'js']>([
  ['a small image', 64, 70, 'wasm'],
  ['an image in strips', 640, 600, 'wasm'],
  ['a small image in plain JavaScript', 24, 28, 'js'],
])('%s', (_, rows, columns, backend) => {
  const x = image(rows, columns)

  test.each(['gaussian', 'log', 'dog'] as const)(
    'runs many kernels of one kind (%s) with the code of the first',
    (name) => {
      for (const algorithm of ['auto', 'separable']) {
        const kernelOf = (sigma: number): NdArray => kernels[name]({ sigma, size: 15 })
        const options = { algorithm, backend, out: zeros(x.shape) }
        correlate(x, kernelOf(0.93), options)
        const before = compiled
        for (const sigma of [...sigmas, ...sigmas.slice(0, 3)]) {
          const k = kernelOf(sigma)
          expectDefined(correlate(x, k, options), x, k)
          expectDefined(correlate(x, k, options), x, k)
        }
        expect(compiled).toBe(before)
      }
    },
  )

  test('uses the new values of a changed array of weights', () => {
    const k = ndarray(new Float32Array(225), [15, 15])
    const out = zeros(x.shape)
    for (const sigma of [1, 1.5, 1, 2]) {
      k.data.set(kernels.gaussian({ sigma, size: 15 }).data)
      for (let round = 0; round < 2; round++) expectDefined(correlate(x, k, { backend, out }), x, k)
    }
  })

  test('alternates between kernels of several kinds and compiles each once', () => {
    const kinds = [
      kernels.gaussian({ sigma: 2, size: 15 }),
      kernels.log({ sigma: 2, size: 15 }),
      kernels.box({ size: 15 }),
    ]
    const others = [
      kernels.gaussian({ sigma: 1.7, size: 15 }),
      kernels.log({ sigma: 1.7, size: 15 }),
    ]
    const out = zeros(x.shape)
    for (const k of kinds) correlate(x, k, { backend, out })
    const before = compiled
    for (let round = 0; round < 3; round++) {
      for (const k of [...kinds, ...others]) expectDefined(correlate(x, k, { backend, out }), x, k)
    }
    expect(compiled).toBe(before)
  })
})

test('integer kernels, kernels of full rank and non-finite kernels are planned again', () => {
  const x = image(50, 60)
  const full = ndarray(
    Float32Array.from({ length: 225 }, (_, i) => ((i * i * 31 + i * 7) % 101) - 50),
    [15, 15],
  )
  const product = ndarray(
    Float32Array.from({ length: 225 }, (_, i) => ((i % 15) + 1) * (Math.floor(i / 15) - 7)),
    [15, 15],
  )
  for (const k of [product, full, product, kernels.gaussian({ sigma: 2, size: 15 }), full]) {
    expectDefined(correlate(x, k), x, k)
    expectDefined(correlate(x, k, { accuracy: 'strict' }), x, k)
  }
  const broken = ndarray(full.data.slice(), [15, 15])
  broken.data[7] = Number.NaN
  expect(correlate(x, broken).data[25 * 60 + 30]).toBeNaN()
  expectDefined(correlate(x, product), x, product)
})

test.each(['strided', 'winograd', 'fft', 'im2col', 'toeplitz'])(
  'layers with algorithm %s compile nothing for new weights',
  (algorithm) => {
    const x = ndarray(new Float32Array(16 * 12 * 12).fill(1), [1, 16, 12, 12])
    const weights = (value: number): NdArray =>
      ndarray(new Float32Array(16 * 16 * 9).fill(value), [16, 16, 3, 3])
    const middle = (value: number): number => conv2d(x, weights(value), { algorithm }).data[0]!
    expect(middle(1)).toBeCloseTo(144, 2)
    const before = compiled
    for (let value = 2; value < 20; value++) expect(middle(value)).toBeCloseTo(144 * value, 1)
    expect(compiled).toBe(before)
  },
)

test('a constant that depends on a kernel is marked, so no code contains it', () => {
  const g = plan('correlate', [40, 40], [5, 5]).geometry
  const dense = { dtype: 'float32', outer: 1600, channel: 1600, axes: [40, 1] } as const
  const values = {
    separable: {
      terms: [
        [
          [1, 2, 3, 4, 5],
          [5, 4, 3, 2, 1],
        ],
      ],
      residual: 0,
    },
  }
  const { buffers } = separable.program(g, {
    input: dense,
    kernel: { ...dense, axes: [5, 1] },
    output: dense,
    bias: false,
    offset: 0,
    values,
  })
  const constants = buffers.filter(({ role }) => role === 'constant')
  expect(constants.length).toBeGreaterThan(0)
  expect(constants.every(({ ofKernel }) => ofKernel === true)).toBe(true)
})
