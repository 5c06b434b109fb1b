/**
 * Are sums of bytes as integers the sums of the definition? Kernels are binary fractions, and
 * boxes. The reference is the definition in float64, in plain loops, which is exact for them; the
 * scales of boxes are compared with exact integer arithmetic.
 */

import { conv2d, correlate, type DType, type NdArray, ndarray, plan } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { boxScale } from '../src/algorithms/integers.ts'
import { dtypes, toDType } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { roundHalfToEven } from '../src/ndarray/rounding.ts'
import { random } from './random-geometry.ts'

const next = random(7)
const pick = <T>(list: readonly T[]): T => list[next(list.length)]!

/** Random samples, most of them extreme. */
function samples(shape: readonly number[], dtype: DType): NdArray {
  const { create, min, max } = dtypes[dtype]
  const data = create(elementCount(shape))
  for (let i = 0; i < data.length; i++)
    data[i] = next(3) === 0 ? min + next(max - min + 1) : pick([min, max, max, max - 1, 0])
  return ndarray(data, shape)
}

const kernelOf = (shape: readonly number[], values: readonly number[]): NdArray =>
  ndarray(Float32Array.from(values), shape)

const outer = (u: readonly number[], v: readonly number[], unit: number): NdArray =>
  kernelOf(
    [u.length, v.length],
    u.flatMap((a) => v.map((b) => a * b * unit)),
  )

const boxOf = (height: number, width: number): NdArray =>
  kernelOf([height, width], new Array<number>(height * width).fill(1 / (height * width)))

/** The float64 definition, rounded half to even. */
function expected(x: NdArray, k: NdArray, options: { readonly dtype: DType }): number[] {
  const { dtype } = options
  const all = { ...options, dtype: 'float64', algorithm: 'naive', backend: 'js' } as const
  return Array.from(correlate(x, k, all).data, (sum) => toDType(sum, dtype))
}

type Options = { readonly dtype: DType } & Readonly<Record<string, unknown>>

/** The type in which the program for these arrays sums; undefined if it sums floats. */
const sumsOf = (x: NdArray, k: NdArray, options: Options): string | undefined =>
  plan('correlate', x.shape, k.shape, { ...options, kernel: k } as object).program.match(
    /(?<=sums in )\w+/,
  )?.[0]

/** `toEqual` takes a second for large arrays. */
function expectSame(found: ArrayLike<number>, right: readonly number[], what = ''): void {
  const at = right.findIndex((value, i) => value !== found[i])
  expect(at < 0 ? '' : `${what} at ${at}: ${found[at]}, not ${right[at]}`).toBe('')
  expect(found.length, what).toBe(right.length)
}

/** Compares every algorithm that may compute it, on both backends. */
function expectExact(x: NdArray, k: NdArray, options: Options): void {
  const right = expected(x, k, options)
  for (const algorithm of ['auto', 'strided', ...(k === pictures.sharpen ? [] : ['separable'])])
    for (const backend of ['wasm', 'js'])
      expectSame(
        correlate(x, k, { ...options, algorithm, backend } as object).data,
        right,
        `${algorithm} on ${backend}, ${x.dtype} [${x.shape}] * [${k.shape}]`,
      )
}

const binomial = (taps: number): number[] =>
  taps === 1 ? [1] : [...binomial(taps - 1), 0].map((v, i, row) => v + (row[i - 1] ?? 0))

const pictures: Readonly<Record<string, NdArray>> = {
  'binomial 3×3': outer(binomial(3), binomial(3), 1 / 16),
  'binomial 5×5': outer(binomial(5), binomial(5), 1 / 256),
  sobel: outer([1, 2, 1], [-1, 0, 1], 1),
  'half a scharr': outer([-1, 0, 1], [3, 10, 3], 1 / 2),
  sharpen: kernelOf([3, 3], [0, -1, 0, -1, 5, -1, 0, -1, 0]),
  'sums of two': kernelOf([1, 2], [0.5, 0.5]),
  'box 3×3': boxOf(3, 3),
  'box 4×6, with almost ties': boxOf(4, 6),
  'box 9×9': boxOf(9, 9),
  'box 1×1': kernelOf([1, 1], [1]),
  'box of ones': kernelOf([2, 3], [1, 1, 1, 1, 1, 1]),
}

