/**
 * Which value does a corner get, where the borders of two axes meet? A constant has priority over a
 * border that repeats samples. Of two constants, that of the earlier axis has priority.
 *
 * The reference is a sum over a padded array. It is padded axis by axis, as NumPy's `pad` does:
 * first the axes that repeat samples, then the constants from the last axis to the first.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { type Boundary, isConstant } from '../src/geometry/boundary.ts'
import { makeGeometry } from '../src/geometry/geometry.ts'
import { im2col, ndarray, toeplitz, zeros } from '../src/index.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { view } from '../src/ndarray/ndarray.ts'
import { referenceConv } from '../src/reference/definition.ts'
import { conv2d, convInputGradient, convolve, convTranspose2d, correlate } from '../src/sync.ts'
import { someOf } from './random-count.ts'
import { random } from './random-geometry.ts'

const borders: readonly Boundary[] = [
  'zero',
  { constant: 3 },
  { constant: -2 },
  'edge',
  'reflect',
  'symmetric',
  'wrap',
]
const pairs = borders.flatMap((a) => borders.map((b) => [a, b] as const))
const nameOf = (border: Boundary): string =>
  typeof border === 'object' ? String(border.constant) : border

interface Dense {
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}

/** Pads one axis, as NumPy's `pad` does. */
function paddedAlong({ shape, data }: Dense, axis: number, pad: number, border: Boundary): Dense {
  const extent = shape[axis]!
  const inner = elementCount(shape.slice(axis + 1))
  const outer = elementCount(shape.slice(0, axis))
  const order = Array.from({ length: extent }, (_, i) => i)
  const period =
    border === 'reflect'
      ? [...order, ...order.slice(1, -1).toReversed()]
      : [...order, ...order.toReversed()]
  const source = (i: number): number => {
    if (border === 'edge') return Math.min(Math.max(i, 0), extent - 1)
    const list = border === 'wrap' ? order : period
    return list[(i + 1000 * list.length) % list.length]!
  }
  const to: number[] = []
  for (let o = 0; o < outer; o++) {
    for (let i = -pad; i < extent + pad; i++) {
      const outside = (i < 0 || i >= extent) && isConstant(border)
      const fill = typeof border === 'object' ? border.constant : 0
      for (let x = 0; x < inner; x++)
        to.push(outside ? fill : data[(o * extent + (outside ? 0 : source(i))) * inner + x]!)
    }
  }
  return { shape: shape.with(axis, extent + 2 * pad), data: to }
}

function padded(x: Dense, pad: number, boundary: readonly Boundary[]): Dense {
  const axes = [...boundary.keys()]
  const order = [
    ...axes.filter((a) => !isConstant(boundary[a]!)),
    ...axes.filter((a) => isConstant(boundary[a]!)).toReversed(),
  ]
  return order.reduce((array, a) => paddedAlong(array, a, pad, boundary[a]!), x)
}

/** The correlation of one image with a square kernel, without padding. */
function valid({ shape, data }: Dense, kernel: readonly number[], size: number): Float64Array {
  const [rows, columns] = [shape[0]! - size + 1, shape[1]! - size + 1]
  const y = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0
      for (let s = 0; s < size; s++)
        for (let t = 0; t < size; t++)
          sum += kernel[s * size + t]! * data[(i + s) * shape[1]! + j + t]!
      y[i * columns + j] = sum
    }
  }
  return y
}

const integers = (n: number, seed: number): Float32Array => {
  const next = random(seed)
  return Float32Array.from({ length: n }, () => next(9) - 4)
}

const kernel3 = [1, -2, 3, 0, 4, -1, 2, 1, -3]
const kernel5 = [...integers(25, 5)]

/** A message about the first element that differs. Undefined if no element does. */
function difference(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed = 0,
): string | undefined {
  if (got.length !== expected.length) return `${got.length} elements instead of ${expected.length}`
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(got[i]! - expected[i]!) <= allowed))
      return `element ${i} is ${got[i]}, not ${expected[i]}`
  return undefined
}

/**
 * Selects the pairs to test with large images: two different constants, a constant with a border
 * that repeats samples, and two borders that repeat samples.
 */
function isForLargeImage([a, b]: readonly [Boundary, Boundary]): boolean {
  if (isConstant(a) && isConstant(b)) return a !== b
  return (
    (a === 'wrap' && b === 'edge') ||
    (isConstant(a) && b === 'reflect') ||
    (a === 'symmetric' && b === borders[1])
  )
}

