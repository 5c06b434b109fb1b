/**
 * Do the filters with names give the results of SciPy? The fixture has them in float64. Then laws
 * that hold for any input, and the cases that SciPy does not have: types, places, options that are
 * not valid.
 */

import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { epsilon } from '../src/ndarray/dtype.ts'
import { isInBackendMemory } from '../src/ndarray/memory.ts'
import fixture from './fixtures/filters.json' with { type: 'json' }

const {
  autocorrelate,
  correlate,
  correlateNormalized,
  gaussianFilter,
  gaussianGradientMagnitude,
  gaussianLaplace,
  gradientMagnitude,
  laplace,
  ndarray,
  OptionError,
  savitzkyGolay,
  sobel,
  toNested,
  uniformFilter,
  zeros,
} = library

interface Entry {
  readonly call: string
  readonly options: object
  readonly shape: readonly number[]
  readonly input: readonly number[]
  readonly templateShape?: readonly number[]
  readonly template?: readonly number[]
  readonly outputShape: readonly number[]
  readonly output: readonly number[]
  readonly scale: number
  readonly taps: number
  readonly slack: number
}

// The fixture names its calls as text, so their options are not typed.
type AnyCall = (...given: unknown[]) => library.NdArray
const calls = library as unknown as Readonly<Record<string, AnyCall>>
const later = promises as unknown as Readonly<
  Record<string, (...given: unknown[]) => Promise<library.NdArray>>
>
const entries: readonly Entry[] = fixture.entries as readonly Entry[]
const Types = { float64: Float64Array, float32: Float32Array, int16: Int16Array }

/** The arguments of a fixture with arrays of this type. */
function argumentsOf(entry: Entry, type: keyof typeof Types): unknown[] {
  const { shape, input, templateShape, template, options } = entry
  const arrayOf = (data: readonly number[], extents: readonly number[]): library.NdArray =>
    ndarray(new Types[type](data), extents)
  const x = arrayOf(input, shape)
  return template === undefined ? [x, options] : [x, arrayOf(template, templateShape!), options]
}

/** The bound that docs/filters.md states. */
const boundOf = ({ taps, scale, slack }: Entry, eps: number): number =>
  (2 * taps + 32) * eps * scale + slack

describe('SciPy', () => {
  test.each(
    entries.map(
      (entry, i) =>
        [`${i}: ${entry.call} [${entry.shape}] ${JSON.stringify(entry.options)}`, entry] as const,
    ),
  )('%s', async (_, entry) => {
    for (const type of ['float64', 'float32', 'int16'] as const) {
      const given = argumentsOf(entry, type)
      const sumType = type === 'float64' ? 'float64' : 'float32'
      const y = calls[entry.call]!(...given)
      expect(y.shape).toEqual(entry.outputShape)
      expect(y.dtype).toBe(sumType)
      const bound = boundOf(entry, epsilon[sumType])
      const { data } = library.contiguous(y)
      for (const [i, value] of entry.output.entries())
        expect(Math.abs(data[i]! - value), `${type} element ${i}`).toBeLessThanOrEqual(bound)
      expect(toNested(await later[entry.call]!(...given))).toEqual(toNested(y))
    }
  })

  test('every filter has fixtures of every rank from 1 to 3', () => {
    for (const call of new Set(entries.map((entry) => entry.call))) {
      const ranks = new Set(entries.filter((e) => e.call === call).map((e) => e.shape.length))
      expect([...ranks].sort()).toEqual(expect.arrayContaining([1, 2, 3]))
    }
  })
})

/** Values from −1 to 1 that repeat late. */
const wave = (...shape: number[]): library.NdArray<'float32'> => {
  const x = zeros(shape)
  x.data.forEach((_, i) => {
    x.data[i] = Math.sin(i * i * 0.37) + Math.cos(i * 1.7) / 2
  })
  return x
}

function maxDifference(a: library.NdArray, b: library.NdArray): number {
  expect(a.shape).toEqual(b.shape)
  const [p, q] = [a, b].map((x) => Array.from(library.contiguous(x).data))
  return p!.reduce((max, value, i) => Math.max(max, Math.abs(value - q![i]!)), 0)
}

