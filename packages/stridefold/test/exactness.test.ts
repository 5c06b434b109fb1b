/**
 * Are integer results exact? Where the sums of the definition are exact, every supported algorithm
 * must give them exactly. Elsewhere any algorithm may run.
 *
 * The reference is the float64 definition, rounded half to even. If a rule rejects an algorithm,
 * its rounded float32 result shows the error that the rule prevents.
 */

import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { type DType, dtypes, toDType } from '../src/ndarray/dtype.ts'
import { dyadicExponent } from '../src/ndarray/dyadic.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { random } from './random-geometry.ts'

const {
  analyzeKernel,
  conv2d,
  convTranspose1d,
  convWeightGradient,
  correlate,
  kernels,
  ndarray,
  plan,
} = library

function filled(
  shape: readonly number[],
  dtype: DType,
  value: (i: number) => number,
): library.NdArray {
  const data = dtypes[dtype].create(elementCount(shape))
  for (let i = 0; i < data.length; i++) data[i] = value(i)
  return ndarray(data, shape)
}

const next = random(1)
const bytes = (shape: readonly number[]): library.NdArray => filled(shape, 'uint8', () => next(256))
const weights = (shape: readonly number[], value: (i: number) => number): library.NdArray =>
  filled(shape, 'float32', value)
const noise = (limit: number) => (): number => next(2 * limit + 1) - limit

type Call = (x: library.NdArray, k: library.NdArray, options: object) => library.NdArray

/** The result of the float64 definition, converted to `dtype`. */
function referenceResult(
  call: Call,
  x: library.NdArray,
  k: library.NdArray,
  options: object,
  dtype: DType,
): number[] {
  const sums = call(x, k, { ...options, algorithm: 'naive', backend: 'js', dtype: 'float64' })
  return Array.from(sums.data, (sum) => toDType(sum, dtype))
}

/**
 * The number of elements that differ from the definition. With 'after', the call returns float32
 * and the result is rounded afterwards.
 */
function mismatchCount(
  call: Call,
  x: library.NdArray,
  k: library.NdArray,
  options: object,
  dtype: DType,
  when: 'in the call' | 'after',
): number {
  const result = call(
    x,
    k,
    when === 'after' ? { ...options, dtype: 'float32' } : { ...options, dtype },
  )
  const expected = referenceResult(call, x, k, { ...options, algorithm: 'naive' }, dtype)
  return expected.filter((value, i) => toDType(result.data[i]!, dtype) !== value).length
}

function rejectionMessage(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof library.OptionError && error.code === 'ALGORITHM_REFUSED')
      return error.message
    throw error
  }
  return 'not refused'
}

