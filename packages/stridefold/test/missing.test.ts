/**
 * Do `convolve` and `correlate` leave missing samples out? Truth: astropy for positive weights,
 * hand arithmetic for borders, a plain definition for random cases, and laws.
 */

import fc from 'fast-check'
import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { validateSignalOptions } from '../src/geometry/check-options.ts'
import { frameOf } from '../src/missing/frame.ts'
import { wholeResult } from '../src/missing/whole.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import fixture from './fixtures/missing.json' with { type: 'json' }
import { type DefinedAxis, type DefinedCall, definedResults } from './missing-definition.ts'
import { casesHere } from './random-count.ts'

const { contiguous, convolve, correlate, kernels, ndarray, plan, slice, toNested, zeros } = library

type Call = 'convolve' | 'correlate'

/** The result of the sums over whole arrays, however few samples are missing. */
function whole(
  call: Call,
  x: library.NdArray,
  k: library.NdArray,
  options: library.ConvolveOptions,
): library.NdArray {
  const checked = validateSignalOptions(call, options)
  const given = { call, x, k, options: checked, factors: undefined, turn: undefined }
  return wholeResult(frameOf(given)) as library.NdArray
}

const numbers = (list: readonly (number | null)[]): number[] => list.map((value) => value ?? NaN)

function expectClose(y: library.NdArray, truth: readonly number[], bound: number, note = ''): void {
  const { data } = contiguous(y)
  expect(data.length).toBe(truth.length)
  for (const [i, value] of truth.entries()) {
    if (Number.isNaN(value)) expect(data[i], `${note} element ${i}`).toBeNaN()
    else if (!Number.isFinite(value)) expect(data[i], `${note} element ${i}`).toBe(value)
    else expect(Math.abs(data[i]! - value), `${note} element ${i}`).toBeLessThanOrEqual(bound)
  }
}

const maxOf = (values: readonly number[]): number =>
  values.reduce((max, value) => (Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max), 0)
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

describe('astropy', () => {
  test.each(
    fixture.entries.map(
      (entry, i) =>
        [
          `${i}: [${entry.shape}] * [${entry.taps}] ${JSON.stringify(entry.boundary)}`,
          entry,
        ] as const,
    ),
  )('%s', async (_, { boundary, shape, input, taps, kernel, output }) => {
    const options = { boundary: boundary as 'zero', missing: 'nan' } as const
    const truth = numbers(output)
    for (const [type, eps] of [
      [Float64Array, epsilon.float64],
      [Float32Array, epsilon.float32],
    ] as const) {
      const x = ndarray(new type(numbers(input)), shape)
      const k = ndarray(new type(kernel), taps)
      const bound = 4 * (2 * kernel.length + 32) * eps * 9 * sum(kernel)
      const y = convolve(x, k, options)
      expect(y.dtype).toBe(x.dtype)
      expectClose(y, truth, bound, 'few')
      expectClose(whole('convolve', x, k, options), truth, bound, 'many')
      expect(toNested(await promises.convolve(x, k, options))).toEqual(toNested(y))
    }
  })
})

describe('a border of missing samples', () => {
  test('a mean has as many samples as there are', () => {
    const k = [1 / 3, 1 / 3, 1 / 3]
    const y = correlate([1, 2, 6], k, { boundary: 'missing' })
    expectClose(y, [1.5, 3, 4], 1e-6)
    expectClose(
      correlate([1, 2, 6], k, { boundary: 'missing', mode: 'full' }),
      [1, 1.5, 3, 4, 6],
      1e-6,
    )
  })

  test('with holes beside it', () => {
    // Windows: (–, 4, –), (4, –, –), (–, –, 2), (–, 2, –): weights 1, 2, 1.
    const y = correlate([4, NaN, NaN, 2], [1, 2, 1], { boundary: 'missing', missing: 'nan' })
    expect(toNested(y)).toEqual([16, 16, 8, 8])
  })

  test('in one axis of two', () => {
    const x = [
      [1, 2],
      [3, 4],
    ]
    const ones = [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]
    // Rows outside are missing; columns outside are 0 and present: the mean of 2 × 3 samples.
    const y = correlate(x, ones, { boundary: ['missing', 'zero'] })
    expectClose(y, [15, 15, 15, 15], 1e-5)
    // Columns outside are missing, but rows outside are 0 there too: the earlier axis decides.
    const z = correlate(x, ones, { boundary: ['zero', 'missing'] })
    // Present: 2 rows of 2 samples, and a row of 3 zeros.
    expectClose(
      z,
      [10, 10, 10, 10].map((total) => (total * 9) / 7),
      1e-5,
    )
  })

  test('a border beyond the input has no result', () => {
    const y = correlate([1, 2], [1, 1], { boundary: 'missing', padding: [[2, 2]] })
    expect(toNested(y)).toEqual([NaN, 2, 3, 4, NaN])
  })
})

