/**
 * The rules for exact integer results, one test each, with the algorithms that would break them.
 * docs/exactness.md lists the rules.
 *
 * The reference is the float64 definition, whose sums are exact here, rounded half to even.
 */

import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { computeExactCase } from '../../../scripts/random/exact-call.ts'
import { exactCase } from '../../../scripts/random/exact-case.ts'
import { exactResult, isPromised } from '../../../scripts/random/exact-definition.ts'
import { type DType, dtypes, epsilon, toDType } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { random } from './random-geometry.ts'

const { conv2d, convInputGradient, convTranspose2d, convWeightGradient, correlate, ndarray, plan } =
  library
const next = random(2)

type Call = (x: library.NdArray, k: library.NdArray, options: object) => library.NdArray

function filled(
  shape: readonly number[],
  dtype: DType,
  value: (i: number) => number,
): library.NdArray {
  const data = dtypes[dtype].create(elementCount(shape))
  for (let i = 0; i < data.length; i++) data[i] = value(i)
  return ndarray(data, shape)
}

/** Samples at both ends of the type. */
const extremes = (shape: readonly number[], dtype: DType): library.NdArray =>
  filled(shape, dtype, () => (next(2) === 0 ? dtypes[dtype].min : dtypes[dtype].max))

/** A kernel of multiples of 2^−m whose magnitudes add up to `total` units. */
function kernelOf(shape: readonly number[], total: number, m: number, sign = 0): library.NdArray {
  const units = new Array<number>(elementCount(shape)).fill(0)
  const places = Math.min(total, units.length)
  for (let i = 0; i < places; i++) {
    const size = Math.floor((total * (i + 1)) / places) - Math.floor((total * i) / places)
    units[Math.floor((i * units.length) / places)] = size * (sign || (next(2) === 0 ? 1 : -1))
  }
  return filled(shape, 'float32', (i) => units[i]! / 2 ** m)
}

/** Expects the result of the float64 definition, rounded to `dtype`. */
function expectExact(
  call: Call,
  x: library.NdArray,
  k: library.NdArray,
  options: { readonly dtype: DType; readonly algorithm?: string },
): void {
  for (const backend of ['wasm', 'js'] as const) {
    const result = call(x, k, { ...options, backend, verify: true })
    const direct = { ...options, algorithm: 'naive', backend: 'js', dtype: 'float64' }
    const expected = Array.from(call(x, k, direct).data, (sum) => toDType(sum, options.dtype))
    const at = expected.findIndex((value, i) => value !== result.data[i])
    expect(at < 0 ? '' : `${backend} ${at}: ${result.data[at]}, not ${expected[at]}`).toBe('')
  }
}

/** Comparing large typed arrays with `toEqual` takes seconds. */
const differences = (a: library.NdArray, b: library.NdArray): number =>
  Array.from(a.data).filter((value, i) => value !== b.data[i]).length

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof library.OptionError && error.code === 'ALGORITHM_REFUSED')
      return error.message
    throw error
  }
  return 'not refused'
}

const plain = ['naive', 'strided', 'im2col', 'toeplitz', 'auto'] as const