describe('laws', () => {
  test('a Gaussian of order 0 is the correlation with its kernel', () => {
    const x = wave(20, 30)
    const k = library.kernels.gaussian({ sigma: 1.3 })
    const y = correlate(x, k, { boundary: 'symmetric' })
    expect(maxDifference(gaussianFilter(x, { sigma: 1.3 }), y)).toBeLessThan(1e-5)
  })

  test('large volumes are filtered in boxes as small ones are', () => {
    const x = wave(40, 90, 120)
    const y = gaussianFilter(x, { sigma: 2 })
    const part = gaussianFilter(library.slice(x, [10, 37], [20, 70], [30, 100]), { sigma: 2 })
    const inside = [
      [8, -8],
      [8, -8],
      [8, -8],
    ] as const
    const same = library.slice(library.slice(y, [10, 37], [20, 70], [30, 100]), ...inside)
    expect(maxDifference(library.slice(part, ...inside), same)).toBeLessThan(1e-5)
  })

  test('the Laplacian of a Gaussian in three axes is the sum of three filters', () => {
    const x = wave(20, 24, 28)
    const terms = [0, 1, 2].map((axis) =>
      gaussianFilter(x, { sigma: 1.5, order: [0, 1, 2].map((a) => (a === axis ? 2 : 0)) }),
    )
    const sum = terms[0]!.data.map((v, i) => v + terms[1]!.data[i]! + terms[2]!.data[i]!)
    expect(maxDifference(gaussianLaplace(x, { sigma: 1.5 }), ndarray(sum, x.shape))).toBeLessThan(
      1e-5,
    )
  })

  test('the axes that are left out are filtered slice by slice', () => {
    const x = wave(7, 9, 3)
    for (const channel of [0, 1, 2]) {
      const slice = library.slice(x, null, null, channel)
      const at = (y: library.NdArray): library.NdArray => library.slice(y, null, null, channel)
      expect(
        maxDifference(at(gaussianFilter(x, { axes: [0, 1] })), gaussianFilter(slice)),
      ).toBeLessThan(1e-6)
      expect(
        maxDifference(at(gradientMagnitude(x, { axes: [0, 1] })), gradientMagnitude(slice)),
      ).toBeLessThan(1e-5)
      expect(maxDifference(at(laplace(x, { axes: [0, 1] })), laplace(slice))).toBeLessThan(1e-5)
    }
  })

  test('a polynomial fit of order 3 keeps a cubic, and has its derivative at the ends too', () => {
    const x = Float64Array.from({ length: 20 }, (_, i) => i ** 3 - 4 * i)
    const slope = Float64Array.from({ length: 20 }, (_, i) => 3 * i ** 2 - 4)
    const options = { window: 7, order: 3 }
    expect(maxDifference(savitzkyGolay(x, options), ndarray(x))).toBeLessThan(1e-9)
    expect(
      maxDifference(savitzkyGolay(x, { ...options, derivative: 1 }), ndarray(slope)),
    ).toBeLessThan(1e-9)
  })

  test('a template is found where it is, whatever its brightness and contrast', () => {
    const x = wave(30, 40)
    const template = library.contiguous(library.slice(x, [11, 18], [23, 32]))
    const brighter = ndarray(
      template.data.map((v) => 3 * v + 100),
      template.shape,
    )
    const y = correlateNormalized(x, brighter)
    expect(y.shape).toEqual([24, 32])
    expect(y.data[11 * 32 + 23]).toBeCloseTo(1, 5)
    expect(y.data.filter((v) => v > 0.999)).toHaveLength(1)
    expect(Math.max(...y.data)).toBeLessThanOrEqual(1)
    expect(Math.min(...y.data)).toBeGreaterThanOrEqual(-1)
  })

  test('flat windows and flat templates have the result 0, far from 0 too', () => {
    const flat = new Float32Array(50).fill(0.1)
    flat[40] = 7
    const y = correlateNormalized(flat, [1, 2, 5])
    expect([...y.data.subarray(0, 38)]).toEqual(new Array(38).fill(0))
    expect(Math.abs(y.data[39]!)).toBeGreaterThan(0.1)
    const bytes = new Uint8Array(40).fill(255)
    expect([...correlateNormalized(bytes, [3, 1, 2]).data]).toEqual(new Array(38).fill(0))
    expect([...correlateNormalized(wave(9).data, [0.3, 0.3]).data]).toEqual(new Array(8).fill(0))
  })

  test('an autocorrelation is symmetric, with Σ x² in the middle', () => {
    const x = wave(31)
    const { data } = autocorrelate(x)
    const power = x.data.reduce((sum, v) => sum + v * v, 0)
    expect(data).toHaveLength(61)
    expect(data[30]).toBeCloseTo(power, 4)
    for (let i = 0; i < 30; i++) expect(Math.abs(data[i]! - data[60 - i]!)).toBeLessThan(1e-4)
  })
})

