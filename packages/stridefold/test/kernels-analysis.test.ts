/**
 * Is the analysis of a kernel right? The references are NumPy (singular values, FFT), calculation
 * by hand, and brute force.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { analyzeKernel } from '../src/kernels/analyze.ts'
import { lint } from '../src/kernels/lint.ts'
import { kernels } from '../src/kernels/named.ts'
import { lowRankFactors } from '../src/kernels/separable.ts'
import { svd } from '../src/kernels/svd.ts'
import { ndarray } from '../src/ndarray/create.ts'
import { indexAt } from '../src/ndarray/indices.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { flip } from '../src/ndarray/views.ts'

const article = [
  [0.1, 0.1, 0.1],
  [0.1, -0.8, 0.1],
  [0.1, 0.1, 0.1],
]

describe('svd', () => {
  test('singular values are those of np.linalg.svd, for wide and tall matrices', () => {
    const wide = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
    const numpy = [21.49035699007071, 6.0230598351079365, 2.9811586106794703]
    const tall = Array.from({ length: 15 }, (_, i) => wide[(i % 3) * 5 + Math.floor(i / 3)]!)
    for (const { sigma } of [svd(wide, 3, 5), svd(tall, 5, 3)]) {
      expect(sigma.length).toBe(3)
      sigma.forEach((value, i) => {
        expect(Math.abs(value - numpy[i]!)).toBeLessThan(21.5 * 8 * 2 ** -52)
      })
    }
  })

  test('singular vectors are orthonormal, and their scaled products add up to the matrix', () => {
    const size = fc.integer({ min: 1, max: 9 })
    const matrices = fc.tuple(size, size).chain(([rows, columns]) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        values: fc.array(fc.integer({ min: -9, max: 9 }), {
          minLength: rows * columns,
          maxLength: rows * columns,
        }),
      }),
    )
    fc.assert(
      fc.property(matrices, ({ rows, columns, values }) => {
        const { sigma, u, v } = svd(values, rows, columns)
        const error = 1e2 * 2 ** -52 * (sigma[0]! + 1)
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) {
            const sum = sigma.reduce((s, value, r) => s + value * u[r]![i]! * v[r]![j]!, 0)
            expect(Math.abs(sum - values[i * columns + j]!)).toBeLessThan(error)
          }
        }
        const nonzeroCount = sigma.filter((value) => value > 1e-9).length
        for (const vectors of [u, v]) {
          for (let p = 0; p < nonzeroCount; p++) {
            for (let q = 0; q <= p; q++) {
              const dot = vectors[p]!.reduce((s, x, i) => s + x * vectors[q]![i]!, 0)
              expect(Math.abs(dot - (p === q ? 1 : 0))).toBeLessThan(1e-5)
            }
          }
        }
      }),
    )
  })
})

/**
 * Returns the kernel of a sum of terms, by brute force. Each term is the product of one factor per
 * axis.
 */
function composed(
  terms: readonly (readonly (readonly number[])[])[],
  shape: readonly number[],
): number[] {
  return Array.from({ length: elementCount(shape) }, (_, position) => {
    const index = indexAt(shape, position)
    return terms.reduce(
      (sum, factors) => sum + factors.reduce((p, factor, axis) => p * factor[index[axis]!]!, 1),
      0,
    )
  })
}

const doubles = (values: readonly number[], ...shape: number[]): NdArray =>
  ndarray(Float64Array.from(values), shape)

