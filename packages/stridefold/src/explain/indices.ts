/**
 * Converts between an index and its position in row-major order, in which the last axis runs
 * fastest.
 */

import { elementCount } from '../ndarray/layout.ts'

/**
 * Yields all indices of a shape in row-major order. It yields one array that changes in place; copy
 * what you keep.
 */
export function* indicesOf(shape: readonly number[]): Generator<readonly number[]> {
  const index = shape.map(() => 0)
  for (let remaining = elementCount(shape); remaining > 0; remaining--) {
    yield index
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--)
      index[axis] = 0
  }
}

/** The position of `index` in row-major order. */
export function placeOf(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((place, coordinate, axis) => place * shape[axis]! + coordinate, 0)
}

/** The index at position `place` in row-major order. */
export function indexAt(place: number, shape: readonly number[]): number[] {
  const index = shape.map(() => 0)
  let remaining = place
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = remaining % shape[axis]!
    remaining = Math.floor(remaining / shape[axis]!)
  }
  return index
}