describe.each([
  ['int16', 'int16', 2 ** 24, 2 ** 15],
  ['uint8', 'uint8', 2 ** 24, 255],
  ['uint16', 'int16', 2 ** 24, 65535],
  ['int8', 'int32', 2 ** 53, 128],
] as const)('%s samples, %s results: sums below %i units', (input, dtype, limit, largest) => {
  // In float64 the weights cannot be so small and so large at once: its sum stays below 2⁵³.
  const total = Math.min(Math.ceil(limit / largest) - 1, 2 ** 22)
  test.each([0, 3, 9])('weights of 2^-%i: plain sums are exact up to the limit', (m) => {
    for (const sign of [0, 1, -1]) {
      const k = kernelOf([5, 7], total, m, sign)
      for (const x of [extremes([11, 13], input), filled([11, 13], input, () => dtypes[input].max)])
        for (const algorithm of plain)
          expectExact(correlate, x, k, { algorithm, dtype, boundary: 'edge' } as never)
    }
  })
  test('fft would round there, so it is refused; at the limit it may run', () => {
    const x = extremes([40, 41], input)
    const inside = kernelOf([9, 9], total, 2)
    const fft = { algorithm: 'fft', dtype }
    if (limit === 2 ** 24) {
      expect(refusal(() => correlate(x, inside, fft))).toContain('must be exact here')
      const outside = kernelOf([9, 9], total + 1, 2)
      expect(refusal(() => correlate(x, outside, { ...fft, verify: true }))).toBe('not refused')
    } else expectExact(correlate, x, inside, fft)
  })
})

describe('an algorithm that rounds runs exactly where its bound is below a quarter of 2^-m', () => {
  const shape = [64, 80]
  test.each([0, 1, 5])('fft, weights of 2^-%i', (m) => {
    const fftOf = (options: object) =>
      plan('correlate', shape, [9, 9], options).candidates.find((c) => c.algorithm === 'fft')!
    const perUnit = fftOf({}).errorBound * 255
    const most = Math.ceil(0.25 / perUnit) - 1
    expect(most).toBeGreaterThan(50)
    const x = extremes(shape, 'uint8')
    const fft = { algorithm: 'fft', dtype: 'int16' } as const
    expectExact(correlate, x, kernelOf([9, 9], most, m), fft)
    const above = kernelOf([9, 9], most + 1, m)
    const why = `must be below a quarter of ${m === 0 ? '1' : `1/${2 ** m}`} to be rounded away`
    expect(refusal(() => correlate(x, above, fft))).toContain(why)
    expectExact(correlate, x, above, { dtype: 'int16' })
    const refused = fftOf({ kernel: above, dtype: 'uint8' })
    expect(refused).toMatchObject({ refusal: 'option', errorBound: NaN })
    expect(refused.refused).toContain(why)
    const admitted = fftOf({ kernel: kernelOf([9, 9], most, m), dtype: 'uint8' })
    expect(admitted).toMatchObject({ refused: undefined, errorBound: 0 })
    // Rounding to a grid is one more step, which has a price.
    if (m > 0)
      expect(admitted.milliseconds).toBeGreaterThan(
        fftOf({ kernel: kernelOf([9, 9], most, 0), dtype: 'uint8' }).milliseconds,
      )
  })

  test.each([
    ['winograd', conv2d as Call, [1, 16, 13, 14], [8, 16, 3, 3]],
    ['fft', conv2d as Call, [1, 16, 13, 14], [8, 16, 3, 3]],
    ['fft', convTranspose2d as Call, [1, 16, 7, 8], [16, 8, 5, 5]],
    ['winograd', convTranspose2d as Call, [1, 16, 7, 8], [16, 8, 5, 5]],
  ] as const)('%s of layers, in float64', (algorithm, call, inputs, weights) => {
    const x = extremes(inputs, 'uint8')
    const stride = call === conv2d ? {} : { stride: 2 }
    const kinds = Array.from({ length: 38 }, (_, m) => {
      const k = filled(weights, 'float32', (i) => (i % 5 === 0 ? 2 ** -m : 1 - (i % 3)))
      const options = { ...stride, algorithm, dtype: 'int32' } as const
      return { k, options, isRefused: refusal(() => call(x, k, options)) !== 'not refused' }
    })
    const first = kinds.findIndex(({ isRefused }) => isRefused)
    expect(first).toBeGreaterThan(5)
    expect(kinds.slice(first).every(({ isRefused }) => isRefused)).toBe(true)
    for (const { k, options } of kinds.slice(first - 3, first)) expectExact(call, x, k, options)
  })
})

