/**
 * Random strided views for property tests. `elementAt` and `values` define the content of a view
 * directly from offset and strides, so tests can compare every operation with them.
 */

import fc from 'fast-check'
import { expect } from 'vitest'
import { ndarray } from '../src/ndarray/create.ts'
import { type DType, dtypes, isStorageOnly } from '../src/ndarray/dtype.ts'
import { elementCount, memoryBounds } from '../src/ndarray/layout.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'

/** All dtypes of this engine: Node 20 has no Float16Array. */
export const dtypeNames: readonly DType[] = (Object.keys(dtypes) as DType[]).filter(
  (dtype) => !isStorageOnly(dtype) || 'Float16Array' in globalThis,
)

/** Returns every index of a shape in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, extent) =>
      prefixes.flatMap((prefix) => Array.from({ length: extent }, (_, i) => [...prefix, i])),
    [[]],
  )
}

/** Returns the position in `data` of the element at an index of the view, by the definition. */
export function elementAt(x: NdArray, index: readonly number[]): number {
  return index.reduce(
    (element, coordinate, axis) => element + coordinate * x.strides[axis]!,
    x.offset,
  )
}

/** Returns the values of a view in row-major order, read one by one. */
export function values(x: NdArray): number[] {
  return indices(x.shape).map((index) => x.data[elementAt(x, index)]!)
}

/** Random shapes of rank 0 to 4 with extents 0 to 4. */
export const shapes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 0, max: 4 }), {
  maxLength: 4,
})

/** Creates a view with `slack` extra elements on both sides of its data, filled by `fill`. */
function viewWithin(
  dtype: DType,
  shape: readonly number[],
  strides: readonly number[],
  slack: number,
  fill: (i: number) => number,
): NdArray {
  const [lowest, highest] = memoryBounds(shape, strides, 0)
  const data = dtypes[dtype].create(Math.max(highest - lowest, 0) + 1 + 2 * slack)
  data.forEach((_, i) => {
    data[i] = fill(i)
  })
  return view(data, shape, { strides, offset: slack - Math.min(lowest, 0) })
}

/** A view with any strides, also zero and negative ones. Its data are 0, 1, 2 and so on. */
export function countingView(shape: readonly number[]): fc.Arbitrary<NdArray> {
  return fc
    .record({
      dtype: fc.constantFrom(...dtypeNames),
      strides: fc.array(fc.integer({ min: -6, max: 6 }), {
        minLength: shape.length,
        maxLength: shape.length,
      }),
      slack: fc.nat(3),
    })
    .map(({ dtype, strides, slack }) => viewWithin(dtype, shape, strides, slack, (i) => i))
}

/**
 * A view in which no two indices share an element. Its axes have any order, gaps, and run forwards
 * or backwards.
 */
export function spreadView(
  shape: readonly number[],
  dtype: DType,
  fill: (i: number) => number,
): fc.Arbitrary<NdArray> {
  const axes = shape.map((_, axis) => axis)
  return fc
    .record({
      order: fc.shuffledSubarray(axes, { minLength: axes.length }),
      gaps: fc.array(fc.integer({ min: 1, max: 3 }), {
        minLength: axes.length,
        maxLength: axes.length,
      }),
      backwards: fc.array(fc.boolean(), { minLength: axes.length, maxLength: axes.length }),
      slack: fc.nat(3),
    })
    .map(({ order, gaps, backwards, slack }) => {
      const strides = axes.map(() => 1)
      let step = 1
      for (const axis of order) {
        step *= gaps[axis]!
        strides[axis] = backwards[axis] ? -step : step
        step *= Math.max(shape[axis]!, 1)
      }
      return viewWithin(dtype, shape, strides, slack, fill)
    })
}

/** An array of the whole numbers from 0 in row-major order, as NumPy's arange and reshape. */
export const counting = (...shape: number[]): NdArray =>
  ndarray(
    Int32Array.from({ length: elementCount(shape) }, (_, i) => i),
    shape,
  )

/** Expects a view without a copy, and with the dtype of its source. */
export function expectView(result: NdArray, source: NdArray): void {
  expect(result.data).toBe(source.data)
  expect(result.dtype).toBe(source.dtype)
}
