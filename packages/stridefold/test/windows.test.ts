/**
 * Do `asStrided` and `slidingWindows` return the right views? The tests compare them with results
 * of NumPy, with the definition, and with a search over all indices.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OptionError } from '../src/errors.ts'
import { toNested } from '../src/ndarray/interop.ts'
import { firstOutside } from '../src/ndarray/layout.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { flip, reshape, slice, transpose } from '../src/ndarray/views.ts'
import { asStrided, slidingWindows } from '../src/ndarray/windows.ts'
import { counting, countingView, elementAt, expectView, indices, shapes } from './random-views.ts'

describe('asStrided', () => {
  // np.lib.stride_tricks.as_strided(np.arange(9).reshape(3, 3), (5, 4), (8, 8)) with int64: a
  // stride of 8 bytes is 1 element.
  const articleExample = { shape: [5, 4], strides: [1, 1] }

  test('shows one element at several indices, so a write changes all of them', () => {
    const a = counting(3, 3)
    const v = asStrided(a, { ...articleExample, writable: true })
    expect(toNested(v)).toEqual([
      [0, 1, 2, 3],
      [1, 2, 3, 4],
      [2, 3, 4, 5],
      [3, 4, 5, 6],
      [4, 5, 6, 7],
    ])
    v.data[elementAt(v, [0, 3])] = -99
    expect(toNested(a)).toEqual([
      [0, 1, 2],
      [-99, 4, 5],
      [6, 7, 8],
    ])
    expect(toNested(v)).toEqual([
      [0, 1, 2, -99],
      [1, 2, -99, 4],
      [2, -99, 4, 5],
      [-99, 4, 5, 6],
      [4, 5, 6, 7],
    ])
  })

  test('is read-only by default, and cannot be writable over a read-only view', () => {
    const a = counting(3, 3)
    const v = asStrided(a, articleExample)
    expect([v.writable, asStrided(a, { writable: true }).writable]).toEqual([false, true])
    expect([
      transpose(v).writable,
      slice(v, 0).writable,
      flip(v).writable,
      reshape(v, [5, 2, 2]).writable,
    ]).toEqual([false, false, false, false])
    expect(() => asStrided(v, { writable: true })).toThrow(
      expect.objectContaining({ code: 'READ_ONLY' }),
    )
  })

  test('takes defaults from the array; the offset counts from the start of the data', () => {
    const part = slice(counting(3, 3), [1], [1])
    expect(toNested(asStrided(part, {}))).toEqual(toNested(part))
    expect(toNested(asStrided(part, { offset: 0 }))).toEqual([
      [0, 1],
      [3, 4],
    ])
    expect(toNested(asStrided(part, { shape: [4], strides: [-2], offset: 8 }))).toEqual([
      8, 6, 4, 2,
    ])
    expect(toNested(asStrided(part, { shape: [2, 3], strides: [0, 0] }))).toEqual([
      [4, 4, 4],
      [4, 4, 4],
    ])
  })

  test('names the first index outside the data, and its element number', () => {
    expect(() => asStrided(counting(3, 3), { shape: [5, 4], strides: [2, 1] })).toThrow(
      /^index \[3, 3\] would be element 9 of data that holds 9: shape \[5,4\] with strides \[2,1\]/,
    )
    expect(() => asStrided(counting(3, 3), { shape: [3], strides: [-1], offset: 1 })).toThrow(
      'index [2] would be element -1',
    )
    expect(() => asStrided(counting(3, 3), { shape: [2, 2], strides: [1, 1], offset: 9 })).toThrow(
      'index [0, 0] would be element 9',
    )
  })

  test('firstOutside agrees with a search over all indices', () => {
    const windows = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.array(fc.integer({ min: -5, max: 5 }), {
          minLength: shape.length,
          maxLength: shape.length,
        }),
        fc.integer({ min: -3, max: 30 }),
        fc.nat(30),
      ),
    )
    fc.assert(
      fc.property(windows, ([shape, strides, offset, length]) => {
        const element = (index: readonly number[]) =>
          index.reduce((sum, c, a) => sum + c * strides[a]!, offset)
        const index = indices(shape).find(
          (candidate) => element(candidate) < 0 || element(candidate) >= length,
        )
        expect(firstOutside(shape, strides, offset, length)).toEqual(
          index && { index, element: element(index) },
        )
      }),
      { numRuns: 1000 },
    )
  })
})

describe('slidingWindows', () => {
  const x = counting(3, 4)

  // np.lib.stride_tricks.sliding_window_view(np.arange(12).reshape(3, 4), …). Steps and dilations
  // come from slices of its result.
  test.each<[string, NdArray, unknown]>([
    [
      '(2, 2)',
      slidingWindows(x, [2, 2]),
      [
        [
          [
            [0, 1],
            [4, 5],
          ],
          [
            [1, 2],
            [5, 6],
          ],
          [
            [2, 3],
            [6, 7],
          ],
        ],
        [
          [
            [4, 5],
            [8, 9],
          ],
          [
            [5, 6],
            [9, 10],
          ],
          [
            [6, 7],
            [10, 11],
          ],
        ],
      ],
    ],
    [
      '2 along axis 0',
      slidingWindows(x, 2, { axes: 0 }),
      [
        [
          [0, 4],
          [1, 5],
          [2, 6],
          [3, 7],
        ],
        [
          [4, 8],
          [5, 9],
          [6, 10],
          [7, 11],
        ],
      ],
    ],
    [
      '(3, 2) along axes 1, 0',
      slidingWindows(x, [3, 2], { axes: [1, 0] }),
      [
        [
          [
            [0, 4],
            [1, 5],
            [2, 6],
          ],
          [
            [1, 5],
            [2, 6],
            [3, 7],
          ],
        ],
        [
          [
            [4, 8],
            [5, 9],
            [6, 10],
          ],
          [
            [5, 9],
            [6, 10],
            [7, 11],
          ],
        ],
      ],
    ],
    [
      '3 with dilation 2',
      slidingWindows(counting(7), 3, { dilation: 2 }),
      [
        [0, 2, 4],
        [1, 3, 5],
        [2, 4, 6],
      ],
    ],
    [
      '3 with dilation 2 and step 2',
      slidingWindows(counting(7), 3, { dilation: 2, step: 2 }),
      [
        [0, 2, 4],
        [2, 4, 6],
      ],
    ],
    [
      '2 of the flipped array with steps 1, 2',
      slidingWindows(flip(x), 2, { step: [1, 2] }),
      [
        [
          [
            [11, 10],
            [7, 6],
          ],
          [
            [9, 8],
            [5, 4],
          ],
        ],
        [
          [
            [7, 6],
            [3, 2],
          ],
          [
            [5, 4],
            [1, 0],
          ],
        ],
      ],
    ],
  ])('of %s', (_, windows, expected) => {
    expect(toNested(windows)).toEqual(expected)
    expect(windows.writable).toBe(false)
  })

  test('any axes, steps and dilations agree with the definition', () => {
    const small = fc.integer({ min: 1, max: 3 })
    const cases = shapes
      .filter((shape) => shape.every((extent) => extent > 0))
      .chain((shape) => fc.tuple(countingView(shape), fc.shuffledSubarray([...shape.keys()])))
      .chain(([x, axes]) => {
        const perAxis = fc.array(small, { minLength: axes.length, maxLength: axes.length })
        return fc.record({
          x: fc.constant(x),
          axes: fc.constant(axes),
          window: perAxis,
          step: perAxis,
          dilation: perAxis,
        })
      })
    fc.assert(
      fc.property(cases, ({ x, axes, window, step, dilation }) => {
        const windowExtents = window.map((w, i) => (w - 1) * dilation[i]! + 1)
        if (axes.some((axis, i) => windowExtents[i]! > x.shape[axis]!)) {
          expect(() => slidingWindows(x, window, { axes, step, dilation })).toThrow(
            expect.objectContaining({ code: 'WINDOW_TOO_LARGE' }),
          )
          return
        }
        const y = slidingWindows(x, window, { axes, step, dilation })
        expectView(y, x)
        const rank = x.shape.length
        expect(y.shape.slice(rank)).toEqual(window)
        x.shape.forEach((extent, axis) => {
          const i = axes.indexOf(axis)
          const starts = Array.from({ length: extent }, (_, start) => start)
          const validStarts = starts.filter(
            (start) => i < 0 || (start % step[i]! === 0 && start + windowExtents[i]! <= extent),
          )
          expect(y.shape[axis]).toBe(validStarts.length)
        })
        for (const index of indices(y.shape)) {
          const source = x.shape.map((_, axis) => {
            const i = axes.indexOf(axis)
            return i < 0 ? index[axis]! : index[axis]! * step[i]! + index[rank + i]! * dilation[i]!
          })
          expect(elementAt(y, index)).toBe(elementAt(x, source))
        }
      }),
      { numRuns: 300 },
    )
  })

  test.each<[() => unknown, string]>([
    [
      () => slidingWindows(x, [4, 1]),
      'a window of 4 with dilation 1 covers 4 elements, but axis 0 of shape [3,4] has 3',
    ],
    [() => slidingWindows(x, [1, 3], { dilation: 2 }), 'covers 5 elements, but axis 1'],
    [
      () => slidingWindows(x, [2]),
      'windowShape is an array of 1: a number, or one for each of the 2 axes',
    ],
    [
      () => slidingWindows(x, [2, 0]),
      'windowShape along axis 1 is the number 0: a whole number ≥ 1',
    ],
    [() => slidingWindows(x, 2, { step: 0 }), 'step along axis 0'],
    [() => slidingWindows(x, 2, { axes: 2 }), 'axis 2 in [2] does not exist'],
  ])('rejects %s', (act, message) => {
    expect(act).toThrow(OptionError)
    expect(act).toThrow(message)
  })
})
