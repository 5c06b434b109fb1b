/**
 * Arithmetic on shapes, strides and loops. The tests compare every function with its plain
 * definition: the list of all indices, and the element of each.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexAt, indicesOf, rowMajorPosition } from '../src/ndarray/indices.ts'
import {
  denseStridesLike,
  elementAt,
  elementCount,
  memoryBounds,
  rowMajorStrides,
} from '../src/ndarray/layout.ts'
import {
  axisLoops,
  iterations,
  mergeLoops,
  Odometer,
  type StridedLoop,
  sortedByStride,
} from '../src/ndarray/loops.ts'
import { indices, shapes } from './random-views.ts'

const anyStride = fc.integer({ min: -6, max: 6 })
const stridesFor = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc.array(anyStride, { minLength: shape.length, maxLength: shape.length })

const filledShapes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 4 }), {
  maxLength: 4,
})

/** The sum of the definition, by another route than `elementAt`. */
const elementOf = (index: readonly number[], strides: readonly number[], offset = 0): number =>
  index.map((i, axis) => i * strides[axis]!).reduce((sum, term) => sum + term, offset)

/** The elements of nested loops in order, one list per iteration: its element in each view. */
const visited = (loops: readonly StridedLoop[], views: number): number[][] =>
  indices(loops.map(({ extent }) => extent)).map((index) =>
    Array.from({ length: views }, (_, view) =>
      elementOf(
        index,
        loops.map(({ strides }) => strides[view]!),
      ),
    ),
  )

describe('indices and positions', () => {
  test('indicesOf yields every index in row-major order, numbered by their position', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const expected = indices(shape)
        expect([...indicesOf(shape)].length).toBe(expected.length)
        expect(Array.from(indicesOf(shape), (index) => [...index])).toEqual(expected)
        expected.forEach((index, position) => {
          expect(rowMajorPosition(shape, index)).toBe(position)
          expect(indexAt(shape, position)).toEqual(index)
        })
      }),
    )
  })

  test('a scalar has one index, an empty array none', () => {
    expect(Array.from(indicesOf([]), (index) => [...index])).toEqual([[]])
    expect([...indicesOf([2, 0])]).toEqual([])
    expect([indexAt([], 0), rowMajorPosition([], [])]).toEqual([[], 0])
  })

  test('positions beyond 32 bits', () => {
    const shape = [2 ** 20, 2 ** 20, 3]
    const index = [2 ** 19, 123, 2]
    expect(indexAt(shape, rowMajorPosition(shape, index))).toEqual(index)
  })
})

describe('strides', () => {
  test('rowMajorStrides number the elements in row-major order', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const strides = rowMajorStrides(shape)
        expect(indices(shape).map((index) => elementAt(index, strides, 5))).toEqual(
          indices(shape).map((_, position) => position + 5),
        )
      }),
    )
  })

  test('denseStridesLike fill the memory without gaps, in the order of the given strides', () => {
    fc.assert(
      fc.property(
        filledShapes.chain((shape) => fc.tuple(fc.constant(shape), stridesFor(shape))),
        ([shape, like]) => {
          const strides = denseStridesLike(shape, like)
          const elements = indices(shape).map((index) => elementOf(index, strides))
          expect(elements.toSorted((a, b) => a - b)).toEqual(elements.map((_, i) => i))
          for (const a of shape.keys()) {
            for (const b of shape.keys()) {
              const isOutside =
                Math.abs(like[a]!) > Math.abs(like[b]!) ||
                (like[a]! ** 2 === like[b]! ** 2 && a < b)
              if (isOutside) expect(strides[a]).toBeGreaterThanOrEqual(strides[b]! * shape[b]!)
            }
          }
        },
      ),
    )
  })

  test('denseStridesLike keep a row-major, a column-major and a channels-last order', () => {
    expect(denseStridesLike([2, 3, 4], [12, 4, 1])).toEqual([12, 4, 1])
    expect(denseStridesLike([2, 3, 4], [1, 2, 6])).toEqual([1, 2, 6])
    expect(denseStridesLike([1, 3, 4, 5], [60, -1, 15, 3])).toEqual([60, 1, 15, 3])
  })

  test('elementAt and memoryBounds follow the definition', () => {
    const views = filledShapes.chain((shape) =>
      fc.tuple(fc.constant(shape), stridesFor(shape), anyStride),
    )
    fc.assert(
      fc.property(views, ([shape, strides, offset]) => {
        const elements = indices(shape).map((index) => elementAt(index, strides, offset))
        expect(elements).toEqual(indices(shape).map((index) => elementOf(index, strides, offset)))
        expect(memoryBounds(shape, strides, offset)).toEqual([
          Math.min(...elements),
          Math.max(...elements),
        ])
      }),
    )
  })
})

