/**
 * Do the filters by name leave missing samples out? Each is compared with the definition for its
 * kernel, which is written down here.
 */

import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { epsilon } from '../src/ndarray/dtype.ts'
import { definedResults } from './missing-definition.ts'

const { contiguous, ndarray, savitzkyGolay, sobel, toNested } = library

type AnyCall = (x: library.NdArray, options: object) => library.NdArray
const calls = library as unknown as Readonly<Record<string, AnyCall>>
const later = promises as unknown as Readonly<
  Record<string, (...given: Parameters<AnyCall>) => Promise<library.NdArray>>
>

const [height, width] = [11, 13]
const values = Array.from({ length: height * width }, (_, i) => {
  const isHole = (i * 7919) % 10 < 4 || (i > 60 && i < 90)
  return isHole ? NaN : ((i * i) % 19) - 9
})

const outer = (a: readonly number[], b: readonly number[]): number[][] =>
  a.map((p) => b.map((q) => p * q))
const added = (a: number[][], b: number[][]): number[][] =>
  a.map((row, y) => row.map((value, x) => value + b[y]![x]!))

/** A Gaussian of sigma 1 and radius 2, and its derivatives in the order of a correlation. */
const positions = [-2, -1, 0, 1, 2]
const density = positions.map((x) => Math.exp(-x * x * 0.5))
const total = density.reduce((a, b) => a + b, 0)
const gauss = density.map((value) => value / total)
const slope = gauss.map((value, i) => value * positions[i]!)
const curvature = gauss.map((value, i) => value * (positions[i]! ** 2 - 1))

/** The filtered values by the definition, for several kernels the root of the squares. */
function truth(
  kernelsOfFilter: readonly number[][][],
  border: string,
  minimumPresent = 0,
): number[] {
  const results = kernelsOfFilter.map((k) =>
    definedResults({
      axes: [[height, k.length] as const, [width, k[0]!.length] as const].map(([n, taps]) => ({
        ...{ input: n, output: n, taps, stride: 1, dilation: 1, border },
        before: Math.floor(taps / 2),
      })),
      ...{ x: values, k: k.flat(), flip: false, minimumPresent },
    }).map(({ y }) => y),
  )
  return results.length === 1
    ? results[0]!
    : results[0]!.map((_, i) => Math.sqrt(results.reduce((sum, y) => sum + y[i]! ** 2, 0)))
}

const ones = [1, 1, 1]
const cases: readonly (readonly [call: string, options: object, kernels: number[][][]])[] = [
  ['gaussianFilter', { radius: 2 }, [outer(gauss, gauss)]],
  ['gaussianFilter', { radius: 2, order: [1, 0] }, [outer(slope, gauss)]],
  ['gaussianFilter', { radius: 2, axes: [1] }, [outer([1], gauss)]],
  ['gaussianLaplace', { radius: 2 }, [added(outer(curvature, gauss), outer(gauss, curvature))]],
  ['gaussianGradientMagnitude', { radius: 2 }, [outer(slope, gauss), outer(gauss, slope)]],
  [
    'uniformFilter',
    { size: [3, 4] },
    [
      outer(
        ones.map((w) => w / 3),
        [0.25, 0.25, 0.25, 0.25],
      ),
    ],
  ],
  ['sobel', {}, [outer([1, 2, 1], [-1, 0, 1])]],
  ['prewitt', { axis: 0 }, [outer([-1, 0, 1], ones)]],
  ['scharr', {}, [outer([3, 10, 3], [-1, 0, 1])]],
  [
    'laplace',
    {},
    [
      [
        [0, 1, 0],
        [1, -4, 1],
        [0, 1, 0],
      ],
    ],
  ],
  ['laplace', { axes: [-1] }, [[[1, -2, 1]]]],
  [
    'gradientMagnitude',
    { operator: 'prewitt' },
    [outer(ones, [-1, 0, 1]), outer([-1, 0, 1], ones)],
  ],
  ['savitzkyGolay', { boundary: 'edge' }, [[[-3, 12, 17, 12, -3].map((w) => w / 35)]]],
]

describe.each(cases)('%s %j', (call, options, kernelsOfFilter) => {
  test.each(['symmetric', 'missing', 'wrap', 'zero'])('with the border %s', async (boundary) => {
    for (const type of ['float32', 'float64'] as const) {
      const Type = type === 'float32' ? Float32Array : Float64Array
      const x = ndarray(new Type(values), [height, width])
      for (const minimumPresent of [0, 0.5]) {
        const expected = truth(kernelsOfFilter, boundary, minimumPresent)
        const size = kernelsOfFilter.flat(2).reduce((sum, weight) => sum + Math.abs(weight), 0)
        const bound = 4 * (2 * kernelsOfFilter.flat(2).length + 32) * epsilon[type] * 9 * size
        const given = { ...options, boundary, missing: 'nan', minimumPresent }
        const y = calls[call]!(x, given)
        const { data } = contiguous(y)
        for (const [i, value] of expected.entries()) {
          if (Number.isNaN(value)) expect(data[i], `${type} element ${i}`).toBeNaN()
          else expect(Math.abs(data[i]! - value), `${type} ${i}`).toBeLessThanOrEqual(bound)
        }
        expect(toNested(await later[call]!(x, given))).toEqual(toNested(y))
      }
    }
  })
})

