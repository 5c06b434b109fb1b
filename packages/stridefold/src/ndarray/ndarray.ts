/// <reference lib="esnext.disposable" preserve="true" />
/**
 * What is an array? A typed array, a shape, and a stride per axis: the distance between neighbours,
 * in elements.
 *
 *   element [i₀, i₁, …]  =  data[offset + Σ iₐ · strides[a]]
 *
 * Strides may be zero or negative. An array is checked once, when it is made, and is then frozen.
 * Its own properties are plain data; its method is inherited. `structuredClone` and `postMessage`
 * therefore copy an array, and what arrives is accepted by its structure (interop.ts).
 */

import { OptionError } from '../errors.ts'
import { lengthOf, ownerOf, releaseOwner } from './allocations.ts'
import { describeValue, formatList, isArray } from './describe-value.ts'
import type { DType, TypedArray, TypedArrays } from './dtype.ts'
import { dtypeOf, dtypes, typedArrayNames } from './dtype.ts'
import { firstOutside, mayVisitTwice, rowMajorStrides } from './layout.ts'
import type { DTypeOf } from './result-type.ts'

/**
 * A strided view of a typed array. Views share memory; `contiguous` copies. `D` is the dtype, or
 * the dtypes that are possible: the `data` of an `NdArray<'uint8'>` is a `Uint8Array`.
 *
 * `structuredClone` and `postMessage` accept an array. A call accepts what arrives; `asNdArray`
 * makes an `NdArray` of it. The whole buffer of `data` is copied, even for a view of a small part:
 * send `contiguous(view)` instead. An array in backend memory is not copied, but shared.
 */
export interface NdArray<D extends DType = DType> {
  /** The memory. A view may use only a part of it. Empty for an array on the GPU: `read` it. */
  readonly data: TypedArrays[D]
  /** The extent of each axis. */
  readonly shape: readonly number[]
  /** The distance between neighbours along each axis, in elements. */
  readonly strides: readonly number[]
  /** The index in `data` of the element at [0, 0, …]. */
  readonly offset: number
  /** The element type, which is the type of `data`. */
  readonly dtype: D
  /**
   * Whether the array can be `out` of a call. False if two indices may share an element, or if the
   * view was made read-only (see `asStrided`).
   */
  readonly writable: boolean
  /**
   * The original numbers, element by element, if `data` was copied from nested numbers and rounded
   * to float32; else undefined. Such an array takes part in a float64 computation with these.
   */
  readonly untyped: Float64Array | undefined
  /**
   * Frees memory that was allocated with `memory: 'backend'` or `'gpu'`, for this array and all its
   * views.
   * Using one of them later throws `OptionError` (`RELEASED`). Does nothing for arrays on the heap.
   * Never throws.
   *
   * @example
   * const x = zeros([480, 640], 'float32', { memory: 'backend' })
   * x.release()
   * x.shape // [480, 640]
   */
  release(): void
  /**
   * The same as `release()`, for `using`. Missing in engines without `Symbol.dispose`. Never
   * throws.
   *
   * @example
   * const x = zeros([480, 640], 'float32', { memory: 'backend' })
   * x[Symbol.dispose]?.()
   * x.shape // [480, 640]
   */
  readonly [Symbol.dispose]: () => void
}

export interface ViewOptions {
  readonly strides?: readonly number[]
  readonly offset?: number
  /** Default: true if no two indices share an element. */
  readonly writable?: boolean | undefined
  readonly untyped?: Float64Array | undefined
}

/** An array as this library makes it. */
class View<D extends DType> implements NdArray<D> {
  readonly data: TypedArrays[D]
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  readonly dtype: D
  readonly writable: boolean
  readonly untyped: Float64Array | undefined

  constructor({ data, shape, strides, offset, dtype, writable, untyped }: Fields<D>) {
    this.data = data
    this.shape = shape
    this.strides = strides
    this.offset = offset
    this.dtype = dtype
    this.writable = writable
    this.untyped = untyped
    Object.freeze(this)
  }

  release(): void {
    releaseOwner(this.data)
  }

  // On the prototype: arrays are frozen and survive structuredClone without methods.
  declare readonly [Symbol.dispose]: () => void
  static {
    if (typeof Symbol.dispose === 'symbol')
      Object.defineProperty(View.prototype, Symbol.dispose, { value: View.prototype.release })
  }
}

type Fields<D extends DType> = Omit<NdArray<D>, 'release' | typeof Symbol.dispose>

/**
 * Returns an array over a typed array, without a copy. Throws if an element of the shape lies
 * outside `data`. Internal version of `ndarray()`: accepts typed arrays only.
 */
