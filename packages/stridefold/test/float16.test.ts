/**
 * Is float16 a type of storage as documented? Arrays are read exactly, sums are those of float32,
 * and results are rounded once. The rounding that they are compared with uses exact arithmetic.
 * Engines without Float16Array, such as Node 20, say what is needed.
 */

import * as asynchronous from 'stridefold'
import {
  asNdArray,
  type ConvolveOptions,
  conv2d,
  convBiasGradient,
  convInputGradient,
  convolve,
  convWeightGradient,
  correlate,
  correlateNormalized,
  createStream,
  flip,
  gaussianFilter,
  gradientMagnitude,
  im2col,
  type NdArray,
  ndarray,
  pipeline,
  plan,
  savitzkyGolay,
  slice,
  toeplitz,
  toNested,
  transpose,
  uniformFilter,
  zeros,
} from 'stridefold/sync'
import { describe, expect, test, vi } from 'vitest'
import { contiguousCopy, copy } from '../src/ndarray/copy.ts'
import { toDType } from '../src/ndarray/dtype.ts'
import { halfBits, halfValue } from '../src/ndarray/half.ts'
import { halfOf, nearestHalf, numberOfHalf } from './half-rounding.ts'

const hasHalves = 'Float16Array' in globalThis

/** Numbers in [−1, 1) without a pattern. */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state / 2 ** 31
  }
}

/** Every number, the numbers halfway between two, and the doubles next to those. */
function* interesting(): Generator<number> {
  const step = new DataView(new ArrayBuffer(8))
  for (let half = 0; half < 0x7c00; half++) {
    const [low, high] = [numberOfHalf(half), half === 0x7bff ? 65536 : numberOfHalf(half + 1)]
    const middle = (low + high) / 2
    step.setFloat64(0, middle)
    const word = step.getBigUint64(0)
    for (const next of [word - 1n, word, word + 1n]) {
      step.setBigUint64(0, next)
      yield step.getFloat64(0)
      yield -step.getFloat64(0)
    }
    yield low
  }
  yield* [0, -0, 65504, 65519.999, 65520, 1e5, -1e300, Infinity, -Infinity, 2 ** -25, 2 ** -26]
  yield* [5e-324, 1e-310, Math.fround(2 ** -24), 1 + 2 ** -11 + 2 ** -40]
}

describe('the rounding of the library', () => {
  test('all 65,536 numbers', () => {
    for (let half = 0; half < 65536; half++) {
      const value = halfValue(half)
      if (!Object.is(value, numberOfHalf(half))) expect(value, `${half}`).toBe(numberOfHalf(half))
      const back = Number.isNaN(value) ? 0x7e00 : half
      if (halfBits(value) !== back) expect(halfBits(value), `${half}`).toBe(back)
    }
  })

  test('numbers halfway between two of them, and next to those', () => {
    for (const value of interesting())
      if (halfBits(value) !== nearestHalf(value))
        expect(halfBits(value), `${value}`).toBe(nearestHalf(value))
    expect(halfBits(Number.NaN)).toBe(0x7e00)
    expect(toDType(1 + 2 ** -11, 'float16')).toBe(1)
    expect(toDType(1 + 3 * 2 ** -11, 'float16')).toBe(1 + 2 ** -9)
  })

  test('random numbers of all sizes', () => {
    const next = noise(1)
    for (let i = 0; i < 100_000; i++) {
      const value = next() * 2 ** (20 * next())
      if (halfBits(value) !== nearestHalf(value))
        expect(halfBits(value), `${value}`).toBe(nearestHalf(value))
    }
  })
})

const needed = {
  code: 'NO_FLOAT16',
  message: expect.stringContaining('needs Float16Array, which this engine does not have'),
}

