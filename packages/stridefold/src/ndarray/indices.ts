/**
 * Converts between an index and its position in row-major order, in which the last axis runs
 * fastest: the position is a number whose digits are the coordinates and whose bases the extents.
 */

import { elementCount } from './layout.ts'

/** The position of `index` in row-major order. */
export function rowMajorPosition(shape: readonly number[], index: readonly number[]): number {
  let position = 0
  for (let axis = 0; axis < index.length; axis++) position = position * shape[axis]! + index[axis]!
  return position
}

/** The index at `position` in row-major order. */
export function indexAt(shape: readonly number[], position: number): number[] {
  const index = new Array<number>(shape.length)
  indexInto(index, shape, position)
  return index
}

/** Changes `index` to the one at `position`. For loops that must not allocate. */
export function indexInto(index: number[], shape: readonly number[], position: number): void {
  let remaining = position
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = remaining % shape[axis]!
    remaining = Math.floor(remaining / shape[axis]!)
  }
}

/**
 * Yields all indices of a shape in row-major order. It yields one array that changes in place; copy
 * what you keep.
 */
export function* indicesOf(shape: readonly number[]): Generator<readonly number[]> {
  const index = shape.map(() => 0)
  for (let remaining = elementCount(shape); remaining > 0; remaining--) {
    yield index
    advanceIndex(shape, index)
  }
}

/**
 * Changes `index` to the next one in row-major order, after the last one to the first. For loops in
 * which the generator would take too much of the time.
 */
export function advanceIndex(shape: readonly number[], index: number[]): void {
  for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--)
    index[axis] = 0
}