describe.each(Object.entries(pictures))('%s', (_, k) => {
  test.each([1, 7, 8, 9, 17, 300])('width %d', (width) => {
    const dtype = pick(['uint8', 'int16', 'uint8c'] as const)
    expectExact(samples([5, width], 'uint8'), k, {
      dtype,
      boundary: pick(['zero', 'edge', 'reflect', 'wrap', { constant: 255 }]),
    })
  })

  test('signed bytes, shorts, and results of every integer type', () => {
    for (const input of ['int8', 'uint8c', 'int16', 'uint16'] as const)
      expectExact(samples([6, 19], input), k, {
        dtype: pick(['int8', 'uint8', 'int16', 'uint16', 'int32'] as const),
      })
  })

  test('strides, dilation and views', () => {
    const x = samples([23, 41], 'uint8')
    const { data } = x
    const backwards = ndarray(data, [23, 41], { strides: [-41, -1], offset: data.length - 1 })
    const columns = ndarray(data, [41, 23], { strides: [1, 41] })
    const others = [{ stride: 2 }, { stride: [1, 3] }, { dilation: 2 }, { mode: 'full' }]
    for (const view of [x, backwards, columns])
      for (const more of [{}, pick(others)]) expectExact(view, k, { dtype: 'uint8', ...more })
  })

  test('the interior of a larger picture is read where it lies', () => {
    const x = samples([190, 210, 3], 'uint8')
    expectExact(x, k, { dtype: 'uint8', channelAxis: -1, boundary: 'reflect' })
    expect(sumsOf(x, k, { dtype: 'uint8', channelAxis: -1 })).toMatch(/int(16|32)/)
  })
})

test.each([
  [128, 'int16'],
  [129, 'uint16'],
  [257, 'uint16'],
  [258, 'int32'],
] as const)('bytes with weights that sum to %d are summed in %s', (sum, type) => {
  const x = samples([20, 50], 'uint8')
  const k = kernelOf([2, 2], [sum - 6, 1, 2, 3])
  expect(sumsOf(x, k, { dtype: 'uint8' })).toBe(type)
  for (const dtype of ['uint8', 'int8', 'int16', 'uint16'] as const)
    for (const m of [0, 1, pick([2, 8, 9])]) {
      const scaled = kernelOf(
        [2, 2],
        Array.from(k.data, (v) => v / 2 ** m),
      )
      const right = expected(x, scaled, { dtype })
      expectSame(correlate(x, scaled, { dtype }).data, right)
    }
})

test('a range that begins below zero is as wide as a type', () => {
  const x = samples([9, 40], 'uint8')
  for (const [positive, negative, type] of [
    [128, 128, 'int16'],
    [129, 1, 'int32'],
    [1, 129, 'int32'],
  ] as const) {
    const k = kernelOf([1, 2], [positive, -negative])
    expect(sumsOf(x, k, { dtype: 'uint8' })).toBe(type)
    expectExact(x, k, { dtype: 'int16' })
  }
})

test('floats are summed where integers would not be exact, or no faster', () => {
  const x = samples([9, 40], 'uint8')
  const k = pictures['binomial 3×3']!
  const uneven = kernelOf([3, 3], [0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1])
  expect(sumsOf(x, k, { dtype: 'uint8' })).toBe('int16')
  expect(sumsOf(x, uneven, { dtype: 'uint8' })).toBeUndefined()
  expect(sumsOf(x, k, { dtype: 'float32' })).toBeUndefined()
  expect(sumsOf(x, k, { dtype: 'uint8', boundary: { constant: 2.5 } })).toBeUndefined()
  expect(sumsOf(x, boxOf(3, 3), { dtype: 'uint8', bias: 0.5 })).toBeUndefined()
  expectExact(x, k, { dtype: 'uint8', boundary: { constant: 2.5 } })
  expectExact(x, k, { dtype: 'uint8', bias: 0.5 })
})

