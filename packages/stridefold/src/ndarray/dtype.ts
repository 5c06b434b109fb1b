/**
 * Which element types can an array have, and how is each of them computed and rounded?
 *
 * All sums are formed in float32 or float64. Integers up to 16 bits are exact in float32, which has
 * a mantissa of 24 bits. int32 needs float64. float16 is a type of storage: its values are summed
 * in float32.
 */

import { OptionError, UnavailableError } from '../errors.ts'
import { describeValue } from './describe-value.ts'
import { halfBits, halfValue } from './half.ts'
import { roundHalfToEven } from './rounding.ts'

/**
 * An element type, by the name of its typed array; `'uint8c'` is `Uint8ClampedArray`. `'float16'`
 * needs an engine with Float16Array.
 */
export type DType =
  | 'float32'
  | 'float64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'uint8c'
  | 'uint16'
  | 'float16'

/** That of Float16Array, if the types of the engine have it. */
type HalfConstructor = typeof globalThis extends { readonly Float16Array: infer C }
  ? C
  : { readonly prototype: HalfElements; new (): HalfElements }

/** Float16Array, if the types of the engine have it, else what other typed arrays have too. */
export type HalfArray = HalfConstructor extends { readonly prototype: infer T } ? T : never

/** The methods of a typed array that return one. Types older than ES2023 lack the last three. */
type OwnMethods = 'filter' | 'map' | 'slice' | 'subarray'
type LaterMethods = 'toReversed' | 'toSorted' | 'with'
type Tag = typeof Symbol.toStringTag

type HalfElements = {
  [K in keyof Float32Array as Exclude<K, OwnMethods | LaterMethods | Tag>]: Float32Array[K]
} & { readonly [M in OwnMethods]: (...given: Parameters<Float32Array[M]>) => HalfElements } & {
  readonly [T in Tag]: 'Float16Array'
}

/** The typed arrays that can hold the elements of an array. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | HalfArray

/** The types in which sums are formed. */
export type ComputeDType = 'float32' | 'float64'

/** The typed array of each dtype. */
export interface TypedArrays {
  readonly float16: HalfConstructor extends new (...given: never) => infer T ? T : never
  readonly float32: InstanceType<typeof Float32Array>
  readonly float64: InstanceType<typeof Float64Array>
  readonly int32: InstanceType<typeof Int32Array>
  readonly int16: InstanceType<typeof Int16Array>
  readonly int8: InstanceType<typeof Int8Array>
  readonly uint8: InstanceType<typeof Uint8Array>
  readonly uint8c: InstanceType<typeof Uint8ClampedArray>
  readonly uint16: InstanceType<typeof Uint16Array>
}

export interface DTypeInfo {
  /** The size of an element. */
  readonly bytes: 1 | 2 | 4 | 8
  readonly integer: boolean
  /** The smallest and the largest value; infinite for floats. */
  readonly min: number
  readonly max: number
  /** The type in which values of this type are summed. */
  readonly compute: ComputeDType
  /** Makes a typed array: that many zeros, a part of a buffer, or a copy of another array. */
  readonly create: (
    source: number | ArrayBufferLike | TypedArray,
    byteOffset?: number,
    length?: number,
  ) => TypedArray
}

type Constructor = new (source: never, byteOffset?: number, length?: number) => TypedArray

// All these constructors take the same arguments, but TypeScript gives each of them overloads of
// its own. The casts stand here only.
const creatorOf = (Type: unknown): DTypeInfo['create'] => {
  const Construct = Type as Constructor
  return (source, byteOffset, length) =>
    byteOffset === undefined
      ? new Construct(source as never)
      : new Construct(source as never, byteOffset, length)
}

/** Looks for the type when it is needed: not every engine has it. */
function createHalves(
  source: number | ArrayBufferLike | TypedArray,
  byteOffset?: number,
  length?: number,
): TypedArray {
  const { Float16Array: Type } = globalThis as { readonly Float16Array?: unknown }
  if (Type !== undefined) return creatorOf(Type)(source, byteOffset, length)
  throw new UnavailableError(
    'NO_FLOAT16',
    "dtype 'float16' needs Float16Array, which this engine does not have. Node 24, Chrome 135, " +
      "Firefox 129 and Safari 18.2 have it. Use one of them, or dtype: 'float32'.",
  )
}