describe('what is added to the sums, and what lies outside of the input', () => {
  const x = extremes([30, 34], 'uint8')
  const k = kernelOf([9, 9], 4, 1)
  const rounding = ['fft', 'auto', ...plain] as const

  test.each([
    ['a whole number', { bias: 7 }],
    ['a half', { bias: -0.5 }],
    ['a finer fraction than the weights', { bias: 0.0625 }],
    ['a whole constant', { boundary: { constant: -3 } }],
    ['a fractional constant', { boundary: { constant: 0.25 } }],
    ['a larger constant than any sample', { boundary: { constant: 1000.5 } }],
    ['a constant along one axis', { boundary: [{ constant: 2.5 }, 'reflect'], bias: 0.5 }],
    ['a constant that no window reads', { boundary: { constant: 0.1 }, mode: 'valid' }],
  ])('%s: every algorithm is exact', (_, options) => {
    for (const algorithm of rounding)
      for (const dtype of ['int16', 'uint8'] as const)
        expectExact(correlate, x, k, { ...options, algorithm, dtype } as never)
  })

  test('a constant that is no such fraction, or too large for the bound, refuses fft', () => {
    for (const constant of [0.1, 1e6]) {
      const options = { boundary: { constant }, dtype: 'int16', algorithm: 'fft' } as const
      expect(refusal(() => correlate(x, k, options))).toContain('must be exact here')
      expect(refusal(() => correlate(x, k, { ...options, algorithm: 'auto', verify: true }))).toBe(
        'not refused',
      )
    }
  })

  test('a bias that is no such fraction is added to exact sums', () => {
    const layer = extremes([1, 16, 9, 10], 'uint8')
    const w = kernelOf([8, 16, 3, 3], 2000, 3)
    const bias = filled([8], 'float32', (i) => Math.fround(0.1 * i))
    for (const algorithm of ['winograd', 'fft', ...plain]) {
      const options = { algorithm, dtype: 'int32', bias } as const
      const result = conv2d(layer, w, { ...options, verify: true })
      const sums = conv2d(layer, w, { algorithm: 'naive', backend: 'js', dtype: 'float64' })
      const expected = Array.from(sums.data, (sum, i) =>
        toDType(sum + bias.data[Math.floor(i / 56)]!, 'int32'),
      )
      expect(Array.from(result.data), algorithm).toEqual(expected)
    }
  })

  test.each(['relu', 'relu6', { name: 'clamp', min: -20.5, max: 300.25 }] as const)(
    'activation %s after fractions',
    (activation) => {
      const layer = extremes([1, 16, 9, 10], 'int8')
      const w = kernelOf([8, 16, 3, 3], 900, 2)
      const bias = filled([8], 'float32', (i) => i / 8)
      for (const algorithm of ['winograd', 'fft', ...plain])
        expectExact(conv2d as Call, layer, w, {
          ...{ algorithm, activation, bias, padding: 1, dtype: 'int32' },
        } as never)
    },
  )

  test('after tanh nothing is exact, so any algorithm may run within its bound', () => {
    const layer = extremes([1, 16, 9, 10], 'int8')
    const w = kernelOf([8, 16, 3, 3], 900, 2)
    const options = { algorithm: 'winograd', dtype: 'int16', verify: true } as const
    expect(refusal(() => conv2d(layer, w, options))).toContain('must be exact here')
    expect(refusal(() => conv2d(layer, w, { ...options, activation: 'tanh' }))).toBe('not refused')
  })
})

