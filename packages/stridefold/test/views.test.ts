/**
 * Do slice, transpose, flip and reshape return the right views? The tests compare every element
 * with the definition, and slices also with NumPy.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OptionError } from '../src/errors.ts'
import { zeros } from '../src/ndarray/create.ts'
import { toNested } from '../src/ndarray/interop.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { contiguous, flip, type Range, reshape, slice, transpose } from '../src/ndarray/views.ts'
import { slidingWindows } from '../src/ndarray/windows.ts'
import {
  counting,
  countingView,
  elementAt,
  expectView,
  indices,
  shapes,
  values,
} from './random-views.ts'

const views = shapes.chain(countingView)

describe('slice', () => {
  const x = counting(3, 4)

  // The expected values come from NumPy: np.arange(12).reshape(3, 4)[…].
  test.each<[string, Range[], unknown]>([
    ['x[1]', [1], [4, 5, 6, 7]],
    ['x[-1, -2]', [-1, -2], 10],
    ['x[:, 1]', [null, 1], [1, 5, 9]],
    [
      'x[1:]',
      [[1]],
      [
        [4, 5, 6, 7],
        [8, 9, 10, 11],
      ],
    ],
    ['x[::-1, 2]', [[null, null, -1], 2], [10, 6, 2]],
    ['x[0, 1:100]', [0, [1, 100]], [1, 2, 3]],
    ['x[0, -100:2]', [0, [-100, 2]], [0, 1]],
    ['x[0, ::2]', [0, [undefined, undefined, 2]], [0, 2]],
    ['x[0, 3:0:-2]', [0, [3, 0, -2]], [3, 1]],
    ['x[0, -2::-1]', [0, [-2, null, -1]], [2, 1, 0]],
    ['x[0, 100:-100:-3]', [0, [100, -100, -3]], [3, 0]],
    ['x[0, 3:1]', [0, [3, 1]], []],
    ['x[5:, 0]', [[5], 0], []],
    ['x[:0]', [[0, 0]], []],
    ['x', [], toNested(x)],
  ])('%s', (_, ranges, expected) => {
    expect(toNested(slice(x, ...ranges))).toEqual(expected)
  })

  test('an empty slice has an offset inside the data', () => {
    expect(slice(x, [5], [3, 1, -1])).toMatchObject({ shape: [0, 2], offset: 3 })
    expect(slice(zeros([0]), [null, null, -1])).toMatchObject({ shape: [0], offset: 0 })
  })

  test('agrees with Array.slice for every start, stop and step of a row', () => {
    const row = counting(5)
    const bounds = [null, ...Array.from({ length: 15 }, (_, i) => i - 7)]
    for (const start of bounds) {
      for (const stop of bounds) {
        expect(values(slice(row, [start, stop]))).toEqual(
          [0, 1, 2, 3, 4].slice(start ?? undefined, stop ?? undefined),
        )
        // A negative step equals a positive step over the mirrored row. There, index i becomes
        // 4 − i, or −1 − i when counted from the end.
        const mirrored = (bound: number | null) => (bound === null ? undefined : -1 - bound)
        const backwards = [4, 3, 2, 1, 0].slice(mirrored(start), mirrored(stop))
        expect(values(slice(row, [start, stop, -1]))).toEqual(backwards)
        expect(values(slice(row, [start, stop, -2]))).toEqual(
          backwards.filter((_, i) => i % 2 === 0),
        )
      }
    }
  })

  test('a number selects the same elements as a range of length one', () => {
    fc.assert(
      fc.property(views, fc.nat(), (x, seed) => {
        const axis = x.shape.findIndex((extent) => extent > 0)
        if (axis < 0) return
        const place = seed % x.shape[axis]!
        const before = x.shape.slice(0, axis).map(() => null)
        const picked = slice(x, ...before, place)
        expectView(picked, x)
        expect(picked.shape).toEqual(x.shape.toSpliced(axis, 1))
        expect(values(picked)).toEqual(values(slice(x, ...before, [place, place + 1])))
        expect(values(picked)).toEqual(
          indices(picked.shape).map(
            (index) => x.data[elementAt(x, index.toSpliced(axis, 0, place))],
          ),
        )
      }),
    )
  })

  test.each<[() => unknown, string]>([
    [
      () => slice(x, 3),
      'index 3 is outside axis 0, which has extent 3. Use a whole number from -3 to 2.',
    ],
    [() => slice(x, 0, -5), 'index -5 is outside axis 1'],
    [() => slice(x, 0.5), 'index 0.5'],
    [() => slice(zeros([0]), 0), 'It has no index'],
    [() => slice(x, [0, 1, 0]), 'the range of axis 0 has step 0'],
    [
      () => slice(x, null, [0, Number.NaN]),
      'the range of axis 1 has the number NaN: its stop must be a whole number',
    ],
    [() => slice(x, [0, 1, 2, 3] as never), 'an array of 4'],
    [() => slice(x, 'all' as never), 'the string "all"'],
    [() => slice(x, 0, 0, 0), 'shape [3,4] has 2 axes, but 3 ranges were passed'],
  ])('rejects %s', (act, message) => {
    expect(act).toThrow(OptionError)
    expect(act).toThrow(message)
  })
})

describe('transpose and flip', () => {
  test('transpose permutes the indices, and twice restores them', () => {
    fc.assert(
      fc.property(
        views.chain((x) =>
          fc.tuple(
            fc.constant(x),
            fc.shuffledSubarray([...x.shape.keys()], { minLength: x.shape.length }),
          ),
        ),
        ([x, axes]) => {
          const y = transpose(x, axes)
          expectView(y, x)
          expect(y.shape).toEqual(axes.map((axis) => x.shape[axis]))
          for (const index of indices(y.shape)) {
            const original = x.shape.map((_, axis) => index[axes.indexOf(axis)]!)
            expect(elementAt(y, index)).toBe(elementAt(x, original))
          }
          expect(values(transpose(transpose(x)))).toEqual(values(x))
        },
      ),
    )
  })

  test('flip mirrors the given axes, and twice restores them', () => {
    fc.assert(
      fc.property(
        views.chain((x) => fc.tuple(fc.constant(x), fc.subarray([...x.shape.keys()]))),
        ([x, axes]) => {
          const y = flip(x, axes)
          expectView(y, x)
          expect(y.shape).toEqual(x.shape)
          for (const index of indices(y.shape)) {
            const mirrored = index.map((i, axis) =>
              axes.includes(axis) ? x.shape[axis]! - 1 - i : i,
            )
            expect(elementAt(y, index)).toBe(elementAt(x, mirrored))
          }
          expect(values(flip(y, axes))).toEqual(values(x))
          expect(values(flip(x))).toEqual(values(x).reverse())
        },
      ),
    )
  })

  test('accept axes counted from the end', () => {
    const x = counting(2, 3)
    expect(toNested(flip(x, -1))).toEqual([
      [2, 1, 0],
      [5, 4, 3],
    ])
    expect(transpose(counting(2, 3, 4), [-1, 0, 1]).shape).toEqual([4, 2, 3])
    expect(transpose(counting(2, 3, 4)).shape).toEqual([4, 3, 2])
  })

  test.each<[() => unknown, string]>([
    [() => transpose(counting(2, 3), [0]), 'axes [0] contain 1 of 2 axes'],
    [() => transpose(counting(2, 3), [0, -2]), 'axis -2 in [0,-2] occurs twice'],
    [() => transpose(counting(2, 3), [0, 2]), 'axis 2 in [0,2] does not exist'],
    [() => flip(counting(2, 3), 1.5), 'axis 1.5'],
  ])('reject %s', (act, message) => {
    expect(act).toThrow(message)
  })
})

describe('reshape', () => {
  test('keeps the row-major order, or throws if a view cannot express it', () => {
    const factorised = fc.constantFrom(
      [2, 3, 4],
      [4, 6],
      [24],
      [6, 4],
      [1, 24, 1],
      [2, 1, 12],
      [2, 2, 2, 3],
      [3, 8],
    )
    let viewCount = 0
    fc.assert(
      fc.property(factorised.chain(countingView), factorised, (x, shape) => {
        const expected = values(x)
        expect(values(reshape(contiguous(x), shape))).toEqual(expected)
        try {
          const y = reshape(x, shape)
          expectView(y, x)
          expect(y.shape).toEqual(shape)
          expect(values(y)).toEqual(expected)
          viewCount++
        } catch (error) {
          expect(error).toMatchObject({ code: 'NEEDS_COPY' })
          expect(isExpressible(x, shape)).toBe(false)
        }
      }),
      { numRuns: 500 },
    )
    expect(viewCount).toBeGreaterThan(50)
  })

  /**
   * Checks by trial whether a view can have this shape. The elements at the unit indices determine
   * the strides, so no other strides can work.
   */
  function isExpressible(x: NdArray, shape: readonly number[]): boolean {
    const elements = indices(x.shape).map((index) => elementAt(x, index))
    const all = indices(shape)
    const strides = shape.map((extent, axis) => {
      if (extent === 1) return 0
      const unit = all.findIndex((index) =>
        index.every((coordinate, a) => coordinate === (a === axis ? 1 : 0)),
      )
      return elements[unit]! - elements[0]!
    })
    return all.every(
      (index, i) =>
        elements[0]! + index.reduce((sum, c, a) => sum + c * strides[a]!, 0) === elements[i],
    )
  }

  test('computes the extent -1 from the others', () => {
    expect(reshape(counting(4, 6), [3, -1]).shape).toEqual([3, 8])
    expect(reshape(counting(4, 6), [-1]).strides).toEqual([1])
    expect(reshape(zeros([0, 4]), [2, -1]).shape).toEqual([2, 0])
    expect(reshape(counting(1, 1), []).shape).toEqual([])
    expect(reshape(flip(counting(4, 6)), [2, 12]).strides).toEqual([-12, -1])
  })

  test.each<[() => unknown, string, string]>([
    [() => reshape(counting(4, 6), [5, 5]), 'SHAPE_MISMATCH', 'it has 25'],
    [() => reshape(counting(4, 6), [5, -1]), 'SHAPE_MISMATCH', 'no extent in place of -1'],
    [() => reshape(zeros([0, 4]), [0, -1]), 'SHAPE_MISMATCH', 'no extent in place of -1'],
    [() => reshape(counting(4, 6), [-1, -1]), 'SHAPE_INVALID', 'extent -1'],
    [
      () => reshape(transpose(counting(2, 3)), [6]),
      'NEEDS_COPY',
      'Use reshape(contiguous(x), [6])',
    ],
    [
      () => reshape(slidingWindows(counting(4, 4), 2), [9, 4]),
      'NEEDS_COPY',
      'cannot be seen as [9,4] without copying',
    ],
  ])('rejects %s', (act, code, message) => {
    expect(act).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })
})

test('contiguous returns a dense copy of the same dtype', () => {
  fc.assert(
    fc.property(views, (x) => {
      const y = contiguous(x)
      expect(y.data.buffer).not.toBe(x.data.buffer)
      expect(y).toMatchObject({ shape: x.shape, dtype: x.dtype, offset: 0, writable: true })
      expect([...y.data]).toEqual(values(x))
    }),
  )
})