describe('laws', () => {
  const holes = (x: library.NdArray, share: number, seed = 1): void => {
    let state = seed
    for (let i = 0; i < x.data.length; i++) {
      state = (state * 1103515245 + 12345) % 2 ** 31
      if (state / 2 ** 31 < share) x.data[i] = NaN
    }
  }
  const sharpen = [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ]

  test.each([
    ['Sobel', kernels.sobelX()],
    ['sharpening', sharpen],
    ['a Laplacian', kernels.laplacian()],
  ])('%s on a constant with holes gives what it gives without', (_, k) => {
    for (const share of [0.001, 0.3]) {
      const x = zeros([300, 310])
      x.data.fill(7)
      const options = { boundary: 'edge', missing: 'nan' } as const
      const truth = correlate(x, k, { boundary: 'edge' })
      holes(x, share)
      const y = correlate(x, k, options)
      let [most, missing] = [0, 0]
      for (let i = 0; i < y.data.length; i++) {
        if (Number.isNaN(y.data[i]!)) missing++
        else most = Math.max(most, Math.abs(y.data[i]! - truth.data[i]!))
      }
      expect(most).toBeLessThan(2e-4)
      // A window of five weights is empty with probability 0.3⁵.
      expect(missing).toBeLessThan(400)
    }
  })

  test('a mask and NaN give the same results, of many missing samples the same bits', async () => {
    for (const share of [0.001, 0.4]) {
      const x = zeros([200, 210])
      x.data.forEach((_, i) => {
        x.data[i] = Math.sin(i * i)
      })
      const values = contiguous(x)
      holes(x, share)
      const mask = Uint8Array.from(x.data, (value) => (Number.isNaN(value) ? 0 : 3))
      const k = kernels.gaussian({ sigma: 1 })
      const y = correlate(x, k, { missing: 'nan', boundary: 'reflect' })
      // What lies under the mask is not read.
      values.data.forEach((_, i) => {
        if (mask[i] === 0) values.data[i] = i % 2 === 0 ? 1e30 : NaN
      })
      const options = { missing: mask, boundary: 'reflect' } as const
      const masked = correlate(values, k, options)
      if (share > 0.1) expect(masked.data).toEqual(y.data)
      else expectClose(masked, [...y.data], 2e-6)
      const strided = slice(
        ndarray(Uint8Array.from([...mask].flatMap((m) => [m, 9])), [200, 210, 2]),
        null,
        null,
        0,
      )
      expect((await promises.correlate(values, k, { ...options, missing: strided })).data).toEqual(
        masked.data,
      )
    }
  })

  test('without missing samples the result is that of the plain call', () => {
    const x = zeros([40, 50])
    x.data.forEach((_, i) => {
      x.data[i] = Math.cos(i * i)
    })
    const k = kernels.gaussian({ sigma: 1 })
    expect(correlate(x, k, { missing: 'nan' }).data).toEqual(correlate(x, k).data)
    expect(correlate(x, k, { missing: zeros([40, 50]).data.fill(1) }).data).toEqual(
      correlate(x, k).data,
    )
    expect(correlate(x, k, { boundary: 'missing', mode: 'valid' }).data).toEqual(
      correlate(x, k, { mode: 'valid' }).data,
    )
  })

  test('results far from a hole have the bits of the plain call', () => {
    const x = zeros([100, 100])
    x.data.forEach((_, i) => {
      x.data[i] = Math.cos(i * i)
    })
    const k = kernels.gaussian({ sigma: 1 })
    const y = correlate(x, k)
    x.data[50 * 100 + 50] = NaN
    const z = correlate(x, k, { missing: 'nan' })
    let changed = 0
    for (let i = 0; i < 10000; i++) if (z.data[i] !== y.data[i]) changed++
    expect(changed).toBeLessThanOrEqual(k.data.length)
    expect(changed).toBeGreaterThan(k.data.length / 2)
  })

  test('an infinite sample is a value', () => {
    const x = [1, Infinity, 3, NaN, 5, 6, 7]
    expect(toNested(correlate(x, [1, 1, 1], { missing: 'nan' }))).toEqual([
      Infinity,
      Infinity,
      Infinity,
      12,
      16.5,
      18,
      13,
    ])
    const signed = [-1, 0.5, 1]
    // At 4 the window is (–, 5, 6): 2.5 + 6, and −1 times their mean, 8.5/1.5.
    const truth = [Infinity, Infinity, NaN, 4, 17 / 6, 5, -2.5]
    const many = whole('correlate', ndarray(x), ndarray(signed), { missing: 'nan' })
    for (const y of [correlate(x, signed, { missing: 'nan' }), many]) expectClose(y, truth, 1e-5)
  })
})

interface RandomCall {
  readonly call: Call
  readonly defined: DefinedCall
  readonly options: library.ConvolveOptions
  readonly channels: number
}

