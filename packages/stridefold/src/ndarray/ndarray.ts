/**
 * An array is a window on memory: a typed array, a shape, and how far apart neighbours lie along
 * each axis.
 *
 * Nothing here computes. Strides are counted in elements and may be zero or negative; `offset` is
 * the element of `data` at index [0, 0, …]. Element [i₀, i₁, …] is `data[offset + Σ iₐ ·
 * strides[a]]`.
 */

import { OptionError } from '../errors.ts'
import { ownerOf, release } from './allocations.ts'
import { describeValue, isArray, listed } from './describe-value.ts'
import type { DType, TypedArray } from './dtype.ts'
import { dtypeOf, typedArrayNames } from './dtype.ts'
import { firstOutside, mayVisitTwice, rowMajorStrides } from './layout.ts'

/** A strided view of a typed array. Views share memory; `contiguous` copies. */
export interface NdArray<T extends TypedArray = TypedArray> {
  readonly data: T
  readonly shape: readonly number[]
  /** Distance between neighbours along each axis, in elements. */
  readonly strides: readonly number[]
  /** Index in `data` of the element at [0, 0, …]. */
  readonly offset: number
  readonly dtype: DType
  /**
   * False for views that may be read but not used as `out`: they visit an element more than once,
   * or were made so (see `asStrided`).
   */
  readonly writable: boolean
  /**
   * Where `data` was copied from plain numbers: the same numbers, element for element, before they
   * were rounded to float32. Such an array takes the dtype of the computation it meets (see
   * `promoted`).
   */
  readonly untyped: Float64Array | undefined
  /**
   * Gives back memory that was taken with `memory: 'backend'`, for this array and all its views;
   * does nothing for ordinary arrays.
   */
  release(): void
}

export interface ViewOptions {
  readonly strides?: readonly number[]
  readonly offset?: number
  /** Default: whether every index has an element of its own. */
  readonly writable?: boolean | undefined
  readonly untyped?: Float64Array | undefined
  readonly release?: () => void
}

const nothingToRelease = (): void => {}

/**
 * Wraps a typed array without copying, checking that every element the shape promises lies inside
 * it. Internal twin of `ndarray()`: data must already be a typed array.
 */
export function view<T extends TypedArray>(
  data: T,
  shape: readonly number[],
  options: ViewOptions = {},
): NdArray<T> {
  const dtype = dtypeOf(data)
  if (dtype === undefined) {
    throw new OptionError(
      'DTYPE_UNKNOWN',
      `data is a ${Object.prototype.toString.call(data)}, which is not a typed array of a ` +
        `known dtype: ${typedArrayNames}.`,
    )
  }
  const extents = validateShape(shape)
  const strides = checkedStrides(options.strides ?? rowMajorStrides(extents), extents)
  const given = options.offset ?? 0
  if (!Number.isSafeInteger(given)) {
    throw new OptionError(
      'OFFSET_INVALID',
      `offset ${listed([given])} is not a whole number of elements.`,
    )
  }
  const offset = given + 0
  const outside = firstOutside(extents, strides, offset, data.length)
  if (outside !== undefined) {
    throw new OptionError(
      'OUT_OF_BOUNDS',
      `index [${outside.index.join(', ')}] would be element ${outside.element} of data that ` +
        `holds ${data.length}: shape [${extents}] with strides [${strides}] and offset ` +
        `${offset} leaves the data there. Shrink the shape or change strides or offset.`,
    )
  }
  return Object.freeze({
    data,
    shape: extents,
    strides,
    offset,
    dtype,
    writable:
      options.writable ?? (options.strides === undefined || !mayVisitTwice(extents, strides)),
    untyped: options.untyped,
    release: options.release ?? releaseOf(data),
  })
}

/** Gives back the array that a typed array was cut from; does nothing for memory of the heap. */
function releaseOf(data: TypedArray): () => void {
  const owner = ownerOf(data, 'data')
  return owner === undefined ? nothingToRelease : () => release(owner)
}

/** Another window on the memory of `x`; what is not said is as in `x`. */
export function viewOf<T extends TypedArray>(
  x: NdArray<T>,
  window: {
    readonly shape?: readonly number[]
    readonly strides?: readonly number[]
    readonly offset?: number
    readonly writable?: boolean
  },
): NdArray<T> {
  return view(x.data, window.shape ?? x.shape, {
    strides: window.strides ?? x.strides,
    offset: window.offset ?? x.offset,
    writable: window.writable ?? x.writable,
    untyped: x.untyped,
    release: x.release,
  })
}

/**
 * A frozen copy of strides, or `OptionError` where they are not a whole number for each axis.
 * Adding 0 turns −0 into 0.
 */
function checkedStrides(strides: readonly number[], shape: readonly number[]): readonly number[] {
  if (!isArray(strides)) {
    throw new OptionError(
      'STRIDES_INVALID',
      `strides are ${describeValue(strides)}: a list of whole numbers, one per axis, is needed.`,
    )
  }
  const numbers: number[] = []
  for (let axis = 0; axis < shape.length; axis++)
    if (Number.isSafeInteger(strides[axis])) numbers.push(strides[axis]! + 0)
  if (numbers.length === shape.length && strides.length === shape.length)
    return Object.freeze(numbers)
  throw new OptionError(
    'STRIDES_INVALID',
    `strides [${listed(strides)}] do not fit shape [${shape}]: one whole number of elements ` +
      'per axis is needed.',
  )
}

/** As many axes as NumPy's arrays may have. */
export const maxAxes = 64

/**
 * A frozen copy of a shape, or `OptionError` where it is no list or an extent is not a whole number
 * ≥ 0.
 */
export function validateShape(shape: readonly number[]): readonly number[] {
  if (!isArray(shape)) {
    throw new OptionError(
      'SHAPE_INVALID',
      `shape ${listed([shape])} is not a list of extents, one per axis, such as [2, 3].`,
    )
  }
  if (shape.length > maxAxes) {
    throw new OptionError(
      'SHAPE_INVALID',
      `shape [${listed(shape)}] has ${shape.length} axes: at most ${maxAxes} are possible.`,
    )
  }
  const extents: number[] = []
  let count = 1
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw new OptionError(
        'SHAPE_INVALID',
        `shape [${listed(shape)}] has extent ${listed([extent])} along axis ${axis}: whole ` +
          'numbers ≥ 0 are needed.',
      )
    }
    extents.push(extent + 0)
    // As in NumPy, an extent of 0 does not make the others smaller: strides are their products.
    count *= Math.max(extent, 1)
  }
  if (count <= Number.MAX_SAFE_INTEGER) return Object.freeze(extents)
  throw new OptionError(
    'SHAPE_INVALID',
    `shape [${extents}] has more elements than can be counted (2⁵³). Use smaller extents.`,
  )
}
