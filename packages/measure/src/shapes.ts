/**
 * Arithmetic on shapes in row-major order.
 */

/** The number of elements. */
export const elements = (shape: readonly number[]): number =>
  shape.reduce((n, extent) => n * extent, 1)

/** The index of the i-th element in row-major order. */
export function indexOf(i: number, shape: readonly number[]): number[] {
  const index = shape.map(() => 0)
  for (let axis = shape.length - 1, remaining = i; axis >= 0; axis--) {
    index[axis] = remaining % shape[axis]!
    remaining = Math.floor(remaining / shape[axis]!)
  }
  return index
}
