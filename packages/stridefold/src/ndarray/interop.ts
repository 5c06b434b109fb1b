/**
 * Which values does a call accept as an array? Any object with fields that describe where its
 * elements lie: stridefold's arrays, those of scijs, stdlib, zarrita and TensorFlow.js, images,
 * typed arrays and nested numbers.
 *
 * This file imports none of these libraries. It copies nested numbers only; a tensor's `dataSync`
 * may copy too.
 */

import { OptionError, UnavailableError } from '../errors.ts'
import { checkAttached, lengthOf, ownerOf, readable } from './allocations.ts'
import { type NestedNumbers, ndarray } from './create.ts'
import { describeValue } from './describe-value.ts'
import { dtypeOf, type TypedArray, typedArrayNames, validateDType } from './dtype.ts'
import { type GpuBufferArray, isGpuBufferArray } from './given-on-gpu.ts'
import { elementCount, firstOutside, rowMajorStrides } from './layout.ts'
import { dataOfBuffer } from './memory.ts'
import { type NdArray, validateShape, view } from './ndarray.ts'
import type { DTypeOf } from './result-type.ts'

/**
 * An array of another library, such as scijs, stdlib or zarrita, recognised by these fields. It is
 * used without a copy.
 */
export interface StridedArray {
  /** The elements: a typed array, or a list of numbers, which is copied. */
  readonly data: TypedArray | readonly number[]
  /** The extent of each axis. */
  readonly shape: readonly number[]
  /**
   * The distance between neighbours along each axis, in elements. Default: dense, in row-major
   * order.
   */
  readonly strides?: readonly number[]
  /** The name that scijs has for `strides`. Default: none. */
  readonly stride?: readonly number[]
  /** The index in `data` of the element at [0, 0, …]. Default 0. */
  readonly offset?: number
}

/**
 * An image: rows of RGBA samples, such as ImageData of a canvas, or the output of a decoder. It
 * becomes an array of H×W×4.
 */
export interface ImageDataLike {
  /** The samples, row by row: 4 · width · height of them. */
  readonly data: TypedArray
  /** The width in pixels. */
  readonly width: number
  /** The height in pixels. */
  readonly height: number
}

/** A tensor of TensorFlow.js, recognised by these fields. */
export interface TensorLike {
  /** The extent of each axis. */
  readonly shape: readonly number[]
  /** `'float32'`, `'int32'` or `'bool'`; others throw `OptionError` (`DTYPE_UNKNOWN`). */
  readonly dtype: string
  /**
   * Returns the elements as a typed array, row-major. May copy them from the GPU. Throws what the
   * other library throws, such as for a disposed tensor.
   *
   * @example
   * const tensor = { shape: [2], dtype: 'int32', dataSync: () => new Int32Array([1, 2]) }
   * asNdArray(tensor) // [1, 2]
   */
  dataSync(): unknown
}

/**
 * The values that every call accepts as an array: arrays of this library and of others, images,
 * buffers of the GPU, typed arrays (of rank 1) and nested numbers. Only nested numbers are copied.
 */
export type ArrayInput =
  | NdArray
  | StridedArray
  | ImageDataLike
  | TensorLike
  | GpuBufferArray
  | TypedArray
  | NestedNumbers

/**
 * Returns `x` as an array. Every call does this with its arguments; use it to look at an array of
 * another library, or to make views of it.
 *
 * - `x`: an array of any library that `ArrayInput` lists.
 * - `name`: the name of `x` in error messages. Default `'array'`.
 *
 * Throws `OptionError` for values that are not arrays (`ARRAY_UNKNOWN`), for other element types
 * (`DTYPE_UNKNOWN`), for shapes that exceed their data (`OUT_OF_BOUNDS`), and for arrays that were
 * released (`RELEASED`). For a buffer of the GPU throws `OptionError` if it cannot be used
 * (`BUFFER_USAGE`, `BUFFER_SIZE`), and `UnavailableError` if no GPU is open (`GPU_NOT_OPEN`).
 * Copies nested numbers only.
 *
 * @example
 * asNdArray({ data: new Uint8ClampedArray(24), width: 3, height: 2 }).shape // [2, 3, 4]
 */