describe('kernels larger than a tile of an FFT', () => {
  const x = wave(300, 280)
  const at = (i: number, j: number): number =>
    i < 0 || j < 0 || i >= 300 || j >= 280 ? 0 : x.data[i * 280 + j]!
  const shifts = [
    [0, 0],
    [1, -2],
    [-150, 140],
    [299, -279],
    [17, 200],
  ] as const

  test.each(['full', 'same'] as const)('an autocorrelation, mode %s', async (mode) => {
    const y = autocorrelate(x, { mode })
    const [top, left] = mode === 'full' ? [299, 279] : [150, 140]
    expect(y.shape).toEqual(mode === 'full' ? [599, 559] : [300, 280])
    for (const [s, t] of shifts) {
      const [row, column] = [top + s, left + t]
      if (row < 0 || column < 0 || row >= y.shape[0]! || column >= y.shape[1]!) continue
      let sum = 0
      for (let i = 0; i < 300; i++) for (let j = 0; j < 280; j++) sum += at(i + s, j + t) * at(i, j)
      expect(Math.abs(y.data[row * y.shape[1]! + column]! - sum)).toBeLessThan(0.05)
    }
    expect(maxDifference(await promises.autocorrelate(x, { mode }), y)).toBe(0)
  })

  test('a template that is nearly as large as the input', () => {
    const template = library.contiguous(library.slice(x, [3, 283], [2, 272]))
    const y = correlateNormalized(x, template)
    expect(y.shape).toEqual([21, 11])
    expect(y.data[3 * 11 + 2]).toBeCloseTo(1, 5)
    expect(y.data.filter((v) => v > 0.99)).toHaveLength(1)
  })
})

