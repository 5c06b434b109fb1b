/**
 * Which index has the i-th element of a shape, and the other way round? Row-major: the last axis
 * runs fastest.
 */

import { elementCount } from '../ndarray/layout.ts'

/**
 * All indices of a shape, in row-major order. It is one array that changes between the steps: copy
 * what you keep.
 */
export function* indicesOf(shape: readonly number[]): Generator<readonly number[]> {
  const index = shape.map(() => 0)
  for (let left = elementCount(shape); left > 0; left--) {
    yield index
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--)
      index[axis] = 0
  }
}

/** The place of `index` in the row-major order. */
export function placeOf(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((place, coordinate, axis) => place * shape[axis]! + coordinate, 0)
}

/** The index at `place` of the row-major order. */
export function indexAt(place: number, shape: readonly number[]): number[] {
  const index = shape.map(() => 0)
  let rest = place
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!
    rest = Math.floor(rest / shape[axis]!)
  }
  return index
}