export function asNdArray<A>(x: A, name?: string): NdArray<DTypeOf<A>>
export function asNdArray(x: unknown, name = 'array'): NdArray {
  if (isNdArray(x)) return requireMemory(x, name)
  if (Array.isArray(x) || typeof x === 'number') return ndarray(x as NestedNumbers)
  if (isTyped(x)) return view(checkAttached(x, name), [lengthOf(x)])
  if (typeof x !== 'object' || x === null || ArrayBuffer.isView(x)) throw unknownArray(x, name)
  if ('dataSync' in x && typeof x.dataSync === 'function') return fromTensor(x as TensorLike, name)
  if (!('data' in x)) {
    if (isGpuBufferArray(x)) return fromGpuBuffer(x, name)
    throw unknownArray(x, name)
  }
  if ('shape' in x) return fromStrided(x as StridedArray, name)
  if ('width' in x && 'height' in x) return fromImage(x as ImageDataLike, name)
  throw unknownArray(x, name)
}

/** `asNdArray` for whoever reads elements: throws `OptionError` (`ON_GPU`) for one on the GPU. */
export const asReadable = (x: unknown, name = 'array'): NdArray =>
  readable(asNdArray(x, name), name)

/** The most numbers in nested arrays: at 8 bytes each, half a GiB. */
const maxNestedNumbers = 2 ** 26

/**
 * Returns the elements of an array as nested JavaScript arrays, or as a single number for rank 0.
 * Use it to print small arrays.
 *
 * - `x`: any array.
 *
 * Throws `UnavailableError` (`OUT_OF_MEMORY`) for more than 2²⁶ elements, and `OptionError` for
 * values that are not arrays (`ARRAY_UNKNOWN`) and for arrays on the GPU (`ON_GPU`): `await
 * read(x)` brings them back. Copies all elements: 8 bytes each and more.
 *
 * @example
 * toNested(ndarray(new Float32Array([1, 2, 3, 4]), [2, 2])) // [[1, 2], [3, 4]]
 */
export function toNested(x: ArrayInput): NestedNumbers {
  const { data, shape, strides, offset } = asReadable(x)
  // An extent of 0 leaves no numbers, but still the lists of the axes before it.
  const count = Math.max(...shape.map((_, axis) => elementCount(shape.slice(0, axis + 1))), 1)
  if (count > maxNestedNumbers) {
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `toNested: ${count} numbers or lists are too many for nested arrays; at most ` +
        `${maxNestedNumbers} are possible. Use a slice of the array, or its data.`,
    )
  }
  const nested = (axis: number, element: number): NestedNumbers => {
    if (axis === shape.length) return data[element]!
    const [extent, stride] = [shape[axis]!, strides[axis]!]
    const list: NestedNumbers[] = []
    for (let i = 0; i < extent; i++) list.push(nested(axis + 1, element + i * stride))
    return list
  }
  return nested(0, offset)
}

/**
 * Whether `x` is an array of stridefold, from any copy of the library. Such an array and its lists
 * are frozen, so checks made earlier stay valid. An object that is not frozen, such as one written
 * by hand, is checked like an array of another library.
 */
function isNdArray(x: unknown): x is NdArray {
  if (typeof x !== 'object' || x === null || !Object.isFrozen(x)) return false
  const { data, shape, strides, offset, dtype, writable, untyped, release } = x as Partial<NdArray>
  return (
    typeof release === 'function' &&
    typeof writable === 'boolean' &&
    Number.isSafeInteger(offset) &&
    isFrozenList(shape) &&
    shape.every((extent) => extent >= 0) &&
    isFrozenList(strides) &&
    shape.length === strides.length &&
    dtype !== undefined &&
    dtypeOf(data) === dtype &&
    (untyped === undefined || areNumbersOf(data!, untyped))
  )
}

const isFrozenList = (list: unknown): list is readonly number[] =>
  Array.isArray(list) && Object.isFrozen(list) && [...list].every(Number.isSafeInteger)