test('savitzkyGolay fits the ends to what is there', () => {
  const x = Float64Array.of(1, NaN, 2, 5, 3, 8, 9)
  const fit = (weights: readonly number[], window: readonly number[]): number => {
    const taps = weights.map((weight) => weight / 35)
    const axis = { input: 5, output: 1, taps: 5, stride: 1, dilation: 1, before: 0, border: 'zero' }
    return definedResults({ axes: [axis], x: window, k: taps, flip: false })[0]!.y
  }
  const first = [...x.slice(0, 5)]
  const last = [...x.slice(2)]
  // The classical weights of a parabola through five samples (Savitzky and Golay 1964).
  const inside = [-3, 12, 17, 12, -3]
  const expected = [
    fit([31, 9, -3, -5, 3], first),
    fit([9, 13, 12, 6, -5], first),
    fit(inside, first),
    fit(inside, [...x.slice(1, 6)]),
    fit(inside, last),
    fit([-5, 6, 12, 13, 9], last),
    fit([3, -5, -3, 9, 31], last),
  ]
  const y = savitzkyGolay(x, { missing: 'nan' })
  const mask = [1, 0, 1, 1, 1, 1, 1]
  const masked = savitzkyGolay(x.with(1, 1e9), { missing: mask })
  for (const { data } of [y, masked])
    for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 12)
})

test('a constant has no slope, with any holes', () => {
  const x = values.map((value) => (Number.isNaN(value) ? NaN : 4))
  const y = sobel(ndarray(new Float32Array(x), [height, width]), { missing: 'nan' })
  for (const value of y.data) expect(Number.isNaN(value) || value === 0).toBe(true)
})

test('wide filters of many axes are one correlation', () => {
  const x = ndarray(new Float32Array(9 * 8 * 7).fill(3), [9, 8, 7])
  x.data[100] = NaN
  const y = library.gaussianFilter(x, { sigma: 10, missing: 'nan', boundary: 'missing' })
  for (const value of y.data) expect(Math.abs(value - 3)).toBeLessThan(1e-4)
})

describe('errors', () => {
  const x = [1, NaN, 3]
  const codeOf = (run: () => unknown): string => {
    try {
      run()
    } catch (cause) {
      if (cause instanceof library.OptionError) return `${cause.code} ${cause.message}`
      throw cause
    }
    return 'none'
  }

  test.each(
    Object.entries({
      'integer result': () => library.gaussianFilter(x, { missing: 'nan', dtype: 'uint8' }),
      'integer magnitude': () =>
        library.gradientMagnitude(x, { boundary: 'missing', dtype: 'int16' }),
      'integer fit': () => savitzkyGolay([1, 2, 3, 4, 5], { missing: 'nan', dtype: 'uint8' }),
    }),
  )('%s', (_, run) => {
    expect(codeOf(run)).toMatch(/^OPTION_CONFLICT \w+: dtype '\w+' has no NaN/)
  })

  test('calls that compare arrays', () => {
    const missing = { missing: 'nan' } as object
    for (const run of [
      () => library.autocorrelate(x, missing),
      () => library.correlateNormalized(x, [1, 2], missing),
    ])
      expect(codeOf(run)).toMatch(/^OPTION_UNKNOWN .*Fill the missing samples first/)
  })

  test('two constants outside', () => {
    const boundary = [{ constant: 1 }, { constant: 2 }]
    expect(codeOf(() => library.gaussianFilter([x, x], { missing: 'nan', boundary }))).toMatch(
      /^OPTION_CONFLICT gaussianFilter: with missing samples, a constant outside/,
    )
  })

  test('values that are not valid', () => {
    expect(codeOf(() => sobel(x, { missing: 'NaN' as 'nan' }))).toMatch(
      /^OPTION_INVALID sobel: option 'missing' is 'NaN'; it must be 'nan', or an array/,
    )
    expect(codeOf(() => sobel(x, { missing: [1, 2] }))).toMatch(/^SHAPE_MISMATCH sobel: missing/)
    expect(codeOf(() => sobel(x, { minimumPresent: 2 }))).toMatch(/^OPTION_INVALID sobel: .*0 to 1/)
  })
})