describe('an engine without Float16Array', () => {
  test('says what is needed', async () => {
    vi.stubGlobal('Float16Array', undefined)
    try {
      expect(() => zeros([3], 'float16')).toThrow(expect.objectContaining(needed))
      const call = (): unknown => correlate([1, 2, 3], [1], { dtype: 'float16' })
      expect(call).toThrow(expect.objectContaining(needed))
      const later = asynchronous.correlate([1, 2, 3], [1], { dtype: 'float16' })
      await expect(later).rejects.toMatchObject(needed)
      expect(() => convBiasGradient([[[1, 2]]], { dtype: 'float16' })).toThrow(
        expect.objectContaining(needed),
      )
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

/** An array of float16. */
function halves(values: ArrayLike<number>, shape = [values.length]): NdArray<'float16'> {
  const x = zeros(shape, 'float16')
  x.data.set(values)
  return x
}

const elements = (x: NdArray): number[] => [...contiguousCopy(x).data]

const filled = (length: number, next: () => number): number[] => Array.from({ length }, next)

describe.skipIf(!hasHalves)('arrays of float16', () => {
  test('are arrays like others', () => {
    const x = halves([1, 2, 3, 4, 5, 6], [2, 3])
    expect(x.dtype).toBe('float16')
    expect(x.data.constructor.name).toBe('Float16Array')
    expect(toNested(transpose(flip(slice(x, null, [1]), 0)))).toEqual([
      [5, 2],
      [6, 3],
    ])
    const again = asNdArray({ data: x.data, shape: [3, 2] })
    expect([again.dtype, again.shape]).toEqual(['float16', [3, 2]])
    expect(ndarray(x.data).dtype).toBe('float16')
    expect(asNdArray(structuredClone(x)).dtype).toBe('float16')
    expect(zeros([4], 'float16', { memory: 'backend' }).data).toHaveLength(4)
  })

  test('copies round once, as the engine rounds', () => {
    const values = Float64Array.from(interesting())
    const x = zeros([values.length], 'float16')
    copy(ndarray(values), x)
    values.forEach((value, i) => {
      if (!Object.is(x.data[i], halfOf(value))) expect(x.data[i], `${value}`).toBe(halfOf(value))
    })
  })

  test.each(['wasm', 'js'] as const)('all 65,536 numbers go in and out on %s', (backend) => {
    const x = zeros([65536], 'float16')
    const bits = new Uint16Array(x.data.buffer, x.data.byteOffset, 65536)
    bits.set(Uint16Array.from({ length: 65536 }, (_, i) => i))
    const wide = correlate(x, [1], { backend })
    expect(wide.dtype).toBe('float32')
    const narrow = correlate(x, [1], { backend, dtype: 'float16' })
    for (let half = 0; half < 65536; half++) {
      const value = numberOfHalf(half)
      // 0 + 1 · −0 is 0.
      const same = (other: number): boolean => other === value || Object.is(other, value)
      if (!same(wide.data[half]!)) expect(wide.data[half], `${half}`).toBe(value)
      if (!same(narrow.data[half]!)) expect(narrow.data[half], `${half}`).toBe(value)
    }
  })
})

/** Sums of whole numbers that float32 holds, by the definition. */
function sums(x: readonly number[], k: readonly number[]): number[] {
  return x
    .slice(k.length - 1)
    .map((_, i) => k.reduce((sum, weight, t) => sum + weight * x[i + t]!, 0))
}

describe.skipIf(!hasHalves)('results of float16', () => {
  test.each(['wasm', 'js'] as const)('exact sums are rounded half to even on %s', (backend) => {
    const next = noise(3)
    for (const taps of [1, 2, 3, 8, 31]) {
      const k = filled(taps, () => Math.round(16 * next()))
      const x = filled(999, () => Math.round(900 * next()))
      const y = correlate(halves(x), halves(k), { mode: 'valid', backend, dtype: 'float16' })
      expect(y.dtype).toBe('float16')
      expect([...y.data]).toEqual(sums(x, k).map(halfOf))
    }
  })

  test('float64 sums are rounded once', () => {
    // float32 would round this sum to a number halfway between two.
    const k = Float64Array.of(1, 2 ** -11, 2 ** -30)
    const y = correlate(halves([1, 1, 1]), k, { mode: 'valid', dtype: 'float16' })
    expect([...y.data]).toEqual([1 + 2 ** -10])
    expect(correlate(halves([1, 1, 1]), k, { mode: 'valid' }).dtype).toBe('float64')
  })

  const next = noise(7)
  const image = filled(40 * 50, next)
  const kernel = filled(25, next)
  const x = (): NdArray<'float16'> => halves(image, [40, 50])
  const k = (): NdArray<'float16'> => halves(kernel, [5, 5])
  const wide = (array: NdArray): NdArray => {
    const result = zeros(array.shape, 'float32')
    copy(array, result)
    return result
  }

  const options: readonly ConvolveOptions[] = [
    {},
    { mode: 'full', boundary: 'wrap' },
    { stride: 2, dilation: 2, bias: 0.1 },
    { algorithm: 'fft' },
    { algorithm: 'im2col' },
    { verify: true },
    { deterministic: true },
  ]
  test.each(options)('are those of float32, rounded: %j', async (given) => {
    const expected = elements(convolve(wide(x()), wide(k()), given)).map(halfOf)
    const asked = { ...given, dtype: 'float16' } as const
    expect(elements(convolve(x(), k(), asked))).toEqual(expected)
    // The caches serve the second call.
    const [input, weights] = [x(), k()]
    for (let i = 0; i < 3; i++) expect(elements(convolve(input, weights, asked))).toEqual(expected)
    expect(elements(await asynchronous.convolve(x(), k(), asked))).toEqual(expected)
    const nested = convolve(wide(x()), toNested(k()), asked)
    expect(elements(nested)).toEqual(expected)
  })

  test('any strides, in and out', () => {
    const expected = transpose(correlate(wide(x()), wide(k())))
    const out = slice(zeros([50, 80], 'float16'), null, [null, null, -2])
    const y = correlate(transpose(x()), transpose(k()), { out, dtype: 'float16' })
    expect(y).toBe(out)
    expect(elements(out)).toEqual(elements(expected).map(halfOf))
    const fromWide = zeros([40, 50])
    expect(correlate(x(), k(), { out: fromWide })).toBe(fromWide)
    expect(elements(fromWide)).toEqual(elements(transpose(expected)))
  })

  test('in backend memory', () => {
    const input = ndarray(x().data, [40, 50], { memory: 'backend' })
    const y = correlate(input, k(), { dtype: 'float16', memory: 'backend' })
    expect(elements(y)).toEqual(elements(correlate(wide(x()), wide(k()))).map(halfOf))
    input.release()
    expect(() => correlate(input, k())).toThrow(expect.objectContaining({ code: 'RELEASED' }))
  })

  test('out needs the dtype, and may not overlap', () => {
    const out = zeros([40, 50], 'float16')
    expect(() => correlate(x(), k(), { out })).toThrow(
      expect.objectContaining({
        code: 'DTYPE_MISMATCH',
        message: expect.stringContaining("dtype: 'float16'"),
      }),
    )
    expect(() => correlate(out, k(), { out, dtype: 'float16' })).toThrow(
      expect.objectContaining({ code: 'OUT_OVERLAPS' }),
    )
    const wrong = zeros([40, 50])
    expect(() => correlate(x(), k(), { out: wrong as NdArray, dtype: 'float16' })).toThrow(
      expect.objectContaining({ code: 'DTYPE_MISMATCH' }),
    )
  })

  test('a limit of memory is refused, because it would not hold', () => {
    for (const call of [
      () => correlate(x(), [[1]], { memoryLimit: 0 }),
      () => correlate([1, 2, 3], [1], { memoryLimit: 1e6, dtype: 'float16' }),
    ])
      expect(call).toThrow(
        expect.objectContaining({
          code: 'OPTION_CONFLICT',
          message: expect.stringContaining('arrays of float16 are copied into float32'),
        }),
      )
  })

  test('layers and their gradients', () => {
    const [input, weight, bias] = [
      filled(2 * 6 * 81, next),
      filled(8 * 3 * 9, next),
      filled(8, next),
    ]
    const layer = { padding: 1, groups: 2, stride: 2 } as const
    const types = [halves, (values: number[], shape: number[]) => wide(halves(values, shape))]
    const run = (make: typeof halves, dtype: 'float16' | 'float32'): number[][] => {
      const X = make(input, [2, 6, 9, 9])
      const W = make(weight, [8, 3, 3, 3])
      const B = make(bias, [8])
      const y = conv2d(X, W, { ...layer, bias: B, activation: 'relu', dtype })
      const G = make(elements(y).map(halfOf), [...y.shape])
      return [
        y,
        convInputGradient(G, W, X.shape, { ...layer, dtype }),
        convWeightGradient(X, G, W.shape, { ...layer, dtype }),
        convBiasGradient(G, { dtype }),
      ].map(elements)
    }
    const [stored, computed] = types.map((make, i) =>
      run(make as typeof halves, i === 0 ? 'float16' : 'float32'),
    )
    expect(stored).toEqual(computed!.map((values) => values.map(halfOf)))
  })

  test('plans', async () => {
    const expected = elements(correlate(wide(x()), wide(k()))).map(halfOf)
    const p = plan('correlate', [40, 50], [5, 5], { dtype: 'float16' })
    const prepared = p.prepare(k())
    const out = zeros([40, 50], 'float16')
    const wideBytes = plan('correlate', [40, 50], [5, 5]).workspaceBytes
    expect(p.workspaceBytes).toBe(wideBytes + 4 * 40 * 50)
    expect(elements(p.runSync(x(), k()))).toEqual(expected)
    expect(elements(p.runSync(wide(x()), k(), out))).toEqual(expected)
    expect(elements(await prepared.run(x()))).toEqual(expected)
    expect(elements(prepared.timeSync(x()).output)).toEqual(expected)
    const floats = plan('correlate', [40, 50], [5, 5], { kernel: k() })
    expect(elements(floats.runSync(x(), k()))).toEqual(elements(correlate(x(), k())))
    for (const each of [p, prepared, floats]) each.dispose()
  })

  test('filters by name', () => {
    const filters = [
      (a: NdArray, dtype: 'float16' | 'float32') => gaussianFilter(a, { sigma: 1.5, dtype }),
      (a: NdArray, dtype: 'float16' | 'float32') => uniformFilter(a, { size: [3, 4], dtype }),
      (a: NdArray, dtype: 'float16' | 'float32') => savitzkyGolay(a, { window: 7, dtype }),
      (a: NdArray, dtype: 'float16' | 'float32') => gradientMagnitude(a, { dtype }),
      (a: NdArray, dtype: 'float16' | 'float32') =>
        correlateNormalized(a, slice(a, [3, 9], [2, 9]), { dtype }),
    ]
    for (const filter of filters) {
      const expected = elements(filter(wide(x()), 'float32')).map(halfOf)
      const y = filter(x(), 'float16')
      expect(y.dtype).toBe('float16')
      expect(elements(y)).toEqual(expected)
    }
  })

  test('matrices, pipelines and streams', () => {
    const columns = im2col(x(), [3, 3], { mode: 'valid', dtype: 'float16' })
    expect(columns.dtype).toBe('float16')
    expect(elements(columns)).toEqual(elements(im2col(wide(x()), [3, 3], { mode: 'valid' })))
    const matrix = toeplitz(halves([1, 0.1]), [3], { mode: 'valid', dtype: 'float16' })
    expect([...matrix.data]).toEqual([1, halfOf(0.1), 1, halfOf(0.1)])
    const net = pipeline([{ call: 'conv2d', weight: halves(kernel, [1, 1, 5, 5]) }], {
      inputShape: [1, 1, 40, 50],
    })
    const y = net.runSync(halves(image, [1, 1, 40, 50]))
    expect(elements(y)).toEqual(elements(correlate(wide(x()), wide(k()), { mode: 'valid' })))
    net.dispose()
    const stream = createStream(halves([1, 10, 100]))
    expect([...stream.process(Float32Array.of(1, 2, 3))]).toEqual([1, 12, 123])
    stream.dispose()
  })

  test('a large array, in slices and on workers', async () => {
    const large = halves(filled(2 ** 20, next), [1024, 1024])
    const expected = elements(gaussianFilter(wide(large), { sigma: 2 })).map(halfOf)
    const y = await asynchronous.gaussianFilter(large, { sigma: 2, dtype: 'float16' })
    expect(y.dtype).toBe('float16')
    const mine = elements(y)
    expect(mine.findIndex((value, i) => value !== expected[i])).toBe(-1)
  })
})
