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
export function memoryBounds(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): [first: number, last: number] {
  let first = offset
  let last = offset
  for (let axis = 0; axis < shape.length; axis++) {
    const span = (shape[axis]! - 1) * strides[axis]!
    if (span < 0) first += span
    else last += span
  }
  return [first, last]
}

/**
 * Whether a view's elements lie one after the other in row-major order (axes of extent 1 do not
 * matter).
 */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  const dense = rowMajorStrides(shape)
  return (
    elementCount(shape) === 0 ||
    shape.every((extent, axis) => extent === 1 || strides[axis] === dense[axis])
  )
}

/**
 * Whether two different indices may share an element. Never wrong when it says no: each axis then
 * steps over everything that the axes with smaller strides reach. A few interleaved layouts that
 * would be safe are suspected too.
 */
export function mayVisitTwice(shape: readonly number[], strides: readonly number[]): boolean {
  if (elementCount(shape) === 0) return false
  const axes = shape
    .map((extent, axis) => ({ extent, stride: Math.abs(strides[axis]!) }))
    .filter(({ extent }) => extent > 1)
  axes.sort((a, b) => a.stride - b.stride)
  let reached = 0
  for (const { extent, stride } of axes) {
    if (stride <= reached) return true
    reached += stride * (extent - 1)
  }
  return false
}

/**
 * The first index, in row-major order, whose element lies outside [0, length), with that element;
 * undefined where all lie inside. Fixes one axis after the other at its smallest coordinate from
 * which the remaining axes can still lead outside.
 */
export function firstOutside(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  length: number,
): { readonly index: readonly number[]; readonly element: number } | undefined {
  const [lowest, highest] = memoryBounds(shape, strides, offset)
  if (elementCount(shape) === 0 || (lowest >= 0 && highest < length)) return undefined
  const index: number[] = []
  let element = offset
  for (let axis = 0; axis < shape.length; axis++) {
    const stride = strides[axis]!
    const [first, last] = memoryBounds(shape.slice(axis + 1), strides.slice(axis + 1), element)
    const leavesAtOnce = first < 0 || last >= length
    // Inside at 0, so the axis itself leads outside: up for a positive stride, down for a negative
    // one.
    const steps =
      stride > 0 ? Math.floor((length - 1 - last) / stride) + 1 : Math.floor(first / -stride) + 1
    const coordinate = leavesAtOnce ? 0 : steps
    index.push(coordinate)
    element += coordinate * stride
  }
  return { index, element }
}
