/**
 * Do the calls satisfy the laws of convolution? All inputs are integers, so both sides of every law
 * are equal to the last bit.
 */

import fc from 'fast-check'
import {
  asStrided,
  type Boundary,
  contiguous,
  conv2d,
  convolve,
  convTranspose2d,
  correlate,
  flip,
  type LayerOptions,
  type NdArray,
  ndarray,
  slice,
  transpose,
  zeros,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { elementCount } from '../src/ndarray/layout.ts'
import { random } from './random-geometry.ts'

/** Returns the elements in row-major order, with −0 as 0. */
const values = (x: NdArray): number[] => Array.from(contiguous(x).data, (v) => v + 0)
const plus = (a: NdArray, b: NdArray, factor = 1): number[] => {
  const other = values(b)
  return values(a).map((v, i) => v + factor * other[i]!)
}
const dot = (a: NdArray, b: NdArray): number => {
  const other = values(b)
  return values(a).reduce((sum, v, i) => sum + v * other[i]!, 0)
}

function whole(shape: readonly number[], seed: number): NdArray<'float32'> {
  const next = random(seed)
  const length = elementCount(shape)
  return ndarray(
    Float32Array.from({ length }, () => next(9) - 4),
    shape,
  )
}

const from = (numbers: readonly number[], shape: readonly number[]): NdArray =>
  ndarray(Float32Array.from(numbers), shape)

const repeating = ['edge', 'reflect', 'symmetric', 'wrap'] as const
const linear: readonly Boundary[] = ['zero', ...repeating]
const all: readonly Boundary[] = [...linear, { constant: 3 }]

interface ImageCase {
  readonly seed: number
  readonly shape: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly boundary: Boundary
}

const imageCase = (boundaries: readonly Boundary[]): fc.Arbitrary<ImageCase> =>
  fc.record({
    seed: fc.nat(),
    shape: fc.tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 19 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    boundary: fc.constantFrom(...boundaries),
  })

const runs = { numRuns: 25 }
const call = fc.constantFrom(convolve, correlate)

describe('signals and images', () => {
  test('convolution is linear in the input and in the kernel', () => {
    fc.assert(
      fc.property(imageCase(linear), call, ({ seed, shape, kernel, boundary }, f) => {
        const [a, b, k, l] = [
          whole(shape, seed),
          whole(shape, seed + 1),
          whole(kernel, seed + 2),
          whole(kernel, seed + 3),
        ]
        const [sumOfInputs, sumOfKernels] = [
          from(plus(a, b, 3), shape),
          from(plus(k, l, -2), kernel),
        ]
        expect(values(f(sumOfInputs, k, { boundary }))).toEqual(
          plus(f(a, k, { boundary }), f(b, k, { boundary }), 3),
        )
        expect(values(f(a, sumOfKernels, { boundary }))).toEqual(
          plus(f(a, k, { boundary }), f(a, l, { boundary }), -2),
        )
      }),
      runs,
    )
  })

  test('an impulse gives the kernel, a correlation gives it flipped', () => {
    fc.assert(
      fc.property(imageCase(['zero']), ({ seed, kernel }) => {
        const k = whole(kernel, seed)
        const impulse = from([1], [1, 1])
        expect(values(convolve(impulse, k, { mode: 'full' }))).toEqual(values(k))
        expect(values(correlate(impulse, k, { mode: 'full' }))).toEqual(values(flip(k)))
      }),
      runs,
    )
  })

  test('convolution is correlation with a flipped kernel; mode full is commutative', () => {
    fc.assert(
      fc.property(imageCase(all), ({ seed, shape, kernel, boundary }) => {
        const [x, k] = [whole(shape, seed), whole(kernel, seed + 1)]
        const padding = kernel.map((extent): [number, number] => [extent - 1, 1])
        expect(values(convolve(x, k, { padding, boundary }))).toEqual(
          values(correlate(x, flip(k), { padding, boundary })),
        )
        // Direct sums of whole numbers are exact; transforms, which large kernels get, are not.
        const direct = { mode: 'full', algorithm: 'strided' } as const
        expect(values(convolve(x, k, direct))).toEqual(values(convolve(k, x, direct)))
      }),
      runs,
    )
  })

  test('a wrapped shift of the input shifts the result', () => {
    fc.assert(
      fc.property(imageCase(['wrap']), fc.nat(30), ({ seed, shape: [h, w], kernel }, by) => {
        const [x, k] = [whole([h, w], seed), whole(kernel, seed + 1)]
        const shifted = (y: NdArray): NdArray =>
          from(
            Array.from({ length: h * w }, (_, i) => values(y)[i - (i % w) + (((i % w) + by) % w)]!),
            [h, w],
          )
        expect(values(convolve(shifted(x), k, { boundary: 'wrap' }))).toEqual(
          values(shifted(convolve(x, k, { boundary: 'wrap' }))),
        )
      }),
      runs,
    )
  })

  test('stride s keeps every s-th result', () => {
    fc.assert(
      fc.property(
        imageCase(all),
        call,
        fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 25 })),
        (p, f, stride) => {
          const [x, k] = [whole(p.shape, p.seed), whole(p.kernel, p.seed + 1)]
          const { boundary } = p
          const [s, t] = stride
          const sampled = slice(f(x, k, { boundary }), [null, null, s], [null, null, t])
          const y = f(x, k, { boundary, stride })
          expect(y.shape).toEqual(sampled.shape)
          expect(values(y)).toEqual(values(sampled))
        },
      ),
      runs,
    )
  })

  test('a dilation inserts zeros between the taps', () => {
    fc.assert(
      fc.property(
        imageCase(all),
        call,
        fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 6 })),
        (p, f, dilation) => {
          const [x, k] = [whole(p.shape, p.seed), whole(p.kernel, p.seed + 1)]
          const [d, e] = dilation
          const dilatedKernel = zeros([d * (p.kernel[0] - 1) + 1, e * (p.kernel[1] - 1) + 1])
          const taps = values(k)
          for (const [i, tap] of taps.entries())
            dilatedKernel.data[
              Math.floor(i / p.kernel[1]) * d * dilatedKernel.shape[1]! + (i % p.kernel[1]) * e
            ] = tap
          // Strict: the kernel with its zeros is large enough that `auto` would look for separable
          // terms. These are not exact.
          const options = { boundary: p.boundary, accuracy: 'strict' } as const
          expect(values(f(x, k, { ...options, dilation }))).toEqual(
            values(f(x, dilatedKernel, options)),
          )
        },
      ),
      runs,
    )
  })

  /**
   * The index of the sample that `pad` of NumPy puts at i, or −1 for a constant. Valid for pads of
   * at most n − 1 samples.
   */
  const padded: Readonly<Record<string, (i: number, n: number) => number>> = {
    edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
    reflect: (i, n) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i),
    symmetric: (i, n) => (i < 0 ? -1 - i : i >= n ? 2 * n - 1 - i : i),
    wrap: (i, n) => (i + n) % n,
  }

  test.each(all.map((boundary) => [JSON.stringify(boundary), boundary] as const))(
    "padding with border %s equals mode 'valid' on a padded input",
    (_, boundary) => {
      const sides = fc.tuple(fc.nat(3), fc.nat(3))
      fc.assert(
        fc.property(
          imageCase([boundary]),
          call,
          sides,
          sides,
          ({ seed, shape, kernel }, f, rows, columns) => {
            const [h, w] = [shape[0] + 4, shape[1] + 4]
            const [x, k] = [whole([h, w], seed), whole(kernel, seed + 1)]
            const source = (i: number, n: number): number =>
              typeof boundary === 'string' && boundary !== 'zero'
                ? padded[boundary]!(i, n)
                : i >= 0 && i < n
                  ? i
                  : -1
            const fill = typeof boundary === 'object' ? boundary.constant : 0
            const [paddedRows, paddedColumns] = [h + rows[0] + rows[1], w + columns[0] + columns[1]]
            const numbers = Array.from({ length: paddedRows * paddedColumns }, (_, i) => {
              const [r, c] = [
                source(Math.floor(i / paddedColumns) - rows[0], h),
                source((i % paddedColumns) - columns[0], w),
              ]
              return r < 0 || c < 0 ? fill : x.data[r * w + c]!
            })
            const around = f(x, k, { padding: [rows, columns], boundary })
            expect(values(around)).toEqual(
              values(f(from(numbers, [paddedRows, paddedColumns]), k, { mode: 'valid' })),
            )
          },
        ),
        runs,
      )
    },
  )

  test('channelAxis filters each channel separately', () => {
    fc.assert(
      fc.property(
        imageCase(all),
        call,
        fc.integer({ min: -3, max: 2 }),
        ({ seed, shape, kernel, boundary }, f, channelAxis) => {
          const axis = (channelAxis + 3) % 3
          const whichShape = shape.toSpliced(axis, 0, 4)
          const [x, k] = [whole(whichShape, seed), whole(kernel, seed + 1)]
          const y = f(x, k, { boundary, channelAxis, bias: 2 })
          expect(y.shape).toEqual(whichShape)
          for (let c = 0; c < 4; c++) {
            const ranges = [0, 1, 2].map((a) => (a === axis ? c : null))
            expect(values(slice(y, ...ranges))).toEqual(
              values(f(slice(x, ...ranges), k, { boundary, bias: 2 })),
            )
          }
        },
      ),
      runs,
    )
  })
})