/** A random call, from a seed: shapes, holes, borders, steps and weights. */
function randomCall(seed: number): RandomCall {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32
  }
  const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const oneOf = <T>(...list: T[]): T => list[whole(0, list.length - 1)]!
  const rank = whole(1, 3)
  const axes: DefinedAxis[] = Array.from({ length: rank }, () => {
    const taps = whole(1, 4)
    const dilation = whole(1, 2)
    const stride = whole(1, 3)
    const input = whole(1, [30, 12, 7][rank - 1]!)
    const extent = (taps - 1) * dilation + 1
    const before = whole(0, 4)
    const after = Math.max(whole(0, 4), extent - input - before)
    return {
      ...{ input, taps, dilation, stride, before },
      output: Math.floor((input + before + after - extent) / stride) + 1,
      after,
      border: oneOf<DefinedAxis['border']>(
        ...['zero', 'edge', 'reflect', 'symmetric', 'wrap', 'missing'],
        { constant: 2 },
      ),
    }
  })
  const count = axes.reduce((product, { input }) => product * input, 1)
  const share = oneOf(0, 0.05, 0.5, 0.95)
  const isMasked = random() < 0.4
  const mask = Array.from({ length: count }, () => (random() < share ? 0 : 1))
  const x = mask.map((present) => (present === 0 && !isMasked ? NaN : whole(-20, 20) / 2))
  const isPositive = random() < 0.4
  const k = Array.from({ length: axes.reduce((product, { taps }) => product * taps, 1) }, () =>
    whole(isPositive ? 1 : -5, 6),
  )
  const flip = random() < 0.5
  const minimumPresent = oneOf(0, 0, 0.3, 0.5, 1)
  const bias = oneOf(0, 2.5)
  return {
    call: flip ? 'convolve' : 'correlate',
    defined: { axes, x, k, flip, minimumPresent, bias, ...(isMasked && { mask }) },
    options: {
      missing: isMasked ? Uint8Array.from(mask) : 'nan',
      stride: axes.map(({ stride }) => stride),
      dilation: axes.map(({ dilation }) => dilation),
      padding: axes.map(
        (axis) => [axis.before, (axis as unknown as { after: number }).after] as const,
      ),
      boundary: axes.map(({ border }) => border as 'zero'),
      ...{ minimumPresent, bias },
    },
    channels: 1,
  }
}

describe('random cases are the definition', () => {
  const check = (seed: number, algorithm: string): void => {
    const { call, defined, options } = randomCall(seed)
    const { axes, k } = defined
    const results = definedResults(defined)
    const truth = results.map(({ y }) => y)
    const total = sum(k.map(Math.abs))
    if (total === 0) return
    const shape = axes.map(({ input }) => input)
    const taps = axes.map((axis) => axis.taps)
    const limit = 4 * (2 * k.length + 32) * maxOf([...defined.x, 2]) * total + 3
    for (const type of ['float32', 'float64'] as const) {
      const Type = type === 'float32' ? Float32Array : Float64Array
      const x = ndarray(new Type(defined.x), shape)
      const kernel = ndarray(new Type(k), taps)
      const bound = limit * epsilon[type]
      const note = `seed ${seed} ${type}`
      const y = (call === 'convolve' ? convolve : correlate)(x, kernel, { ...options, algorithm })
      expectClose(y, truth, bound, `${note} few`)
      expectClose(whole(call, x, kernel, { ...options, algorithm }), truth, bound, `${note} many`)
    }
  }

  test('of every rank, with strides, dilation, masks and all borders', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => check(seed, 'auto')),
      { numRuns: casesHere(80) },
    )
  })

  test.each(['naive', 'im2col', 'strided'])('by %s', (algorithm) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => check(seed, algorithm)),
      { numRuns: casesHere(25) },
    )
  })

  // These mix the samples of several windows: an empty window would have a sum of rounding errors.
  test.each([
    ['fft', 9],
    ['toeplitz', 3],
  ])('by %s, with a hole larger than the kernel', (algorithm, extent) => {
    const [height, width] = [70, 90]
    const x = zeros([height, width])
    const k = zeros([extent, extent])
    const random = (i: number): number => Math.sin(i * i * 0.7)
    k.data.forEach((_, i) => {
      k.data[i] = i === 7 ? 0 : random(i + 3)
    })
    x.data.forEach((_, i) => {
      const isInside = i % width > 20 && i % width < 50 && i / width > 10 && i / width < 40
      x.data[i] = isInside || random(i) > 0.8 ? NaN : 5 * random(i * 3)
    })
    const axis = { stride: 1, dilation: 1, before: (extent - 1) / 2, border: 'edge' }
    const truth = definedResults({
      axes: [height, width].map((n) => ({ ...axis, input: n, output: n, taps: extent })),
      ...{ x: [...x.data], k: [...k.data], flip: false },
    }).map(({ y }) => y)
    const options = { algorithm, boundary: 'edge' } as const
    const { candidates } = plan('correlate', x.shape, k.shape, options)
    const { errorBound } = candidates.find((candidate) => candidate.algorithm === algorithm)!
    // Where fewer weights than 1/64 meet samples, the definition computes.
    const bound = 64 * errorBound * 5 * sum([...k.data].map(Math.abs))
    const y = whole('correlate', x, k, { ...options, missing: 'nan' })
    expect(truth.filter(Number.isNaN).length).toBeGreaterThan(100)
    expectClose(y, truth, bound)
  })
})