describe('corners where two borders meet', () => {
  test('computed by hand: the corner of zero and 3 is 0, of 3 and zero is 3', () => {
    const x = [
      [1, 2],
      [3, 4],
    ]
    const corner = [
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]
    const at = (boundary: Boundary[]): unknown => [...correlate(x, corner, { boundary }).data]
    expect(at(['zero', { constant: 3 }])).toEqual([0, 0, 3, 1])
    expect(at([{ constant: 3 }, 'zero'])).toEqual([3, 3, 0, 1])
    expect(at(['edge', { constant: 3 }])).toEqual([3, 1, 3, 1])
    expect(at([{ constant: 3 }, 'edge'])).toEqual([3, 3, 1, 1])
    expect(at([{ constant: 3 }, { constant: -2 }])).toEqual([3, 3, -2, 1])
  })

  test('the float64 definition follows the rule of priority, in two and three dimensions', () => {
    const size = [3, 4, 2]
    for (const a of borders) {
      for (const b of borders) {
        for (const c of [undefined, ...borders]) {
          const boundary = c === undefined ? [a, b] : [a, b, c]
          const shape = size.slice(0, boundary.length)
          const count = elementCount(shape)
          const data = Float64Array.from({ length: count }, (_, i) => i + 10)
          const expected = padded({ shape, data }, 5, boundary)
          const axes = shape.map((input) => ({ input, kernel: 1, before: 5, after: 5 }))
          const g = makeGeometry({ axes, boundary, dtype: 'float64' })
          const unitKernel = view(Float64Array.of(1), [1, 1, ...shape.map(() => 1)])
          expect(
            [...referenceConv(g, view(data, [1, 1, ...shape]), unitKernel)],
            boundary.map(nameOf).join(),
          ).toEqual(Array.from(expected.data))
        }
      }
    }
  })

  // Rows × columns on both sides of the limits that decide how borders are read. From 1 MiB of
  // input and output: strips. From 1 MiB with its border: slabs instead of a copy.
  const sizes = [
    [9, 14],
    [355, 360],
    [370, 380],
    [520, 530],
  ] as const

  test.each(sizes)(
    'every pair of borders with every algorithm: %i × %i',
    { timeout: 120_000 },
    (rows, columns) => {
      const picture = integers(rows * columns, rows)
      const x = ndarray(picture, [rows, columns])
      const large = rows > 100
      for (const boundary of large ? someOf(pairs, 3) : pairs) {
        if (large && !isForLargeImage(boundary)) continue
        const around = padded({ shape: [rows, columns], data: picture }, 2, boundary)
        const expected = valid(around, kernel5, 5)
        for (const { name } of allAlgorithms) {
          if (
            name === 'winograd' ||
            name === 'separable' ||
            (large && (name === 'naive' || name === 'im2col'))
          )
            continue
          const got = correlate(x, ndarray(Float32Array.from(kernel5), [5, 5]), {
            boundary: [...boundary],
            algorithm: name as 'auto',
          })
          const title = `${name} ${boundary.map(nameOf).join()}`
          expect(difference(got.data, expected, name === 'fft' ? 0.01 : 0), title).toBeUndefined()
        }
        const factors = [1, 2, 0, -1, 3].flatMap((v) => [2, 0, 1, 1, -2].map((w) => v * w))
        const separable = correlate(x, ndarray(Float32Array.from(factors), [5, 5]), {
          boundary: [...boundary],
          algorithm: 'separable',
        })
        expect(
          difference(separable.data, valid(around, factors, 5)),
          `separable ${boundary.map(nameOf).join()}`,
        ).toBeUndefined()
      }
    },
  )

  // 0.1 has other values in float32 and float64.
  test.each([
    ['uint8', 'float32', [0.5, -3, 300]],
    ['uint8', 'float64', [0.5]],
    ['int16', 'float32', [40_000]],
    ['float32', 'float64', [0.1]],
  ] as const)(
    'a constant that %s cannot hold, around large and small images summed in %s',
    (type, sums, constants) => {
      for (const constant of constants) {
        for (const rows of [12, 1200]) {
          const shape = [rows, 1000]
          const samples = zeros(shape, type)
          samples.data.set(integers(rows * 1000, rows).map(Math.abs))
          const picture = Float64Array.from(samples.data)
          const value = { constant: sums === 'float32' ? Math.fround(constant) : constant }
          const around = padded({ shape, data: picture }, 2, [value, value])
          const kernel = zeros([5, 5], sums)
          kernel.data.set(kernel5)
          const got = correlate(samples, kernel, { boundary: { constant } })
          expect(
            difference(got.data, valid(around, kernel5, 5), sums === 'float32' ? 1e-3 : 1e-10),
            `${constant} ${rows}`,
          ).toBeUndefined()
        }
      }
    },
  )

  test.each([
    [9, 14],
    [180, 190],
  ])(
    'layers: every pair with every algorithm that sums channels: %i × %i',
    { timeout: 120_000 },
    (rows, columns) => {
      const [channels, filters] = [8, 4]
      const picture = integers(channels * rows * columns, 3)
      const weights = integers(filters * channels * 9, 4)
      const x = ndarray(picture, [1, channels, rows, columns])
      const w = ndarray(weights, [filters, channels, 3, 3])
      for (const boundary of someOf(pairs, 2)) {
        if (rows > 100 && !boundary.every(isConstant)) continue
        const planes = Array.from({ length: channels }, (_, c) =>
          padded(
            {
              shape: [rows, columns],
              data: picture.subarray(c * rows * columns, (c + 1) * rows * columns),
            },
            1,
            boundary,
          ),
        )
        const expected = Array.from({ length: filters }, (_, f) => {
          const sum = new Float64Array(rows * columns)
          planes.forEach((plane, c) => {
            const part = valid(
              plane,
              [...weights.subarray((f * channels + c) * 9, (f * channels + c + 1) * 9)],
              3,
            )
            for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!
          })
          return [...sum]
        }).flat()
        for (const algorithm of ['winograd', 'strided', 'im2col', 'fft'] as const) {
          const got = conv2d(x, w, { padding: 1, boundary: [...boundary], algorithm })
          const title = `${algorithm} ${boundary.map(nameOf).join()}`
          expect(
            difference(
              got.data,
              expected,
              algorithm === 'winograd' || algorithm === 'fft' ? 0.01 : 0,
            ),
            title,
          ).toBeUndefined()
        }
      }
    },
  )

  test('volumes: every combination of three borders', () => {
    const shape = [4, 3, 5]
    const x = integers(60, 8)
    const k = integers(27, 9)
    for (const a of borders) {
      for (const b of borders) {
        for (const c of borders) {
          const boundary = [a, b, c]
          const axes = shape.map((input) => ({ input, kernel: 3, before: 1, after: 1 }))
          const expected = referenceConv(
            makeGeometry({ axes, boundary, dtype: 'float64' }),
            view(x, [1, 1, ...shape]),
            view(k, [1, 1, 3, 3, 3]),
          )
          const got = correlate(ndarray(x, shape), ndarray(k, [3, 3, 3]), { boundary })
          expect([...got.data], boundary.map(nameOf).join()).toEqual([...expected])
        }
      }
    }
  })

  test('the im2col and Toeplitz matrices give the same results', () => {
    const x = ndarray(integers(12, 1), [3, 4])
    const k = ndarray(Float32Array.from(kernel3), [3, 3])
    for (const boundary of pairs) {
      const expected = [
        ...valid(padded({ shape: [3, 4], data: x.data as Float32Array }, 1, boundary), kernel3, 3),
      ]
      const windows = im2col(x, [3, 3], { boundary: [...boundary] })
      const byWindows = expected.map((_, column) =>
        kernel3.reduce((sum, weight, row) => sum + weight * windows.data[row * 12 + column]!, 0),
      )
      expect(byWindows, boundary.map(nameOf).join()).toEqual(expected)
      const { data, indices, indptr, offset } = toeplitz(k, [3, 4], { boundary: [...boundary] })
      const byRows = expected.map((_, row) => {
        let sum = offset?.[row] ?? 0
        for (let i = indptr[row]!; i < indptr[row + 1]!; i++) sum += data[i]! * x.data[indices[i]!]!
        return sum
      })
      expect(byRows, boundary.map(nameOf).join()).toEqual(expected)
    }
  })

  test('transposed layers and gradients are the adjoint of the layer with the same borders', () => {
    const w = ndarray(integers(9, 2), [1, 1, 3, 3])
    const g = ndarray(integers(12, 3), [1, 1, 3, 4])
    for (const boundary of pairs) {
      // The layer is linear in x, except for a term from the constants. Row i of the adjoint is
      // the result for unit array i, minus the result for zeros.
      const layer = (values: ArrayLike<number>): number[] => [
        ...valid(padded({ shape: [3, 4], data: values }, 1, boundary), [...w.data], 3),
      ]
      const resultForZeros = layer(new Array(12).fill(0))
      const expected = Array.from({ length: 12 }, (_, i) => {
        const unit = new Array<number>(12).fill(0).with(i, 1)
        return layer(unit).reduce((sum, y, q) => sum + (y - resultForZeros[q]!) * g.data[q]!, 0)
      })
      const options = { padding: 1, boundary: [...boundary] }
      const title = boundary.map(nameOf).join()
      expect([...convTranspose2d(g, w, options).data], title).toEqual(expected)
      expect([...convInputGradient(g, w, [1, 1, 3, 4], options).data], title).toEqual(expected)
    }
  })

  test('convolve flips the kernel but not the borders', () => {
    const x = ndarray(integers(12, 1), [3, 4])
    const k = ndarray(Float32Array.from(kernel3), [3, 3])
    for (const boundary of pairs) {
      const expected = valid(
        padded({ shape: [3, 4], data: x.data as Float32Array }, 1, boundary),
        kernel3.toReversed(),
        3,
      )
      expect(
        [...convolve(x, k, { boundary: [...boundary] }).data],
        boundary.map(nameOf).join(),
      ).toEqual([...expected])
    }
  })
})