interface Layer {
  readonly x: NdArray
  readonly w: NdArray
  readonly options: LayerOptions
}

const layer = (boundaries: readonly Boundary[]): fc.Arbitrary<Layer & { readonly seed: number }> =>
  fc
    .record({
      seed: fc.nat(),
      batch: fc.integer({ min: 1, max: 2 }),
      groups: fc.integer({ min: 1, max: 3 }),
      channels: fc.integer({ min: 1, max: 3 }),
      filters: fc.integer({ min: 1, max: 4 }),
      extent: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9 })),
      kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
      padding: fc.tuple(fc.tuple(fc.nat(3), fc.nat(3)), fc.tuple(fc.nat(3), fc.nat(3))),
      boundary: fc.constantFrom(...boundaries),
    })
    .filter((p) =>
      p.extent.every(
        (n, a) => n + p.padding[a]![0] + p.padding[a]![1] > p.dilation[a]! * (p.kernel[a]! - 1),
      ),
    )
    .map(({ seed, batch, groups, channels, filters, extent, kernel, ...options }) => ({
      seed,
      x: whole([batch, groups * channels, ...extent], seed),
      w: whole([groups * filters, channels, ...kernel], seed + 1),
      options: { ...options, groups },
    }))

describe('layers', () => {
  test('a layer with groups equals its groups computed one by one', () => {
    fc.assert(
      fc.property(layer(all), ({ x, w, options }) => {
        const { groups = 1, ...rest } = options
        const y = conv2d(x, w, options)
        const [channels, filters] = [x.shape[1]! / groups, w.shape[0]! / groups]
        for (let g = 0; g < groups; g++) {
          const part = conv2d(
            slice(x, null, [g * channels, (g + 1) * channels]),
            slice(w, [g * filters, (g + 1) * filters]),
            rest,
          )
          expect(values(slice(y, null, [g * filters, (g + 1) * filters]))).toEqual(values(part))
        }
      }),
      runs,
    )
  })

  test('channels-last gives the same numbers in another order', () => {
    fc.assert(
      fc.property(layer(all), ({ x, w, options, seed }) => {
        const withBias = { ...options, bias: whole([w.shape[0]!], seed) }
        const y = conv2d(x, w, withBias)
        for (const last of [transpose(x, [0, 2, 3, 1]), contiguous(transpose(x, [0, 2, 3, 1]))]) {
          const z = conv2d(last, w, {
            ...withBias,
            layout: 'channels-last',
            weightLayout: 'OIHW',
          })
          expect(z.shape).toEqual([y.shape[0], y.shape[2], y.shape[3], y.shape[1]])
          expect(values(transpose(z, [0, 3, 1, 2]))).toEqual(values(y))
        }
      }),
      runs,
    )
  })

  const weightLayouts = ['OIHW', 'IOHW', 'OHWI', 'IHWO', 'HWIO', 'HWOI'] as const
  test.each(weightLayouts)('weights as %s', (weightLayout) => {
    fc.assert(
      fc.property(layer(all), ({ x, w, options }) => {
        const arranged = contiguous(
          transpose(
            w,
            Array.from(weightLayout, (letter) => 'OIHW'.indexOf(letter)),
          ),
        )
        expect(values(conv2d(x, arranged, { ...options, weightLayout }))).toEqual(
          values(conv2d(x, w, options)),
        )
      }),
      runs,
    )
  })

  test.each(linear)('the transposed layer is the adjoint, border %s', (boundary) => {
    fc.assert(
      fc.property(layer([boundary as Boundary]), ({ x, w, options, seed }) => {
        const y = conv2d(x, w, options)
        const other = whole(y.shape, seed + 2)
        const back = convTranspose2d(other, w, { ...options, outputShape: x.shape.slice(2) })
        expect(back.shape).toEqual(x.shape)
        expect(dot(y, other)).toBe(dot(x, back))
      }),
      { numRuns: 40 },
    )
  })

  test('bias is added to its channel, before the activation', () => {
    fc.assert(
      fc.property(layer(all), ({ x, w, options, seed }) => {
        const bias = whole([w.shape[0]!], seed)
        const plain = conv2d(x, w, options)
        const area = plain.shape[2]! * plain.shape[3]!
        const added = values(plain).map(
          (v, i) => v + bias.data[Math.floor(i / area) % bias.data.length]!,
        )
        expect(values(conv2d(x, w, { ...options, bias }))).toEqual(added)
        expect(values(conv2d(x, w, { ...options, bias, activation: 'relu' }))).toEqual(
          added.map((v) => Math.max(v, 0)),
        )
        const relu6 = added.map((v) => Math.min(Math.max(v, 0), 6))
        expect(values(conv2d(x, w, { ...options, bias, activation: 'relu6' }))).toEqual(relu6)
      }),
      runs,
    )
  })

  test('views with any strides give the same result as contiguous copies', () => {
    fc.assert(
      fc.property(layer(all), ({ x, w, options }) => {
        const views = [flip(x), transpose(x, [0, 1, 3, 2]), slice(x, null, null, [null, null, -1])]
        const square = { ...options, stride: 1, dilation: 1, padding: 3 }
        for (const x of views)
          expect(values(conv2d(x, flip(w), square))).toEqual(
            values(conv2d(contiguous(x), contiguous(flip(w)), square)),
          )
        const broadcast = asStrided(x, { shape: [2, x.shape[1]!, 5, 6], strides: [0, 1, 0, 0] })
        expect(values(conv2d(broadcast, w, square))).toEqual(
          values(conv2d(contiguous(broadcast), w, square)),
        )
      }),
      runs,
    )
  })
})