describe('geometry and types', () => {
  test('groups, strides, dilations and transposed layers', () => {
    const x = extremes([2, 16, 11, 12], 'int8')
    for (const options of [
      { groups: 2, padding: 1 },
      { stride: 2, padding: 2 },
      { dilation: [2, 3], boundary: 'wrap', padding: 1 },
      { stride: 3, dilation: 2, groups: 4, boundary: 'reflect', padding: 3 },
    ]) {
      const w = kernelOf([8, 16 / (options.groups ?? 1), 3, 3], 300, 2)
      const wt = kernelOf([16, 8 / (options.groups ?? 1), 4, 3], 500, 2)
      for (const algorithm of ['winograd', 'fft', ...plain])
        for (const [call, k] of [
          [conv2d, w],
          [convTranspose2d, wt],
        ] as const) {
          const all = { ...options, algorithm, dtype: 'int32' } as never
          const why = refusal(() => (call as Call)(x, k, all))
          expect(why).not.toContain('must be exact')
          if (why === 'not refused') expectExact(call as Call, x, k, all)
        }
    }
  })

  test('int32 samples in float64, up to 2⁵³ units', () => {
    const x = extremes([30, 31], 'int32')
    const total = 2 ** 22 - 1
    for (const algorithm of plain)
      expectExact(correlate, x, kernelOf([5, 5], total, 7), { algorithm, dtype: 'int32' })
    expect(
      refusal(() => correlate(x, kernelOf([5, 5], total, 7), { algorithm: 'fft', dtype: 'int32' })),
    ).toContain('must be exact here')
    expectExact(correlate, x, kernelOf([5, 5], 100, 7), { algorithm: 'fft', dtype: 'int32' })
  })

  test('sums saturate, and ties round to even', () => {
    const x = filled([1, 64], 'uint8', (i) => i)
    const half = filled([1, 2], 'float32', (i) => (i === 0 ? 0.5 : 0))
    for (const algorithm of ['fft', 'auto', 'strided']) {
      const { data } = correlate(x, half, { algorithm, dtype: 'uint8', mode: 'same' })
      expect(Array.from(data).slice(0, 9)).toEqual([0, 0, 1, 2, 2, 2, 3, 4, 4])
      const large = correlate(
        x,
        filled([1, 2], 'float32', () => 8.5),
        {
          ...{ algorithm, dtype: 'uint8', mode: 'valid' },
        },
      )
      expect(large.data[40]).toBe(255)
      const negative = correlate(
        x,
        filled([1, 2], 'float32', () => -0.5),
        {
          ...{ algorithm, dtype: 'int8', bias: -127.5, mode: 'valid' },
        },
      )
      expect(negative.data[40]).toBe(-128)
    }
  })

  test('an image that is computed in strips', () => {
    const x = extremes([900, 1300], 'uint8')
    const k = kernelOf([15, 15], 100, 3)
    const options = { boundary: 'reflect', dtype: 'uint8' } as const
    const expected = correlate(x, k, { ...options, algorithm: 'strided', accuracy: 'strict' })
    expect(differences(correlate(x, k, { ...options, algorithm: 'fft' }), expected)).toBe(0)
  })

  test('weights that are too small for a grid in float32', () => {
    const x = extremes([40, 41], 'uint8')
    const k = kernelOf([9, 9], 60, 140)
    expect(refusal(() => correlate(x, k, { algorithm: 'fft', dtype: 'uint8' }))).toContain(
      'multiples of 2^−140 are too small to round to',
    )
    expectExact(correlate, x, k, { dtype: 'uint8' })
  })
})

