/**
 * How many elements does a view have, and where do they lie in memory? Arithmetic on shapes and
 * strides, in elements.
 */

/** The number of elements of a shape; 1 for the empty shape (a scalar). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, extent) => count * extent, 1)
}

/** The strides of a dense array in row-major order: the last axis has stride 1. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]!
  }
  return strides
}

/**
 * The strides of a dense array whose axes have the same order in memory as axes with the strides
 * `like`: the axis with the largest stride is outermost. Of equal strides, the earlier axis is.
 */
export function denseStridesLike(shape: readonly number[], like: readonly number[]): number[] {
  const order = [...shape.keys()].sort((a, b) => Math.abs(like[b]!) - Math.abs(like[a]!) || a - b)
  const strides = new Array<number>(shape.length)
  rowMajorStrides(order.map((axis) => shape[axis]!)).forEach((stride, i) => {
    strides[order[i]!] = stride
  })
  return strides
}

/** The element at an index of a view: offset + Σ index[a] · strides[a]. */
export function elementAt(
  index: readonly number[],
  strides: readonly number[],
  offset: number,
): number {
  let element = offset
  for (let axis = 0; axis < index.length; axis++) element += index[axis]! * strides[axis]!
  return element
}

/** The lowest and the highest element index of a view that is not empty. */
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
 * Whether the elements of a view lie one after another in row-major order. Ignores the strides of
 * axes of extent 1.
 */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  const dense = rowMajorStrides(shape)
  return (
    elementCount(shape) === 0 ||
    shape.every((extent, axis) => extent === 1 || strides[axis] === dense[axis])
  )
}

/**
 * Whether two different indices may share an element. False is certain: the stride of each axis is
 * then larger than the span of all axes with smaller strides. True can be wrong for a few
 * interleaved layouts.
 */
export function mayVisitTwice(shape: readonly number[], strides: readonly number[]): boolean {
  if (elementCount(shape) === 0) return false
  const axes = shape
    .map((extent, axis) => ({ extent, stride: Math.abs(strides[axis]!) }))
    .filter(({ extent }) => extent > 1)
  axes.sort((a, b) => a.stride - b.stride)
  let span = 0
  for (const { extent, stride } of axes) {
    if (stride <= span) return true
    span += stride * (extent - 1)
  }
  return false
}

/**
 * The first index, in row-major order, whose element lies outside [0, length), and that element.
 * Undefined if all elements lie inside. Fixes one axis after another, at the smallest coordinate
 * from which the remaining axes can still reach an element outside.
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
    const leavesAtZero = first < 0 || last >= length
    // If coordinate 0 stays inside, this axis must leave: above the end for a positive stride,
    // below 0 for a negative one.
    const steps =
      stride > 0 ? Math.floor((length - 1 - last) / stride) + 1 : Math.floor(first / -stride) + 1
    const coordinate = leavesAtZero ? 0 : steps
    index.push(coordinate)
    element += coordinate * stride
  }
  return { index, element }
}
