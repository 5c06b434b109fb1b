/**
 * Arithmetic on shapes. The library has the same for its own use, and exports no numbers that only
 * its views need.
 */

/** The number of elements of a shape; 1 for the empty shape (a scalar). */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((count, extent) => count * extent, 1)

/** The distance of neighbours along each axis, in elements: the last axis is contiguous. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  let next = 1
  return shape
    .toReversed()
    .map((extent) => {
      const stride = next
      next *= extent
      return stride
    })
    .reverse()
}

/** Changes `index` to the next one in row-major order, after the last one to the first. */
export function advanceIndex(shape: readonly number[], index: number[]): void {
  for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--)
    index[axis] = 0
}
