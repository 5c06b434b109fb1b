/**
 * Do NaN, infinities and values near the limit of float32 reach the same results with every
 * algorithm? They occur in the input, a constant border, the kernel and the bias. The reference is
 * the definition in float64, rounded to the type of the result.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { OptionError } from '../src/errors.ts'
import type { Boundary } from '../src/geometry/boundary.ts'
import { makeGeometry } from '../src/geometry/geometry.ts'
import { type NdArray, ndarray } from '../src/index.ts'
import { view } from '../src/ndarray/ndarray.ts'
import { referenceConv } from '../src/reference/definition.ts'
import { conv2d, convTranspose2d, correlate, plan } from '../src/sync.ts'
import { random } from './random-geometry.ts'

const names = ['auto', ...allAlgorithms.map(({ name }) => name)] as const
const specialValues = [Infinity, -Infinity, Number.NaN]
/** Weights are small, so that no sum of these values overflows float32. */
const huge = [1e38, -1e38, 2 ** 100]

interface Case {
  readonly title: string
  readonly reference: ArrayLike<number>
  /** Largest finite value in the sums. */
  readonly size: number
  compute(algorithm: 'auto'): NdArray
}

/**
 * Returns a description of the first wrong element, or undefined. Finite results may have a
 * rounding error of 2^−12 of the largest value.
 */
function describeMistake(
  { reference, size, compute }: Case,
  algorithm: string,
): string | undefined {
  let got: NdArray
  try {
    got = compute(algorithm as 'auto')
  } catch (error) {
    if (error instanceof OptionError && error.code === 'ALGORITHM_REFUSED' && algorithm !== 'auto')
      return undefined
    throw error
  }
  for (let i = 0; i < reference.length; i++) {
    const [y, want] = [got.data[i]!, Math.fround(reference[i]!)]
    const right = Number.isFinite(want) ? Math.abs(y - want) <= 2 ** -12 * size : Object.is(y, want)
    if (!right) return `element ${i} is ${y} and not ${want}`
  }
  return undefined
}

function expectAll(testCase: Case): void {
  for (const name of names)
    expect(describeMistake(testCase, name), `${name}: ${testCase.title}`).toBeUndefined()
}

const largest = (...lists: ArrayLike<number>[]): number =>
  Math.max(1, ...lists.flatMap((list) => Array.from(list, Math.abs).filter(Number.isFinite)))

interface Signal {
  readonly shape: readonly number[]
  readonly x: Float32Array
  readonly kernelShape: readonly number[]
  readonly k: Float32Array
  readonly boundary: Boundary[]
  readonly bias?: number
}

function signal({ shape, x, kernelShape, k, boundary, bias = 0 }: Signal): Case {
  const axes = shape.map((input, a) => {
    const windowReach = kernelShape[a]! - 1
    return {
      input,
      kernel: kernelShape[a]!,
      before: Math.floor(windowReach / 2),
      after: Math.ceil(windowReach / 2),
    }
  })
  const g = makeGeometry({ axes, boundary })
  const reference = referenceConv(
    g,
    view(x, [1, 1, ...shape]),
    view(k, [1, 1, ...kernelShape]),
    bias,
  )
  const constants = boundary.map((b) => (typeof b === 'object' ? b.constant : 0))
  const filled = boundary.map((b) => (typeof b === 'object' ? `constant ${b.constant}` : b))
  return {
    title:
      `${shape} * ${kernelShape} ${filled} bias ${bias}, not finite at ` +
      `${[...x.keys()].filter((i) => !(Math.abs(x[i]!) < 1e9))} / ` +
      `${[...k.keys()].filter((i) => !Number.isFinite(k[i]))}`,
    reference,
    size: largest(x, constants),
    compute: (algorithm) =>
      correlate(ndarray(x, shape), ndarray(k, kernelShape), { boundary, algorithm, bias }),
  }
}

/** Returns values in −1 … 1, divided for kernels so that Σ|k| ≤ 1. Every fifth value is 0. */
function values(n: number, next: (below: number) => number, scale = 1): Float32Array {
  return Float32Array.from({ length: n }, () =>
    next(5) === 0 ? 0 : ((next(2001) - 1000) / 1000) * scale,
  )
}

function insertSpecialValues(
  data: Float32Array,
  next: (below: number) => number,
  with_: readonly number[],
): Float32Array {
  for (let i = 1 + next(2); i > 0; i--) data[next(data.length)] = with_[next(with_.length)]!
  return data
}

const shapes = [
  [[64], [48]],
  [[40], [3]],
  [
    [9, 70],
    [3, 3],
  ],
  [
    [40, 40],
    [7, 7],
  ],
  [
    [20, 33],
    [5, 9],
  ],
  [
    [6, 7, 8],
    [3, 3, 3],
  ],
] as const

