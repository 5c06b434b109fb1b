/**
 * What may stand where an array is asked for? Anything whose structure says where its elements lie:
 * our arrays, those of scijs, stdlib, zarrita and TensorFlow.js, pictures, typed arrays, nested
 * numbers. Nothing is imported from any of them and nothing is copied, but nested numbers (and what
 * a tensor's `dataSync` may copy).
 */

import { OptionError, UnavailableError } from '../errors.ts'
import { checkAttached, ownerOf } from './allocations.ts'
import { type NestedNumbers, ndarray } from './create.ts'
import { describeValue } from './describe-value.ts'
import { dtypeOf, type TypedArray, typedArrayNames } from './dtype.ts'
import { elementCount, firstOutside, rowMajorStrides } from './layout.ts'
import { validateShape, type NdArray, view } from './ndarray.ts'

/**
 * An array of another library: strides (or scijs' `stride`) in elements, dense if there are none;
 * offset 0 if there is none.
 */
export interface StridedArray {
  readonly data: TypedArray | readonly number[]
  readonly shape: readonly number[]
  readonly strides?: readonly number[]
  readonly stride?: readonly number[]
  readonly offset?: number
}

/** A picture: rows of RGBA, as from a canvas or a decoder. */
export interface PictureData {
  readonly data: TypedArray
  readonly width: number
  readonly height: number
}

/** A tensor whose elements are fetched by a call, as in TensorFlow.js. */
export interface TensorLike {
  readonly shape: readonly number[]
  readonly dtype: string
  dataSync(): unknown
}

/** What every call takes as an array. */
export type ArrayInput =
  | NdArray
  | StridedArray
  | PictureData
  | TensorLike
  | TypedArray
  | NestedNumbers

/**
 * `x` as an array, whatever library it is from; `name` is what messages call it.
 *
 * Throws `OptionError` for what has no such structure, for element types that are not offered, for
 * shapes that leave their data, and for arrays whose memory is gone. Costs no copy but for nested
 * numbers.
 *
 * @example asNdArray(context.getImageData(0, 0, 640, 480)).shape   // [480, 640, 4]
 */
export function asNdArray(x: unknown, name = 'array'): NdArray {
  if (isNdArray(x)) return present(x, name)
  if (Array.isArray(x) || typeof x === 'number') return ndarray(x as NestedNumbers)
  if (isTyped(x)) return view(checkAttached(x, name), [x.length])
  if (typeof x !== 'object' || x === null || ArrayBuffer.isView(x)) throw unknownArray(x, name)
  if ('dataSync' in x && typeof x.dataSync === 'function') return fromTensor(x as TensorLike, name)
  if (!('data' in x)) throw unknownArray(x, name)
  if ('shape' in x) return fromStrided(x as StridedArray, name)
  if ('width' in x && 'height' in x) return fromPicture(x as PictureData, name)
  throw unknownArray(x, name)
}

/** Numbers in JavaScript arrays, of 8 bytes each: half a GiB. */
const mostNested = 2 ** 26

/**
 * The numbers of an array as nested JavaScript arrays; a single number for rank 0.
 *
 * @example toNested(ndarray(new Float32Array([1, 2, 3, 4]), [2, 2]))   // [[1, 2], [3, 4]]
 */
export function toNested(x: ArrayInput): NestedNumbers {
  const { data, shape, strides, offset } = asNdArray(x)
  const count = elementCount(shape)
  if (count > mostNested) {
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `toNested: ${count} numbers in nested arrays are more than engines hold. Use a part of ` +
        'it, or its data.',
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
 * By structure too: frozen through and through, so that what was once proved about it stays true.
 * What is not quite such an array, because somebody made it by hand, is looked at like one of
 * another library.
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
    (untyped === undefined || (dtypeOf(untyped) === 'float64' && untyped.length === data!.length))
  )
}

const isFrozenList = (list: unknown): list is readonly number[] =>
  Array.isArray(list) && Object.isFrozen(list) && [...list].every(Number.isSafeInteger)

function present(x: NdArray, name: string): NdArray {
  ownerOf(x.data, name)
  const outside = firstOutside(x.shape, x.strides, x.offset, x.data.length)
  if (outside === undefined) return x
  throw new OptionError(
    'OUT_OF_BOUNDS',
    `${name} of shape [${x.shape}] needs element ${outside.element}, but its data now holds ` +
      `${x.data.length}: its buffer was transferred or shrunk. Pass a copy on instead.`,
  )
}

function fromStrided(x: StridedArray & { readonly writable?: unknown }, name: string): NdArray {
  const shape = validateShape(x.shape)
  const offset = x.offset ?? 0
  // stdlib gives an array of rank 0 one stride.
  const strides = shape.length === 0 ? [] : (x.strides ?? x.stride ?? rowMajorStrides(shape))
  if (Array.isArray(x.data)) return ndarray(x.data as number[], shape, { strides, offset })
  if (!isTyped(x.data)) throw unknownData(x.data, name)
  return view(x.data, shape, {
    strides,
    offset,
    writable: x.writable === false ? false : undefined,
  })
}

function fromPicture({ data, width, height }: PictureData, name: string): NdArray {
  if (!isTyped(data)) throw unknownData(data, name)
  if (data.length !== 4 * width * height) {
    throw new OptionError(
      'PICTURE_INVALID',
      `${name} is a picture of ${width}×${height}, for which ${4 * width * height} samples ` +
        `of RGBA are needed, but data holds ${data.length}. Wrap it with its shape: ` +
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
    `the data of ${name} is ${describeValue(data)}. One of ${typedArrayNames} is needed: ` +
      'convert it first.',
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