export function view<T extends TypedArray>(
  data: T,
  shape: readonly number[],
  options: ViewOptions = {},
): NdArray<DTypeOf<T>> {
  const dtype = dtypeOf(data)
  if (dtype === undefined) {
    throw new OptionError(
      'DTYPE_UNKNOWN',
      `data is a ${Object.prototype.toString.call(data)}, which is not a typed array of a ` +
        `known dtype: ${typedArrayNames}.`,
    )
  }
  const extents = validateShape(shape)
  const strides = validateStrides(options.strides ?? rowMajorStrides(extents), extents)
  const rawOffset = options.offset ?? 0
  if (!Number.isSafeInteger(rawOffset)) {
    throw new OptionError(
      'OFFSET_INVALID',
      `offset ${formatList([rawOffset])} is not a whole number of elements.`,
    )
  }
  // Adding 0 turns −0 into 0.
  const offset = rawOffset + 0
  const outside = firstOutside(extents, strides, offset, lengthOf(data))
  if (outside !== undefined) {
    throw new OptionError(
      'OUT_OF_BOUNDS',
      `index [${outside.index.join(', ')}] would be element ${outside.element} of data that ` +
        `holds ${lengthOf(data)}: shape [${extents}] with strides [${strides}] and offset ` +
        `${offset} leaves the data there. Shrink the shape or change strides or offset.`,
    )
  }
  ownerOf(data, 'data')
  const array = new View({
    // The data of backend memory are shared. The types of all others say what is usual.
    data: data as TypedArrays[DType],
    shape: extents,
    strides,
    offset,
    dtype,
    writable:
      options.writable ?? (options.strides === undefined || !mayVisitTwice(extents, strides)),
    untyped: options.untyped,
  })
  // `dtypeOf` found the dtype of this typed array, which TypeScript finds in its type.
  return array as NdArray as NdArray<DTypeOf<T>>
}

/** A placeholder: an array with a shape and a dtype, but no data. */
export function placeholder(shape: readonly number[], dtype: DType): NdArray {
  const array: NdArray = view(dtypes[dtype].create(0), [0])
  return { ...array, shape, strides: rowMajorStrides(shape) }
}

/** Another view of the memory of `x`. Everything that `changes` leaves out is as in `x`. */
export function viewOf<D extends DType>(
  x: NdArray<D>,
  changes: {
    readonly shape?: readonly number[]
    readonly strides?: readonly number[]
    readonly offset?: number
    readonly writable?: boolean
  },
): NdArray<D> {
  const other: NdArray = view<TypedArray>(x.data, changes.shape ?? x.shape, {
    strides: changes.strides ?? x.strides,
    offset: changes.offset ?? x.offset,
    writable: changes.writable ?? x.writable,
    untyped: x.untyped,
  })
  // The same data has the same dtype.
  return other as NdArray<D>
}

/**
 * A frozen copy of the strides. Throws `OptionError` (`STRIDES_INVALID`) unless there is one whole
 * number per axis. Adding 0 turns −0 into 0.
 */
function validateStrides(strides: readonly number[], shape: readonly number[]): readonly number[] {
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
    `strides [${formatList(strides)}] do not fit shape [${shape}]: one whole number of elements ` +
      'per axis is needed.',
  )
}

/** The largest rank, which is that of NumPy. */
export const maxAxes = 64

/**
 * A frozen copy of a shape. Throws `OptionError` (`SHAPE_INVALID`) unless it is a list of whole
 * numbers ≥ 0, with at most 64 axes and 2⁵³ elements.
 */
export function validateShape(shape: readonly number[]): readonly number[] {
  if (!isArray(shape)) {
    throw new OptionError(
      'SHAPE_INVALID',
      `shape ${formatList([shape])} is not a list of extents, one per axis, such as [2, 3].`,
    )
  }
  if (shape.length > maxAxes) {
    throw new OptionError(
      'SHAPE_INVALID',
      `shape [${formatList(shape)}] has ${shape.length} axes: at most ${maxAxes} are possible.`,
    )
  }
  const extents: number[] = []
  let count = 1
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw new OptionError(
        'SHAPE_INVALID',
        `shape [${formatList(shape)}] has extent ${formatList([extent])} along axis ${axis}: ` +
          'whole numbers ≥ 0 are needed.',
      )
    }
    extents.push(extent + 0)
    // An extent of 0 counts as 1, as in NumPy: the strides are products of the other extents.
    count *= Math.max(extent, 1)
  }
  if (count <= Number.MAX_SAFE_INTEGER) return Object.freeze(extents)
  throw new OptionError(
    'SHAPE_INVALID',
    `shape [${extents}] has more elements than can be counted (2⁵³). Use smaller extents.`,
  )
}
