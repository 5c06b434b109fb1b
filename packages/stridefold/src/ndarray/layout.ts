/**
 * Arithmetic on shapes and strides: how many elements, how far apart, from where to where.
 */

/** Number of elements of a shape; 1 for the empty shape (a scalar). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, extent) => count * extent, 1)
}

/** Strides of a dense array whose last axis is contiguous. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]!
  }
  return strides
}

/** Lowest and highest element index that a non-empty view touches. */
export function reach(shape: readonly number[], strides: readonly number[], offset: number): [first: number, last: number] {
  let first = offset
  let last = offset
  for (let axis = 0; axis < shape.length; axis++) {
    const span = (shape[axis]! - 1) * strides[axis]!
    if (span < 0) first += span
    else last += span
  }
  return [first, last]
}

/** Whether a view's elements lie one after the other in row-major order (axes of extent 1 do not matter). */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  const dense = rowMajorStrides(shape)
  return elementCount(shape) === 0 || shape.every((extent, axis) => extent === 1 || strides[axis] === dense[axis])
}