describe('which kernel', () => {
  test('auto takes fft where it is exact, and a plain sum where it would not be', () => {
    const x = extremes([400, 420], 'uint8')
    const [coarse, fine] = [kernelOf([31, 31], 100, 1), kernelOf([31, 31], 2000, 1)]
    const chosen = (kernel: library.NdArray) =>
      plan('correlate', x.shape, kernel.shape, { kernel, dtype: 'uint8' }).algorithm
    expect(chosen(coarse)).toBe('fft')
    expect(chosen(fine)).not.toBe('fft')
    for (const k of [coarse, fine]) {
      const direct = correlate(x, k, { dtype: 'uint8', algorithm: 'strided' })
      expect(differences(correlate(x, k, { dtype: 'uint8' }), direct)).toBe(0)
    }
  })

  test('kernels of other grids one after the other, with calls and with plans', () => {
    const x = extremes([40, 41], 'uint8')
    const grids = [1, 4, 1, 0, 4, 2]
    for (const m of grids)
      expectExact(correlate, x, kernelOf([9, 9], 60, m), { algorithm: 'fft', dtype: 'int16' })
    const kernel = kernelOf([9, 9], 60, 1)
    const p = plan('correlate', x.shape, kernel.shape, { kernel, algorithm: 'fft', dtype: 'uint8' })
    const same = correlate(x, kernel, { algorithm: 'naive', dtype: 'uint8' })
    expect(p.runSync(x, kernel).data).toEqual(same.data)
    expect(() => p.runSync(x, kernelOf([9, 9], 60, 2))).toThrow('values of another kernel')
  })

  test('gradients: by the input as a layer, by the weight as plain sums', () => {
    const gradOutput = extremes([1, 16, 9, 10], 'int8')
    const w = kernelOf([16, 8, 3, 3], 500, 2)
    for (const boundary of ['zero', 'reflect', 'wrap'])
      for (const algorithm of ['winograd', 'fft', 'auto'])
        expectExact(
          (g, k, options) => convInputGradient(g, k, [1, 8, 9, 10], options),
          gradOutput,
          w,
          { algorithm, padding: 1, boundary, dtype: 'int32' } as never,
        )
    const x = extremes([1, 8, 11, 12], 'int8')
    const byWeight: Call = (a, g, options) => convWeightGradient(a, g, [16, 8, 3, 3], options)
    expectExact(byWeight, x, gradOutput, { dtype: 'int32' })
    expect(refusal(() => byWeight(x, gradOutput, { algorithm: 'fft', dtype: 'int32' }))).toContain(
      'the values of the kernel are not available',
    )
  })

  test('float samples and float results promise nothing', () => {
    const k = kernelOf([9, 9], 2000, 1)
    const fft = { algorithm: 'fft', verify: true } as const
    const bytes = extremes([40, 41], 'uint8')
    const floats = filled([40, 41], 'float32', () => next(256))
    expect(refusal(() => correlate(bytes, k, { ...fft, dtype: 'int16' }))).toContain(
      'must be exact',
    )
    expect(refusal(() => correlate(floats, k, { ...fft, dtype: 'int16' }))).toBe('not refused')
    expect(refusal(() => correlate(bytes, k, fft))).toBe('not refused')
  })

  test('errorBound of candidates: 0, one rounding for a bias, or that of the algorithm', () => {
    const kernel = kernelOf([8, 16, 3, 3], 400, 2)
    const boundsOf = (options: object): number[] =>
      plan('conv2d', [1, 16, 9, 9], kernel.shape, {
        kernel,
        ...options,
      } as object).candidates.flatMap(({ errorBound, refused }) =>
        refused === undefined ? [errorBound] : [],
      )
    expect(new Set(boundsOf({ dtype: 'int32' }))).toEqual(new Set([0]))
    const bias = filled([8], 'float32', () => 0.1)
    expect(new Set(boundsOf({ dtype: 'int32', bias }))).toEqual(new Set([epsilon.float64]))
    expect(Math.min(...boundsOf({}))).toBeGreaterThan(40 * epsilon.float32)
  })
})

test('random cases against exact integer arithmetic', () => {
  let promised = 0
  for (let seed = 1; seed <= 30; seed++) {
    const c = exactCase(seed)
    if (!isPromised(c)) continue
    promised++
    const expected = exactResult(c)
    for (const algorithm of ['auto', 'fft', 'winograd', 'separable', 'strided']) {
      if (refusal(() => computeExactCase(c, { algorithm })) !== 'not refused') continue
      const { data } = computeExactCase(c, { algorithm })
      expect(Array.from(data), `${algorithm}, seed ${seed}`).toEqual(expected)
    }
  }
  expect(promised).toBeGreaterThan(20)
})
