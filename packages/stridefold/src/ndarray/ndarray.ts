/**
 * An array is a window on memory: a typed array, a shape, and how far apart neighbours lie along each axis.
 *
 * Nothing here computes. Strides are counted in elements and may be zero or negative; `offset` is the element of
 * `data` at index [0, 0, …]. Element [i₀, i₁, …] is `data[offset + Σ iₐ · strides[a]]`.
 */

import { OptionError } from '../errors.ts'
import type { DType, TypedArray } from './dtype.ts'
import { dtypeOf } from './dtype.ts'
import { elementCount, reach, rowMajorStrides } from './layout.ts'

/** A strided view of a typed array. Views share memory; `contiguous` copies. */
export interface NdArray<T extends TypedArray = TypedArray> {
  readonly data: T
  readonly shape: readonly number[]
  /** Distance between neighbours along each axis, in elements. */
  readonly strides: readonly number[]
  /** Index in `data` of the element at [0, 0, …]. */
  readonly offset: number
  readonly dtype: DType
  /** False for views that may be read but not used as `out` (see `asStrided`). */
  readonly writable: boolean
  /** Gives back memory that was taken with `memory: 'backend'`; does nothing for ordinary arrays. */
  release(): void
}

export interface ViewOptions {
  readonly strides?: readonly number[]
  readonly offset?: number
  readonly writable?: boolean
  readonly release?: () => void
}

const nothingToRelease = (): void => {}

/**
 * Wraps a typed array without copying, checking that every element the shape promises lies inside it.
 * Internal twin of `ndarray()`: data must already be a typed array.
 */
export function view<T extends TypedArray>(data: T, shape: readonly number[], options: ViewOptions = {}): NdArray<T> {
  const dtype = dtypeOf(data)
  if (dtype === undefined) {
    throw new OptionError(
      'DTYPE_UNKNOWN',
      `data is a ${Object.prototype.toString.call(data)}, which is not a typed array of a known dtype.`,
    )
  }
  const extents = checkedShape(shape)
  const strides = Object.freeze([...(options.strides ?? rowMajorStrides(extents))])
  const offset = options.offset ?? 0
  if (strides.length !== extents.length || !strides.every(Number.isSafeInteger)) {
    throw new OptionError(
      'STRIDES_INVALID',
      `strides [${strides}] do not fit shape [${extents}]: one whole number of elements per axis is needed.`,
    )
  }
  if (!Number.isSafeInteger(offset)) throw new OptionError('OFFSET_INVALID', `offset ${offset} is not a whole number of elements.`)
  if (elementCount(extents) > 0) {
    const [first, last] = reach(extents, strides, offset)
    if (first < 0 || last >= data.length) {
      throw new OptionError(
        'OUT_OF_BOUNDS',
        `shape [${extents}] with strides [${strides}] and offset ${offset} reaches elements ${first} to ${last}, but data holds ${data.length}. Shrink the shape or change strides or offset.`,
      )
    }
  }
  return Object.freeze({
    data,
    shape: extents,
    strides,
    offset,
    dtype,
    writable: options.writable ?? true,
    release: options.release ?? nothingToRelease,
  })
}

/** A frozen copy of a shape, or `OptionError` where an extent is not a whole number ≥ 0. */
export function checkedShape(shape: readonly number[]): readonly number[] {
  const extents = Object.freeze(Array.from(shape))
  const bad = extents.findIndex((extent) => !Number.isSafeInteger(extent) || extent < 0)
  if (bad >= 0) {
    throw new OptionError('SHAPE_INVALID', `shape [${extents}] has extent ${extents[bad]} along axis ${bad}: whole numbers ≥ 0 are needed.`)
  }
  return extents
}