test('kernels of other units and types one after the other', () => {
  const x = samples([12, 30], 'uint8')
  const kernels = [...Object.values(pictures).filter(({ shape }) => `${shape}` === '3,3')]
  kernels.push(kernelOf([3, 3], [9, 0, 0, 0, 300, 0, 0, 0, 0.125]))
  for (let i = 0; i < 20; i++) {
    const k = pick(kernels)
    const result = correlate(x, k, { dtype: 'uint8' })
    expectSame(result.data, expected(x, k, { dtype: 'uint8' }))
  }
  const p = plan('correlate', [12, 30], [3, 3], { kernel: kernels[0]!, dtype: 'uint8' })
  for (const k of [kernels[0]!, kernels[0]!])
    expectSame(p.runSync(x, k).data, expected(x, k, { dtype: 'uint8' }))
})

test('depthwise layers of bytes: bias and activation follow the sums', () => {
  const x = samples([2, 11, 12, 24], 'int8')
  const w = kernelOf(
    [24, 1, 3, 3],
    Array.from({ length: 216 }, () => (next(31) - 15) / 8),
  )
  const bias = Float32Array.from({ length: 24 }, () => (next(200) - 100) / 4)
  for (const layout of ['channels-last', 'channels-first'] as const)
    for (const activation of [undefined, 'relu', 'relu6', 'sigmoid'] as const) {
      const options = {
        ...{ groups: 24, padding: 1, bias, layout, weightLayout: 'OIHW' },
        ...(activation && { activation }),
      }
      const input = layout === 'channels-last' ? x : ndarray(x.data, [2, 24, 11, 12])
      const right = conv2d(input, w, {
        ...options,
        ...{ dtype: 'float64', algorithm: 'naive', backend: 'js' },
      } as object)
      for (const backend of ['wasm', 'js'])
        expectSame(
          conv2d(input, w, { ...options, dtype: 'int8', backend } as object).data,
          Array.from(right.data, (sum) => toDType(sum, 'int8')),
        )
    }
})

describe('the scale of a box', () => {
  /** S·weight rounded half to even, in integers: the weight is mantissa / 2^exponent. */
  function rounded(sum: number, weight: number): number {
    let [mantissa, exponent] = [weight, 0n]
    for (; !Number.isInteger(mantissa); mantissa *= 2) exponent++
    const [product, one] = [BigInt(sum) * BigInt(mantissa), 1n << exponent]
    const [whole, rest] = [product / one, product % one]
    const up = 2n * rest > one || (2n * rest === one && whole % 2n === 1n)
    return Number(up ? whole + 1n : whole)
  }

  test('rounds every sum as the weight does', () => {
    for (const taps of [2, 3, 4, 6, 9, 10, 24, 25, 36, 49, 81, 100, 225, 1000]) {
      const weight = Math.fround(1 / taps)
      const highest = 255 * taps
      const scale = boxScale(weight, [0, highest])
      expect(scale, `1/${taps}`).toBeDefined()
      const step = Math.max(1, Math.floor(highest / 20000))
      const wrong: number[] = []
      for (let sum = 0; sum <= highest; sum += 1 + next(step)) {
        const right = rounded(sum, weight)
        const found = [roundHalfToEven(Math.fround(sum * scale!)), roundHalfToEven(sum * scale!)]
        if (found.some((value) => value !== right)) wrong.push(sum)
      }
      expect(wrong, `1/${taps}`).toEqual([])
    }
  })

  test('is not always the weight: 18/36 is a tie only after rounding', () => {
    const weight = Math.fround(1 / 36)
    const sums = Array.from({ length: 255 }, (_, n) => 18 + 36 * n)
    const wrong = (scale: number): number =>
      sums.filter((s) => roundHalfToEven(Math.fround(s * scale)) !== rounded(s, weight)).length
    expect(wrong(weight)).toBeGreaterThan(0)
    expect(wrong(boxScale(weight, [0, 255 * 36])!)).toBe(0)
  })

  test('there is none for weights with more ties than a result has', () =>
    expect(boxScale(0.3, [0, 2 ** 24])).toBeUndefined())
})