describe('loops', () => {
  /** A shape, and strides of two views, of which many are multiples of one another. */
  const nests = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 }).chain((shape) => {
    const dense = rowMajorStrides(shape)
    const view = fc
      .tuple(fc.constantFrom(-2, -1, 0, 1, 3), stridesFor(shape), fc.nat(7))
      .map(([factor, others, mask]) =>
        dense.map((stride, axis) => ((mask >> axis) & 1 ? others[axis]! : stride * factor)),
      )
    return fc.tuple(fc.constant(shape), view, view)
  })

  test('merged loops visit the same elements in the same order', () => {
    fc.assert(
      fc.property(nests, ([shape, first, second]) => {
        const loops = axisLoops(shape, first, second)
        const merged = mergeLoops(loops)
        expect(visited(merged, 2)).toEqual(visited(loops, 2))
        expect(iterations(merged)).toBe(elementCount(shape))
        expect(merged.every(({ extent }) => extent > 1)).toBe(true)
      }),
    )
  })

  test('no two neighbours of merged loops could be one loop', () => {
    fc.assert(
      fc.property(nests, ([shape, first, second]) => {
        const merged = mergeLoops(axisLoops(shape, first, second))
        merged.slice(1).forEach((inner, i) => {
          const outer = merged[i]!
          expect(outer.strides).not.toEqual(inner.strides.map((stride) => stride * inner.extent))
        })
      }),
    )
  })

  test('a dense array is one loop, and a gap or a flip in one view keeps loops apart', () => {
    const shape = [2, 1, 3, 4]
    const dense = rowMajorStrides(shape)
    expect(mergeLoops(axisLoops(shape, dense, dense))).toEqual([{ extent: 24, strides: [1, 1] }])
    expect(mergeLoops(axisLoops(shape, dense, [15, 15, 5, 1]))).toEqual([
      { extent: 6, strides: [4, 5] },
      { extent: 4, strides: [1, 1] },
    ])
    expect(mergeLoops(axisLoops([2, 3], [3, -1]))).toEqual(axisLoops([2, 3], [3, -1]))
    expect(mergeLoops(axisLoops([2, 3], [0, 0]))).toEqual([{ extent: 6, strides: [0] }])
  })

  test('an empty loop stays empty', () => {
    expect(iterations(mergeLoops(axisLoops([3, 0, 2], [0, 2, 1])))).toBe(0)
    expect(mergeLoops([])).toEqual([])
  })

  test('`join` keeps further fields', () => {
    const parts = axisLoops([2, 3, 4], [12, 4, 1]).map((loop, i) => ({ ...loop, parts: [i] }))
    const merged = mergeLoops(parts, (outer, inner) => ({
      extent: outer.extent * inner.extent,
      strides: inner.strides,
      parts: [...outer.parts, ...inner.parts],
    }))
    expect(merged).toEqual([{ extent: 24, strides: [1], parts: [0, 1, 2] }])
  })

  test('sortedByStride puts the largest stride of a view first', () => {
    const loops = axisLoops([2, 3, 4, 5], [1, -9, 0, 9], [4, 3, 2, 1])
    expect(sortedByStride(loops, 0).map(({ extent }) => extent)).toEqual([3, 5, 2, 4])
    expect(sortedByStride(loops, 1)).toEqual(loops)
  })

  test('an odometer visits every element in order and returns to the start', () => {
    fc.assert(
      fc.property(nests, ([shape, first, second]) => {
        const loops = axisLoops(shape, first, second)
        const odometer = new Odometer(loops, [0, 100])
        for (let round = 0; round < 2; round++) {
          const elements: number[][] = []
          do elements.push([...odometer.at])
          while (odometer.next())
          expect(elements).toEqual(visited(loops, 2).map(([a, b]) => [a, b! + 100]))
        }
      }),
    )
  })
})