test('the dyadic exponent: the power of two that makes all weights integers', () => {
  expect([[3, -8, 0], [0.5, 1], [0.375, 2], [2 ** -149], [], [0]].map(dyadicExponent)).toEqual([
    0, 1, 3, 149, 0, 0,
  ])
  expect([[NaN], [Infinity], [2 ** -150]].map(dyadicExponent)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect([1 / 3, Math.fround(1 / 3)].map((v) => dyadicExponent([v]))).toEqual([54, 25])
  expect(analyzeKernel([[1, 2, 1]].map((row) => row.map((v) => v / 16))).dyadic).toBe(4)
  expect(analyzeKernel([1, 2]).dyadic).toBe(0)
  expect(analyzeKernel([0.1]).dyadic).toBe(55)
})

describe('fft', () => {
  const x = bytes([150, 160])

  test('integer sums are exact after rounding if the error bound is below 0.25', () => {
    const k = weights([31, 31], noise(3))
    for (const backend of ['wasm', 'js'] as const)
      expect(
        mismatchCount(correlate, x, k, { algorithm: 'fft', backend }, 'int32', 'in the call'),
        backend,
      ).toBe(0)
    expect(mismatchCount(correlate, x, k, {}, 'int16', 'in the call')).toBe(0)
  })

  test('multiples of 0.5 are rejected where the bound is above an eighth', () => {
    const k = weights([31, 31], () => noise(1)() / 2)
    expect(mismatchCount(correlate, x, k, { algorithm: 'fft' }, 'int16', 'after')).toBeGreaterThan(
      0,
    )
    expect(rejectionMessage(() => correlate(x, k, { algorithm: 'fft', dtype: 'int16' }))).toContain(
      'must be below a quarter of 1/2',
    )
    expect(mismatchCount(correlate, x, k, {}, 'int16', 'in the call')).toBe(0)
  })

  test('multiples of 0.5, from weights, bias or border, are rounded to and exact', () => {
    const unit = (i: number): number => (i % 97 === 0 ? 1 : 0)
    for (const [k, options] of [
      [weights([31, 31], (i) => unit(i) / 2), {}],
      [weights([31, 31], unit), { bias: 0.5 }],
      [weights([31, 31], unit), { boundary: { constant: 0.5 } }],
      [weights([31, 31], (i) => unit(i) / 2), { bias: -3.25, boundary: { constant: -2.5 } }],
    ] as const) {
      const fft = { algorithm: 'fft', ...options }
      for (const backend of ['wasm', 'js'] as const)
        expect(
          mismatchCount(correlate, x, k, { ...fft, backend }, 'int16', 'in the call'),
          JSON.stringify(options),
        ).toBe(0)
    }
    const ties = weights([31, 31], (i) => unit(i) / 2)
    expect(
      mismatchCount(correlate, x, ties, { algorithm: 'fft' }, 'int16', 'after'),
    ).toBeGreaterThan(0)
  })

  test('an error bound above 0.25 rejects fft where the sums are exact', () => {
    const k = weights([63, 63], noise(8))
    const wide = filled([150, 160], 'uint8', () => 255)
    expect(
      rejectionMessage(() =>
        correlate(wide, k, {
          algorithm: 'fft',
          dtype: 'int32',
          boundary: 'edge',
          accuracy: 'fast',
        }),
      ),
    ).toBe('not refused')
    const words = filled([150, 160], 'int16', noise(200))
    const sparse = weights([15, 15], noise(1))
    expect(
      rejectionMessage(() => correlate(words, sparse, { algorithm: 'fft', dtype: 'int16' })),
    ).toContain('its error may be')
    expect(mismatchCount(correlate, words, sparse, {}, 'int16', 'in the call')).toBe(0)
  })

  test('fft may run where float32 cannot hold the sums exactly or weights are not dyadic', () => {
    const words = filled([150, 160], 'uint16', () => next(65536))
    expect(
      rejectionMessage(() =>
        correlate(words, weights([31, 31], noise(3)), {
          algorithm: 'fft',
          dtype: 'int16',
          verify: true,
        }),
      ),
    ).toBe('not refused')
    const unsharp = kernels.unsharp({ sigma: 4 })
    expect(
      rejectionMessage(() =>
        correlate(x, unsharp, { algorithm: 'fft', dtype: 'uint8', verify: true }),
      ),
    ).toBe('not refused')
    const floats = filled([150, 160], 'float32', () => next(256))
    expect(
      rejectionMessage(() =>
        correlate(floats, weights([9, 9], noise(3)), { algorithm: 'fft', dtype: 'uint8' }),
      ),
    ).toBe('not refused')
  })
})

describe('separable', () => {
  const x = bytes([90, 101])
  const binomial = [1, 4, 6, 4, 1]

  test('one term with dyadic factors is exact in every pass', () => {
    const k = weights([5, 5], (i) => (binomial[Math.floor(i / 5)]! * binomial[i % 5]!) / 256)
    for (const dtype of ['uint8', 'int32'] as const)
      expect(
        mismatchCount(correlate, x, k, { algorithm: 'separable' }, dtype, 'in the call'),
        dtype,
      ).toBe(0)
    const thirds = weights([3, 3], (i) => ([1, 3, 1][Math.floor(i / 3)]! * [3, 9, 3][i % 3]!) / 64)
    expect(
      mismatchCount(correlate, x, thirds, { algorithm: 'separable' }, 'uint8', 'in the call'),
    ).toBe(0)
  })

  test('two terms round, so their sums are rounded to the grid of the weights', () => {
    const whole = weights([5, 5], (i) =>
      i === 12 ? 200 : -binomial[Math.floor(i / 5)]! * binomial[i % 5]!,
    )
    expect(
      mismatchCount(correlate, x, whole, { algorithm: 'separable' }, 'int32', 'in the call'),
    ).toBe(0)
    const halves = weights([5, 5], (i) => whole.data[i]! / 8)
    expect(
      mismatchCount(correlate, x, halves, { algorithm: 'separable' }, 'int16', 'after'),
    ).toBeGreaterThan(0)
    expect(
      mismatchCount(correlate, x, halves, { algorithm: 'separable' }, 'int16', 'in the call'),
    ).toBe(0)
    expect(mismatchCount(correlate, x, halves, {}, 'int16', 'in the call')).toBe(0)
    const fine = weights([5, 5], (i) => whole.data[i]! / 2 ** 8)
    expect(
      mismatchCount(correlate, x, fine, { algorithm: 'separable' }, 'int32', 'in the call'),
    ).toBe(0)
  })

  test('accuracy strict still rejects separable', () => {
    const k = kernels.unsharp({ sigma: 2 })
    expect(
      rejectionMessage(() =>
        correlate(x, k, { algorithm: 'separable', dtype: 'uint8', accuracy: 'strict' }),
      ),
    ).toContain('accuracy is strict')
    expect(
      rejectionMessage(() => correlate(x, k, { algorithm: 'separable', dtype: 'uint8' })),
    ).toBe('not refused')
  })
})

describe('layers', () => {
  const x = bytes([2, 16, 20, 21])

  test('winograd runs only where its rounding error cannot change the result', () => {
    const ones = weights([16, 16, 3, 3], noise(1))
    const halves = weights([16, 16, 3, 3], () => noise(3)() / 2)
    expect(
      mismatchCount(conv2d, x, halves, { algorithm: 'winograd' }, 'int16', 'after'),
    ).toBeGreaterThan(0)
    expect(
      rejectionMessage(() => conv2d(x, halves, { algorithm: 'winograd', dtype: 'int16' })),
    ).toContain('must be below a quarter of 1/2')
    for (const k of [ones, halves, weights([16, 16, 3, 3], noise(30))])
      for (const backend of ['wasm', 'js'] as const)
        expect(mismatchCount(conv2d, x, k, { backend }, 'int16', 'in the call')).toBe(0)
    expect(
      rejectionMessage(() =>
        conv2d(
          x,
          weights([16, 16, 3, 3], (i) => 1 / (3 + i)),
          { algorithm: 'winograd', dtype: 'int16' },
        ),
      ),
    ).toBe('not refused')
  })

  test('sums are rounded before the bias is added, so any bias is accepted', () => {
    const k = weights([16, 16, 3, 3], () => noise(3)() / 2)
    for (const options of [
      { padding: 1, bias: weights([16], (i) => i / 2) },
      { padding: 1, bias: weights([16], (i) => i / 4 + 1000), activation: 'relu' },
      { padding: 1, activation: { name: 'leaky-relu', slope: 0.5 } },
      { groups: 2, padding: 1, bias: weights([16], (i) => -i / 8) },
    ]) {
      const w = 'groups' in options ? weights([16, 8, 3, 3], () => noise(3)() / 2) : k
      const winograd = { ...options, algorithm: 'winograd' }
      for (const backend of ['wasm', 'js'] as const)
        expect(
          mismatchCount(conv2d, x, w, { ...winograd, backend }, 'int32', 'in the call'),
          JSON.stringify(options),
        ).toBe(0)
      expect(mismatchCount(conv2d, x, w, options, 'int16', 'in the call')).toBe(0)
    }
  })

  test('the choice of algorithm follows the values of each kernel', () => {
    const coarse = weights([16, 16, 3, 3], () => noise(3)() / 4)
    const fine = weights([16, 16, 3, 3], (i) => 1 / (i + 3))
    for (const k of [fine, coarse, fine, coarse]) {
      const count = mismatchCount(conv2d, x, k, { padding: 1 }, 'int16', 'in the call')
      if (k === coarse) expect(count).toBe(0)
    }
  })

  test('without the values of the kernel, a plan uses only exact sums', () => {
    const k = weights([16, 16, 3, 3], () => noise(3)() / 2)
    const planWithoutKernel = plan('conv2d', x.shape, k.shape, { dtype: 'int16' })
    expect(Array.from(planWithoutKernel.runSync(x, k).data)).toEqual(
      referenceResult(conv2d, x, k, {}, 'int16'),
    )
    const planWithKernel = plan('conv2d', x.shape, k.shape, {
      dtype: 'int16',
      kernel: weights(k.shape, (i) => 1 / (i + 3)),
    })
    expect(planWithKernel.algorithm).toBe('winograd')
    expect(Array.from(planWithKernel.runSync(x, k).data)).toEqual(
      referenceResult(conv2d, x, k, {}, 'int16'),
    )
    expect(Array.from(planWithKernel.timeSync(x, k).output.data)).toEqual(
      referenceResult(conv2d, x, k, {}, 'int16'),
    )
  })

  test('transposed layers with a stride, which polyphase components split into short sums', () => {
    const k = weights([12, 12, 26], (i) => (((i * 7) % 5) - 2) / 2)
    const ones = filled([1, 12, 12], 'uint8', () => 1)
    expect(
      mismatchCount(convTranspose1d as Call, ones, k, { stride: 8 }, 'int16', 'in the call'),
    ).toBe(0)
  })

  test('weight gradients of integer arrays are exact', () => {
    const g = filled([2, 16, 18, 19], 'int8', noise(100))
    const gradient: Call = (a, b, options) => convWeightGradient(a, b, [16, 16, 3, 3], options)
    expect(mismatchCount(gradient, x, g, {}, 'int32', 'in the call')).toBe(0)
  })
})

test('random layers and images, with every named algorithm and with auto', () => {
  const names = ['auto', ...library.algorithms().map(({ name }) => name)]
  const runCounts = new Map<string, number>()
  for (let seed = 1; seed <= 40; seed++) {
    const n = random(seed)
    const isImage = n(2) === 0
    const unit = 2 ** -n(4)
    const dtype = (['uint8', 'int8', 'int16', 'int32', 'uint16'] as const)[n(5)]!
    const inputType = (['uint8', 'int8', 'uint8c'] as const)[n(3)]!
    const channels = isImage ? 1 : 8 + n(9)
    const side = isImage ? 3 + n(6) : 2 + n(3)
    const value = (): number => unit * (n(7) - 3)
    const x = filled(
      isImage ? [20 + n(30), 20 + n(30)] : [1, channels, 9 + n(9), 9 + n(9)],
      inputType,
      () => n(256) - 128,
    )
    const rows = Array.from({ length: side }, value)
    const k = isImage
      ? weights(
          [side, side],
          (i) => (rows[Math.floor(i / side)]! / unit) * rows[i % side]! + (n(20) === 0 ? unit : 0),
        )
      : weights([4 + n(6), channels, side, side], value)
    const call = (isImage ? correlate : conv2d) as Call
    const bias = isImage ? n(5) / 2 : filled([k.shape[0]!], 'float32', () => n(9) / 4)
    const options = {
      ...(n(2) === 0 ? { bias } : {}),
      boundary: (['zero', 'edge', { constant: 7 }] as const)[n(3)],
      ...(isImage ? {} : { padding: 1 }),
    }
    for (const algorithm of names) {
      if (rejectionMessage(() => call(x, k, { ...options, dtype, algorithm })) !== 'not refused')
        continue
      runCounts.set(algorithm, (runCounts.get(algorithm) ?? 0) + 1)
      expect(
        mismatchCount(call, x, k, { ...options, algorithm }, dtype, 'in the call'),
        `${algorithm}, seed ${seed}`,
      ).toBe(0)
    }
  }
  expect([...runCounts.keys()].toSorted()).toEqual(names.toSorted())
})