export const dtypes: Readonly<Record<DType, DTypeInfo>> = {
  float32: {
    bytes: 4,
    integer: false,
    min: -Infinity,
    max: Infinity,
    compute: 'float32',
    create: creatorOf(Float32Array),
  },
  float64: {
    bytes: 8,
    integer: false,
    min: -Infinity,
    max: Infinity,
    compute: 'float64',
    create: creatorOf(Float64Array),
  },
  int32: {
    bytes: 4,
    integer: true,
    min: -2147483648,
    max: 2147483647,
    compute: 'float64',
    create: creatorOf(Int32Array),
  },
  int16: {
    bytes: 2,
    integer: true,
    min: -32768,
    max: 32767,
    compute: 'float32',
    create: creatorOf(Int16Array),
  },
  int8: {
    bytes: 1,
    integer: true,
    min: -128,
    max: 127,
    compute: 'float32',
    create: creatorOf(Int8Array),
  },
  uint8: {
    bytes: 1,
    integer: true,
    min: 0,
    max: 255,
    compute: 'float32',
    create: creatorOf(Uint8Array),
  },
  uint8c: {
    bytes: 1,
    integer: true,
    min: 0,
    max: 255,
    compute: 'float32',
    create: creatorOf(Uint8ClampedArray),
  },
  uint16: {
    bytes: 2,
    integer: true,
    min: 0,
    max: 65535,
    compute: 'float32',
    create: creatorOf(Uint16Array),
  },
  float16: {
    bytes: 2,
    integer: false,
    min: -Infinity,
    max: Infinity,
    compute: 'float32',
    create: createHalves,
  },
}

const byTag: Readonly<Record<string, DType>> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int32Array: 'int32',
  Int16Array: 'int16',
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8c',
  Uint16Array: 'uint16',
  Float16Array: 'float16',
}

/** The names of the typed arrays that have a dtype, for messages. */
export const typedArrayNames: string = Object.keys(byTag).join(', ')

/**
 * The dtype of a typed array; undefined for anything else. Also recognises typed arrays from
 * another realm, such as an iframe.
 */
export function dtypeOf(data: unknown): DType | undefined {
  if (!ArrayBuffer.isView(data)) return undefined
  return byTag[(data as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]]
}

/** Whether `name` is the name of a dtype. */
export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(dtypes, name)
}

/** Returns the dtype. Throws `OptionError` (`DTYPE_UNKNOWN`) for an unknown name. */
export function validateDType<D extends DType>(name: D): D {
  if (isDType(name)) return name
  throw new OptionError(
    'DTYPE_UNKNOWN',
    `dtype ${typeof name === 'string' ? JSON.stringify(name) : describeValue(name)} is not ` +
      `known. Use one of ${Object.keys(dtypes).join(', ')}.`,
  )
}

/** Whether no program reads or writes this type: the runtime converts its arrays. */
export const isStorageOnly = (dtype: DType): dtype is 'float16' => dtype === 'float16'

/** The type in which operands of these types are summed: float64 if one of them needs it. */
export function computeDType(...types: readonly DType[]): ComputeDType {
  return types.some((type) => dtypes[type].compute === 'float64') ? 'float64' : 'float32'
}

/** The distance from 1 to the next larger number of a compute type (machine epsilon). */
export const epsilon: Readonly<Record<ComputeDType, number>> = {
  float32: 2 ** -23,
  float64: 2 ** -52,
}

/**
 * The value as an element of `dtype`. For an integer dtype it rounds half to even and saturates
 * (OpenCV's rule), and NaN becomes 0. float16 and float32 round to the nearest number; float64
 * changes nothing.
 */
export function toDType(value: number, dtype: DType): number {
  const { integer, min, max } = dtypes[dtype]
  if (dtype === 'float16') return halfValue(halfBits(value))
  if (!integer) return dtype === 'float32' ? Math.fround(value) : value
  return Number.isNaN(value) ? 0 : roundHalfToEven(Math.min(Math.max(value, min), max))
}

/** Whether a number stored in an array of type `stored` is the same number as in type `read`. */
export function keepsValue(value: number, stored: DType, read: DType): boolean {
  const [first, second] = [stored, read].map((type) => {
    const element = dtypes[type].create(1)
    element[0] = value
    return element[0]
  })
  return Object.is(first, second)
}