/** Returns a kernel of rank 1, of rank 2 (two axes), or of any rank. */
function kernelOf(
  shape: readonly number[],
  rank: number,
  next: (below: number) => number,
): Float32Array {
  const n = shape.reduce((all, e) => all * e, 1)
  if (rank === 0) return values(n, next, 1 / n)
  const product = (): number[] =>
    shape
      .map((e) => [...values(e, next, 1 / e)])
      .reduce<number[]>((all, f) => all.flatMap((v) => f.map((w) => v * w)), [1])
  const [a, b] = [product(), rank === 2 && shape.length === 2 ? product() : []]
  return Float32Array.from(a, (v, i) => (v + (b[i] ?? 0)) / 2)
}

describe('values that are not finite', () => {
  test('64 ones, a kernel of 48 ones and an infinite border give 47 × ∞ and 17 × 48', () => {
    const y = correlate(new Float32Array(64).fill(1), new Float32Array(48).fill(1), {
      boundary: { constant: Infinity },
    })
    const finite = [...y.data].filter(Number.isFinite)
    expect(finite).toEqual(new Array(17).fill(48))
    expect([...y.data].filter((v) => v === Infinity)).toHaveLength(47)
  })

  test.each(shapes)('borders: %j * %j', (shape, kernelShape) => {
    const next = random(shape.length + kernelShape[0])
    for (const [bias, constant] of [...specialValues, ...huge].entries()) {
      for (const [rank, mixed] of [
        [0, false],
        [1, false],
        [2, false],
        [0, true],
        [1, true],
      ] as const) {
        const n = shape.reduce<number>((all, e) => all * e, 1)
        const boundary = shape.map((_, a): Boundary => (mixed && a > 0 ? 'reflect' : { constant }))
        expectAll(
          signal({
            shape,
            x: values(n, next),
            kernelShape,
            k: kernelOf(kernelShape, rank, next),
            boundary,
            bias,
          }),
        )
      }
    }
  })

  test.each(shapes)('inputs, kernels, bias: %j * %j', (shape, kernelShape) => {
    const next = random(7 * shape.length + kernelShape[0])
    const n = shape.reduce<number>((all, e) => all * e, 1)
    const boundaries: readonly Boundary[] = ['zero', 'reflect', { constant: 2 }, 'wrap']
    for (let i = 0; i < 24; i++) {
      const boundary = shape.map((_, a) => boundaries[(i + a * next(2)) % 4]!)
      const k = kernelOf(kernelShape, i % 3, next)
      const x = values(n, next)
      if (i % 4 === 0) insertSpecialValues(x, next, huge)
      else if (i % 4 === 1) insertSpecialValues(x, next, specialValues)
      else if (i % 4 === 2) insertSpecialValues(k, next, specialValues)
      expectAll(
        signal({
          shape,
          x,
          kernelShape,
          k,
          boundary,
          ...(i % 4 === 3 ? { bias: specialValues[i % 2]! } : {}),
        }),
      )
    }
  })

  const layers = [
    { channels: 8, filters: 4, groups: 1, rows: 9, columns: 11, kernel: 3 },
    { channels: 16, filters: 16, groups: 1, rows: 14, columns: 14, kernel: 3 },
    { channels: 8, filters: 8, groups: 8, rows: 9, columns: 12, kernel: 3, last: true },
    { channels: 2, filters: 2, groups: 1, rows: 30, columns: 20, kernel: 9 },
  ]

  test.each(layers)(
    'layers: $channels → $filters, $kernel',
    ({ channels, filters, groups, rows, columns, kernel, last }) => {
      const next = random(channels)
      const boundaries: readonly Boundary[] = [
        'zero',
        { constant: Infinity },
        'reflect',
        'edge',
        { constant: 1e38 },
      ]
      for (let i = 0; i < 20; i++) {
        const boundary = [boundaries[i % 5]!, boundaries[(i + next(2)) % 5]!]
        const inputs = channels * rows * columns
        const taps = (channels / groups) * kernel ** 2
        const x = values(inputs, next)
        const k = values(filters * taps, next, 1 / taps)
        const bias = values(filters, next)
        if (i % 4 === 1) insertSpecialValues(x, next, specialValues)
        if (i % 4 === 2) insertSpecialValues(k, next, specialValues)
        if (i % 4 === 3) insertSpecialValues(bias, next, specialValues)
        const pad = (kernel - 1) / 2
        const strides = last
          ? [inputs, 1, columns * channels, channels]
          : [inputs, rows * columns, columns, 1]
        const g = makeGeometry({
          ...{ channels, filters, groups, boundary },
          axes: [rows, columns].map((input) => ({ input, kernel, before: pad, after: pad })),
        })
        const weights = view(k, [filters, channels / groups, kernel, kernel])
        const activation =
          i % 2 === 0 ? 'relu' : ({ name: 'clamp', min: -Infinity, max: Infinity } as const)
        const sums = referenceConv(
          g,
          view(x, [1, channels, rows, columns], { strides }),
          weights,
          view(bias, [filters]),
        )
        const clamped = Array.from(sums, (v) => (i % 2 === 0 ? Math.max(v, 0) : v))
        const inOrder = clamped.map((_, at) => {
          const [f, q] = last
            ? [at % filters, Math.floor(at / filters)]
            : [Math.floor(at / (rows * columns)), at % (rows * columns)]
          return clamped[f * rows * columns + q]!
        })
        const input = last
          ? ndarray(x, [1, rows, columns, channels])
          : ndarray(x, [1, channels, rows, columns])
        const weight = ndarray(k, weights.shape)
        const more = last ? ({ layout: 'channels-last', weightLayout: 'OIHW' } as const) : {}
        const options = {
          padding: pad,
          groups,
          boundary,
          bias: ndarray(bias),
          activation,
          ...more,
        } as const
        const constants = boundary.map((b) => (typeof b === 'object' ? b.constant : 0))
        expectAll({
          title: `${i}: ${JSON.stringify(boundary.map(String))} ${activation}`,
          reference: inOrder,
          size: largest(x, k, bias, constants),
          compute: (algorithm) => conv2d(input, weight, { ...options, algorithm }),
        })
      }
    },
  )

  test('a border that no window reads may be NaN, and every algorithm accepts it', () => {
    const x = values(400, random(1))
    const k = kernelOf([7, 7], 1, random(2))
    const boundary: Boundary = { constant: NaN }
    for (const algorithm of ['toeplitz', 'fft', 'separable', 'strided'] as const) {
      const y = correlate(ndarray(x, [20, 20]), ndarray(k, [7, 7]), {
        mode: 'valid',
        boundary,
        algorithm,
      })
      expect([...y.data].every(Number.isFinite), algorithm).toBe(true)
    }
  })

  test(
    'in place, products with zeros of the border are skipped, so an infinite weight needs a ' +
      'copy or throws',
    () => {
      const x = Float32Array.of(1, 2, 3)
      const k = Float32Array.of(Infinity, 1, 1)
      expect([...correlate(x, k, { memoryLimit: 0, boundary: 'edge' }).data]).toEqual([
        Infinity,
        Infinity,
        Infinity,
      ])
      expect([...correlate(x, k, { memoryLimit: 2 ** 16 }).data]).toEqual([
        Number.NaN,
        Infinity,
        Infinity,
      ])
      expect([...correlate(x, Float32Array.of(2, 1, 1), { memoryLimit: 0 }).data]).toEqual([
        3, 7, 7,
      ])
      expect(() => correlate(x, k, { memoryLimit: 0 })).toThrow(/its kernel is not finite/)
    },
  )

  test('transposed layers spread values that are not finite as the definition does', () => {
    const next = random(3)
    for (const value of specialValues) {
      const x = insertSpecialValues(values(4 * 36, next), next, [value])
      const w = insertSpecialValues(values(4 * 4 * 9, next), next, [value])
      const [a, b] = [ndarray(x, [1, 4, 6, 6]), ndarray(w, [4, 4, 3, 3])]
      const reference = convTranspose2d(a, b, { stride: 2, algorithm: 'naive', backend: 'js' })
      for (const name of names) {
        const testCase = {
          title: `${value}`,
          reference: reference.data,
          size: 1,
          compute: (algorithm: 'auto') => convTranspose2d(a, b, { stride: 2, algorithm }),
        }
        expect(describeMistake(testCase, name), name).toBeUndefined()
      }
    }
  })
})

test('an input that trips a guard runs the transforms once, then the direct sum', () => {
  const p = plan('correlate', [160, 160], [15, 15], { algorithm: 'fft', boundary: 'zero' })
  const x = ndarray(new Float32Array(160 * 160).fill(1), [160, 160])
  x.data[777] = NaN
  const k = ndarray(
    Float32Array.from({ length: 225 }, (_, i) => (i % 7) - 3),
    [15, 15],
  )
  const { parts } = p.timeSync(x, k)
  expect(parts.find((part) => part.name === 'tiles')?.calls).toBe(1)
  expect(parts.some((part) => part.name.startsWith('contract '))).toBe(true)
})