/** Returns `x`. Throws if its memory was released, transferred or shrunk. */
function requireMemory(x: NdArray, name: string): NdArray {
  ownerOf(x.data, name)
  const outside = firstOutside(x.shape, x.strides, x.offset, lengthOf(x.data))
  if (outside === undefined) return x
  throw new OptionError(
    'OUT_OF_BOUNDS',
    `${name} of shape [${x.shape}] needs element ${outside.element}, but its data now holds ` +
      `${x.data.length}: its buffer was transferred or shrunk. Transfer a copy instead.`,
  )
}

/** The fields that an array of this library keeps when it is cloned or spread. */
interface ClonedFields {
  readonly writable?: unknown
  readonly untyped?: unknown
}

function fromStrided(x: StridedArray & ClonedFields, name: string): NdArray {
  const shape = validateShape(x.shape)
  const offset = x.offset ?? 0
  // In stdlib an array of rank 0 has one stride.
  const strides = shape.length === 0 ? [] : (x.strides ?? x.stride ?? rowMajorStrides(shape))
  if (Array.isArray(x.data)) return ndarray(x.data as number[], shape, { strides, offset })
  if (!isTyped(x.data)) throw unknownData(x.data, name)
  const data = checkAttached(x.data, name)
  if (x.writable !== undefined && lengthOf(data) === 0 && elementCount(shape) > 0)
    throw new OptionError(
      'ON_GPU',
      `${name} of shape [${shape}] is a copy of an array on the GPU, by structuredClone or ` +
        'postMessage, and its elements were left there. Copy await read(x) instead.',
    )
  return view(data, shape, {
    strides,
    offset,
    writable: typeof x.writable === 'boolean' ? x.writable : undefined,
    untyped: areNumbersOf(x.data, x.untyped) ? x.untyped : undefined,
  })
}

/** Whether `untyped` can be the numbers that were rounded to `data`, see `NdArray.untyped`. */
const areNumbersOf = (data: TypedArray, untyped: unknown): untyped is Float64Array =>
  dtypeOf(data) === 'float32' &&
  dtypeOf(untyped) === 'float64' &&
  (untyped as Float64Array).length === data.length

function fromGpuBuffer(x: GpuBufferArray, name: string): NdArray {
  const { buffer, strides, offset = 0 } = x
  const shape = validateShape(x.shape)
  const data = dataOfBuffer(buffer, validateDType(x.dtype), name)
  return view(data, shape, strides === undefined ? { offset } : { strides, offset })
}

function fromImage({ data, width, height }: ImageDataLike, name: string): NdArray {
  if (!isTyped(data)) throw unknownData(data, name)
  if (data.length !== 4 * width * height) {
    throw new OptionError(
      'PICTURE_INVALID',
      `${name} is an image of ${width}×${height}, for which ${4 * width * height} samples ` +
        `of RGBA are needed, but data holds ${data.length}. For other channels, pass ` +
        'ndarray(data, [height, width, channels]).',
    )
  }
  return view(data, [height, width, 4])
}

function fromTensor(x: TensorLike, name: string): NdArray {
  if (!['float32', 'int32', 'bool'].includes(x.dtype)) {
    throw new OptionError(
      'DTYPE_UNKNOWN',
      `${name} is a tensor of dtype ${x.dtype}. Tensors of float32, int32 and bool are accepted.`,
    )
  }
  const data = x.dataSync()
  if (!isTyped(data)) throw unknownData(data, name)
  return ndarray(data, x.shape)
}

const isTyped = (data: unknown): data is TypedArray => dtypeOf(data) !== undefined

function unknownData(data: unknown, name: string): OptionError {
  return new OptionError(
    'DTYPE_UNKNOWN',
    `the data of ${name} is ${describeValue(data)}, but one of ${typedArrayNames} is needed. ` +
      'Convert it first.',
  )
}

function unknownArray(x: unknown, name: string): OptionError {
  return new OptionError(
    'ARRAY_UNKNOWN',
    `${name} is ${describeValue(x)}. Give an array made with ndarray(), { data, shape, ` +
      'strides, offset } as in scijs, stdlib or zarrita, a TensorFlow.js tensor, ImageData, ' +
      `nested numbers, or one of ${typedArrayNames}.`,
  )
}