describe('types and places', () => {
  test('uint8 in and out: rounded half to even and saturated', () => {
    const x = Uint8Array.of(0, 0, 255, 255, 0, 7, 2)
    const y = sobel(x, { dtype: 'uint8' })
    expect([...y.data]).toEqual([0, 255, 255, 0, 0, 2, 0])
    expect([...sobel(x).data]).toEqual([0, 255, 255, -255, -248, 2, -5])
    expect(gradientMagnitude(x, { dtype: 'uint8' }).dtype).toBe('uint8')
  })

  const filters: readonly (readonly [
    string,
    (x: library.NdArray, o: object) => library.NdArray,
  ])[] = [
    ['gaussianFilter', gaussianFilter],
    ['gaussianLaplace', gaussianLaplace],
    ['gaussianGradientMagnitude', gaussianGradientMagnitude],
    ['uniformFilter', uniformFilter],
    ['gradientMagnitude', gradientMagnitude],
    ['laplace', laplace],
    ['savitzkyGolay', savitzkyGolay],
    ['sobel', sobel],
    [
      'correlateNormalized',
      (x, o) =>
        correlateNormalized(
          x,
          [
            [1, 2],
            [3, 1],
          ],
          o,
        ),
    ],
  ]

  test.each(filters)('%s writes into out, a view of a larger array too', (_, filter) => {
    const x = wave(12, 14)
    const y = filter(x, {})
    const larger = zeros([12, 28])
    const out = library.slice(larger, [0, y.shape[0]!], [0, 2 * y.shape[1]!, 2])
    const result = filter(x, { out })
    expect(result).toBe(out)
    expect(maxDifference(result, y)).toBe(0)
    expect(larger.data.filter((v, i) => i % 2 === 1 && v !== 0)).toHaveLength(0)
    expect(() => filter(x, { out: new Float64Array(y.data.length) })).toThrow(/float64/)
    expect(() => filter(x, { out: zeros([3, 3]) })).toThrow(/shape/)
  })

  test.each(filters)('%s leaves its result in backend memory', (_, filter) => {
    const x = wave(12, 14)
    const y = filter(x, { memory: 'backend' })
    // A page that is not isolated keeps the arrays of callers on the heap.
    expect(isInBackendMemory(y)).toBe(
      isInBackendMemory(zeros([1], 'float32', { memory: 'backend' })),
    )
    expect(isInBackendMemory(filter(x, {}))).toBe(false)
    expect(maxDifference(y, filter(x, {}))).toBe(0)
    expect(maxDifference(filter(y, {}), filter(library.contiguous(y), {}))).toBeLessThan(1e-4)
    expect(() => filter(x, { memory: 'backend', out: y })).toThrow(/cannot be used together/)
  })

  test('the asynchronous magnitude pauses, and ends at an aborted signal', async () => {
    const x = wave(1024, 1536)
    const y = await promises.gradientMagnitude(x)
    expect(maxDifference(y, gradientMagnitude(x))).toBe(0)
    const controller = new AbortController()
    const aborted = promises.gradientMagnitude(x, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
  })

  test('an empty array stays empty', () => {
    const x = zeros([0, 5])
    for (const [name, filter] of filters)
      if (name !== 'correlateNormalized') expect(filter(x, {}).shape).toEqual([0, 5])
  })
})

describe('options that are not valid', () => {
  const x = [
    [1, 2, 3],
    [4, 5, 6],
  ]
  // Options are wrong on purpose, so they are not typed.
  const any =
    (call: string, ...given: unknown[]): (() => unknown) =>
    () =>
      calls[call]!(...given)

  test.each([
    ['OPTION_INVALID', 'sigma is -1', any('gaussianFilter', x, { sigma: -1 })],
    ['OPTION_INVALID', 'order is 0.5', any('gaussianFilter', x, { order: 0.5 })],
    ['OPTION_INVALID', 'size is 0', any('uniformFilter', x, { size: 0 })],
    [
      'OPTION_INVALID',
      "operator is 'roberts'",
      any('gradientMagnitude', x, { operator: 'roberts' }),
    ],
    ['OPTION_INVALID', "'interp'", any('savitzkyGolay', x, { boundary: 'interpolate' })],
    ['OPTION_INVALID', "'boundary' is 'nearest'", any('sobel', x, { boundary: 'nearest' })],
    ['OPTION_UNKNOWN', 'boundary', any('gaussianFilter', x, { mode: 'reflect' })],
    ['OPTION_UNKNOWN', "Did you mean 'sigma'", any('gaussianFilter', x, { sigmas: 1 })],
    ['OPTION_UNKNOWN', "no option 'axis'", any('gaussianFilter', x, { axis: 1 })],
    ['OPTION_UNKNOWN', "no option 'stride'", any('laplace', x, { stride: 2 })],
    ['OPTION_CONFLICT', 'origin 2', any('uniformFilter', x, { origin: 2 })],
    ['OPTION_CONFLICT', 'order 5', any('savitzkyGolay', x, { order: 5 })],
    ['AXES_MISMATCH', '3 entries', any('gaussianFilter', x, { sigma: [1, 2, 3] })],
    ['AXES_INVALID', 'axis 2', any('gaussianFilter', x, { axes: [2] })],
    ['AXES_INVALID', 'axis -3', any('sobel', x, { axis: -3 })],
    ['WINDOW_TOO_LARGE', 'window of 5', any('savitzkyGolay', x)],
    ['WINDOW_TOO_LARGE', 'template [3,1]', any('correlateNormalized', x, [[1], [2], [3]])],
    ['RANK_MISMATCH', 'rank 1', any('correlateNormalized', x, [1, 2])],
    ['RANK_MISMATCH', 'single number', any('gaussianFilter', 3)],
  ])('%s: %s', (code, text, call) => {
    let error: unknown
    try {
      call()
    } catch (cause) {
      error = cause
    }
    expect(error).toBeInstanceOf(OptionError)
    expect((error as library.OptionError).code).toBe(code)
    expect((error as Error).message).toContain(text)
  })
})