/** Numbers from −0.5 to 0.5. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647 - 0.5
  }
}

describe('separable terms', () => {
  test('integer products have integer factors', () => {
    expect(lowRankFactors(kernels.sobelX())).toEqual({
      terms: [
        [
          [1, 2, 1],
          [-1, 0, 1],
        ],
      ],
      residual: 0,
    })
    expect(lowRankFactors(doubles([4, 6, 6, 9], 2, 2)).terms).toEqual([
      [
        [2, 3],
        [2, 3],
      ],
    ])
    expect(lowRankFactors(doubles([-6, -12, 9, 18], 2, 2)).terms).toEqual([
      [
        [-6, 9],
        [1, 2],
      ],
    ])
  })

  test('terms of an integer kernel that is a product equal it exactly in any rank', () => {
    const factor = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(factor, { minLength: 1, maxLength: 4 }), (factors) => {
        const shape = factors.map((f) => f.length)
        const values = composed([factors], shape)
        const { terms, residual } = lowRankFactors(doubles(values, ...shape))
        expect(terms.length).toBe(1)
        expect(residual).toBe(0)
        expect(composed(terms, shape).map((value) => value + 0)).toEqual(
          values.map((value) => value + 0),
        )
        expect(terms[0]!.flat().every(Number.isInteger)).toBe(true)
      }),
    )
  })

  test.each([
    ['article-emboss', kernels.articleEmboss(), 2],
    ['laplacian', kernels.laplacian(), 2],
    ['emboss', kernels.emboss(), 3],
    ['log', kernels.log({ sigma: 3 }), 2],
    ['dog', kernels.dog(), 2],
    ['gaussian', kernels.gaussian({ sigma: 5 }), 1],
    ['box', kernels.box({ size: 51 }), 1],
    ['gaussian in space', kernels.gaussian({ rank: 3 }), 1],
  ])('%s', (_, kernel, rank) => {
    const { terms, residual } = lowRankFactors(kernel)
    expect(terms.length).toBe(rank)
    const values = [...kernel.data]
    const size = values.reduce((sum, value) => sum + Math.abs(value), 0)
    const again = composed(terms, kernel.shape)
    const worst = Math.max(...values.map((value, i) => Math.abs(value - again[i]!))) / size
    expect(worst).toBeLessThanOrEqual(2 ** -23)
    expect(Math.abs(residual - worst)).toBeLessThan(1e-12)
  })

  test('a random kernel has full rank; in float64 its terms are exact to rounding', () => {
    const random = Float64Array.from({ length: 15 * 11 }, randomNumbers(7))
    const { terms, residual } = lowRankFactors(ndarray(random, [15, 11]))
    expect(terms.length).toBe(11)
    expect(residual).toBeLessThan(2 ** -50)
    const sizes = terms.map((factors) => factors.reduce((p, f) => p * Math.hypot(...f), 1))
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })

  test.each([
    [70, 66, 1],
    [200, 150, 5],
    [90, 300, 16],
  ])('a large kernel, %i×%i, is a sum of %i products', (height, width, rank) => {
    const random = randomNumbers(height * width)
    const factors = Array.from({ length: rank }, () => [
      Array.from({ length: height }, random),
      Array.from({ length: width }, random),
    ])
    const values = composed(factors, [height, width])
    const { terms, residual } = lowRankFactors(doubles(values, height, width))
    expect(terms.length).toBe(rank)
    const size = values.reduce((sum, value) => sum + Math.abs(value), 0)
    const again = composed(terms, [height, width])
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - again[i]!)), 0)
    expect(worst / size).toBeLessThanOrEqual(2 ** -50)
    expect(Math.abs(residual - worst / size)).toBeLessThan(2 ** -50)
    const sizes = terms.map((term) => term.reduce((p, f) => p * Math.hypot(...f), 1))
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })

  test('a kernel with more terms than are useful has none', () => {
    const random = randomNumbers(3)
    const kernel = (extent: number): NdArray =>
      doubles(Array.from({ length: extent ** 2 }, random), extent, extent)
    for (const extent of [17, 40, 100])
      expect(lowRankFactors(kernel(extent)), `${extent}`).toEqual({ terms: [], residual: Infinity })
    expect(lowRankFactors(kernel(16)).terms).toHaveLength(16)
  })

  test('no terms for a sum of products in three axes and for a kernel that is not finite', () => {
    expect(lowRankFactors(doubles([1, 0, 0, 1, 0, 0, 0, 0], 2, 2, 2))).toEqual({
      terms: [],
      residual: Infinity,
    })
    expect(lowRankFactors(doubles([1, Number.NaN], 1, 2))).toEqual({
      terms: [],
      residual: Infinity,
    })
    expect(lowRankFactors(doubles([1, Infinity], 1, 2))).toEqual({ terms: [], residual: Infinity })
  })

  test('reads strided views, zeros, and very small and very large weights', () => {
    expect(lowRankFactors(flip(kernels.sobelX())).terms).toEqual([
      [
        [1, 2, 1],
        [1, 0, -1],
      ],
    ])
    expect(lowRankFactors(doubles([0, 0], 2, 1))).toEqual({ terms: [[[0, 0], [0]]], residual: 0 })
    for (const scale of [1e-250, 1e250]) {
      const { terms, residual } = lowRankFactors(
        doubles(
          [1, 2, 3, 4].map((value) => value * scale),
          2,
          2,
        ),
      )
      expect(terms.length).toBe(2)
      expect(residual).toBeLessThan(2 ** -50)
    }
  })
})

describe('analyzeKernel', () => {
  test("recognises the article's emboss as an isotropic Laplacian", () => {
    const analysis = analyzeKernel(article)
    expect(analysis).toMatchObject({
      shape: [3, 3],
      zeroSum: true,
      dcGain: 0,
      isWeighting: false,
      symmetry: ['even', 'even'],
      flipInvariant: true,
      halfSampleShift: [0, 0],
      rank: 2,
    })
    expect(analysis.isotropy).toBeGreaterThan(0.99)
    expect(analysis.absoluteSum).toBeCloseTo(1.6, 12)
    expect(analysis.describe[0]).toBe('Sums to 0: an edge kernel, flat areas become 0.')
    expect(
      analysis.describe.some((sentence) => /isotropic.*Laplacian.*not an emboss/i.test(sentence)),
    ).toBe(true)
    const emboss = analyzeKernel(kernels.emboss())
    expect(emboss.zeroSum).toBe(false)
    expect(emboss.isotropy).toBeLessThan(0.2)
    expect(emboss.describe.join()).toMatch(/Directional/)
  })

  test('sobel: odd, a derivative, −1020 … 1020 from bytes', () => {
    const analysis = analyzeKernel(kernels.sobelX())
    expect(analysis).toMatchObject({
      sum: 0,
      absoluteSum: 8,
      symmetry: ['even', 'odd'],
      flipInvariant: false,
      flipNegates: true,
      rank: 1,
    })
    expect(analysis.factors).toEqual([
      [1, 2, 1],
      [-1, 0, 1],
    ])
    expect(analysis.outputRange(0, 255)).toEqual([-1020, 1020])
    expect(analysis.overflowingDTypes(0, 255)).toEqual(['uint8', 'int8', 'uint16'])
    expect(analysis.overflowingDTypes(0, 255 * 40)).toEqual(['uint8', 'int8', 'uint16', 'int16'])
    expect(analysis.isotropy).toBeLessThan(1e-9)
  })

  test('a weighted mean is positive and sums to 1; either alone is not enough', () => {
    const examples = [
      kernels.gaussian({ sigma: 2 }),
      [[0.5, 0.6]],
      [[1.5, -0.5]],
      kernels.box({ size: [4, 1] }),
    ]
    expect(examples.map((k) => analyzeKernel(k).isWeighting)).toEqual([true, false, false, true])
    expect(analyzeKernel(examples[3]!).halfSampleShift).toEqual([0.5, 0])
    expect(analyzeKernel(kernels.gaussian()).overflowingDTypes(0, 255)).toEqual(['int8'])
  })

  test('frequency response is the FFT of NumPy', () => {
    // np.conj(np.fft.fft2(p)), p = [[1, 2, 0], [0, 1, −3]], rolled so that [0, 1] lies at the
    // origin of 8×8. [0, 1] is the middle of the kernel for mode same.
    const { real, imaginary, magnitude } = analyzeKernel([
      [1, 2, 0],
      [0, 1, -3],
    ]).frequencyResponse(8)
    expect(real.shape).toEqual([8, 8])
    const numpy = [
      [0, 0, 1, 0],
      [1, 2, 4.82842712474619, -2.4142135623730954],
      [3, 0, 4.414213562373095, -Math.SQRT2],
      [5, 7, 5, 0],
    ] as const
    for (const [r, c, re, im] of numpy) {
      expect(real.data[r * 8 + c]).toBeCloseTo(re, 13)
      expect(imaginary.data[r * 8 + c]).toBeCloseTo(im, 13)
      expect(magnitude.data[r * 8 + c]).toBeCloseTo(Math.hypot(re, im), 13)
    }
  })

  test('isotropy separates round kernels from long ones, in two and three axes', () => {
    const of = (k: NdArray): number => analyzeKernel(k).isotropy!
    expect(of(kernels.gaussian({ sigma: 2 }))).toBeGreaterThan(0.9999)
    expect(of(kernels.gaussian({ sigma: 2, rank: 3 }))).toBeGreaterThan(0.9999)
    expect(of(kernels.motion({ angle: 30 }))).toBeLessThan(0.7)
    expect(of(kernels.gaussian({ sigma: [3, 1, 1] }))).toBeLessThan(0.9)
    expect(analyzeKernel([1, 2, 1]).isotropy).toBeUndefined()
  })

  test('signals: a kernel is causal if mode same reads no later sample', () => {
    expect([[1, 2, 0], [1, 2, 3], [1, 0], [1, 1], [5]].map((k) => analyzeKernel(k).causal)).toEqual(
      [true, false, true, false, true],
    )
  })

  test('zero sum and symmetry tolerate rounding to float32, but no larger difference', () => {
    expect(analyzeKernel(ndarray(new Float32Array([0.1, 0.2, -0.3]))).zeroSum).toBe(true)
    expect(analyzeKernel([0.1, 0.2, -0.3001]).zeroSum).toBe(false)
    expect(analyzeKernel(doubles([0.3, 1, 0.1 + 0.2], 3)).symmetry).toEqual(['even'])
    expect(analyzeKernel([0.3, 1, 0.301]).symmetry).toEqual(['none'])
  })

  test(
    'reports weights that are not finite, rejects values that are no kernel, accepts views and ' +
      'scalars',
    () => {
      const analysis = analyzeKernel([[1, 2, Number.NaN]])
      expect(analysis.finite).toBe(false)
      expect(analysis.describe).toEqual([
        'Weight [0, 2] is NaN: every result that uses it becomes NaN or infinite.',
      ])
      expect(() => analyzeKernel(new Float32Array(0))).toThrow(
        expect.objectContaining({ code: 'KERNEL_EMPTY' }),
      )
      expect(() => analyzeKernel('sobel' as never)).toThrow(
        expect.objectContaining({ name: 'OptionError' }),
      )
      expect(analyzeKernel(flip(kernels.sobelY())).symmetry).toEqual(['odd', 'even'])
      expect(analyzeKernel(3)).toMatchObject({ sum: 3, shape: [] })
      expect(analyzeKernel([[0, 0]])).toMatchObject({
        rank: 0,
        zeroSum: true,
        describe: ['All weights are 0: every result is 0.'],
      })
    },
  )
})

describe('lint', () => {
  const codes = (...call: Parameters<typeof lint>): string[] =>
    lint(...call).map(({ code }) => code)

  test('gives no warning for an ordinary call', () => {
    expect(lint(kernels.box(), { alpha: true, dtype: 'uint8' })).toEqual([])
    expect(lint(article, { call: 'convolve' })).toEqual([])
  })

  test.each([
    ['NOT_FINITE', [[1, Number.NaN]], {}],
    ['ALL_ZERO', [[0]], {}],
    ['ZERO_SUM_ALPHA', article, { alpha: true }],
    ['BRIGHTNESS', [[0.5]], {}],
    ['FLIP_MATTERS', kernels.emboss(), { call: 'convolve' }],
    ['FLIP_MATTERS', kernels.sobelX(), {}],
    ['HALF_SAMPLE_SHIFT', kernels.box({ size: 2 }), {}],
    ['SATURATES', article, { dtype: 'uint8' }],
    ['SATURATES', kernels.sobelX(), { dtype: 'int16', inputRange: [0, 65535], call: 'correlate' }],
    ['DARK_BORDER', kernels.gaussian(), {}],
  ] as const)('%s: case %#', (code, kernel, options) => {
    const warning = lint(kernel, options).find((entry) => entry.code === code)
    expect(warning?.message).toMatch(/^[A-Z].*\.$/)
  })

  test('the warnings depend on the options of the call', () => {
    expect(codes(article, { alpha: false })).toEqual([])
    expect(codes(kernels.box({ size: 2 }), { mode: 'valid' })).toEqual([])
    expect(codes(kernels.box({ size: 2 }), { mode: ['valid', 'same-lower'] })).toEqual([
      'HALF_SAMPLE_SHIFT',
    ])
    expect(codes(kernels.gaussian(), { boundary: 'reflect' })).toEqual([])
    expect(codes(kernels.gaussian(), { boundary: ['reflect', 'zero'] })).toEqual(['DARK_BORDER'])
    expect(codes([[1, Number.NaN]], { alpha: true })).toEqual(['NOT_FINITE'])
    expect(codes(article, { dtype: 'int16' })).toEqual([])
  })
})
