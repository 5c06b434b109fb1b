/**
 * The element types an array may have, and what arithmetic does with each.
 *
 * Computation happens in float32 or float64 only: small integers fit float32 exactly (24 bits of
 * mantissa), int32 needs float64.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from './describe-value.ts'

export type DType =
  | 'float32'
  | 'float64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'uint8c'
  | 'uint16'

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array

/** The types in which sums are formed. */
export type ComputeDType = 'float32' | 'float64'

/** The typed array that holds each dtype. */
export interface TypedArrays {
  readonly float32: Float32Array
  readonly float64: Float64Array
  readonly int32: Int32Array
  readonly int16: Int16Array
  readonly int8: Int8Array
  readonly uint8: Uint8Array
  readonly uint8c: Uint8ClampedArray
  readonly uint16: Uint16Array
}

interface DTypeInfo {
  readonly bytes: 1 | 2 | 4 | 8
  readonly integer: boolean
  /** Smallest and largest value; infinite for floats. */
  readonly min: number
  readonly max: number
  /** The type in which values of this type are summed. */
  readonly compute: ComputeDType
  /** So many zeros, a window on a buffer, or a copy of an array. */
  readonly create: (
    source: number | ArrayBufferLike | TypedArray,
    byteOffset?: number,
    length?: number,
  ) => TypedArray
}

type Constructor = new (source: never, byteOffset?: number, length?: number) => TypedArray

// The constructors share their signature but TypeScript gives each its own overloads; this is the
// one place that says so.
const constructed = (Type: unknown): DTypeInfo['create'] => {
  const Construct = Type as Constructor
  return (source, byteOffset, length) =>
    byteOffset === undefined
      ? new Construct(source as never)
      : new Construct(source as never, byteOffset, length)
}

export const dtypes: Readonly<Record<DType, DTypeInfo>> = {
  float32: {
    bytes: 4,
    integer: false,
    min: -Infinity,
    max: Infinity,
    compute: 'float32',
    create: constructed(Float32Array),
  },
  float64: {
    bytes: 8,
    integer: false,
    min: -Infinity,
    max: Infinity,
    compute: 'float64',
    create: constructed(Float64Array),
  },
  int32: {
    bytes: 4,
    integer: true,
    min: -2147483648,
    max: 2147483647,
    compute: 'float64',
    create: constructed(Int32Array),
  },
  int16: {
    bytes: 2,
    integer: true,
    min: -32768,
    max: 32767,
    compute: 'float32',
    create: constructed(Int16Array),
  },
  int8: {
    bytes: 1,
    integer: true,
    min: -128,
    max: 127,
    compute: 'float32',
    create: constructed(Int8Array),
  },
  uint8: {
    bytes: 1,
    integer: true,
    min: 0,
    max: 255,
    compute: 'float32',
    create: constructed(Uint8Array),
  },
  uint8c: {
    bytes: 1,
    integer: true,
    min: 0,
    max: 255,
    compute: 'float32',
    create: constructed(Uint8ClampedArray),
  },
  uint16: {
    bytes: 2,
    integer: true,
    min: 0,
    max: 65535,
    compute: 'float32',
    create: constructed(Uint16Array),
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
}

/** The typed arrays that have a dtype, for messages. */
export const typedArrayNames: string = Object.keys(byTag).join(', ')

/** The dtype of a typed array, from any realm; `undefined` where it is none of ours. */
export function dtypeOf(data: unknown): DType | undefined {
  if (!ArrayBuffer.isView(data)) return undefined
  return byTag[(data as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]]
}

export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(dtypes, name)
}

export function validateDType<D extends DType>(name: D): D {
  if (isDType(name)) return name
  throw new OptionError(
    'DTYPE_UNKNOWN',
    `dtype ${typeof name === 'string' ? JSON.stringify(name) : describeValue(name)} is not ` +
      `known. Use one of ${Object.keys(dtypes).join(', ')}.`,
  )
}

/**
 * The type in which operands of these types are summed: float64 as soon as one of them needs it.
 */
export function computeDType(...types: readonly DType[]): ComputeDType {
  return types.some((type) => dtypes[type].compute === 'float64') ? 'float64' : 'float32'
}

/** Unit round-off of a compute type: the spacing of numbers just above 1. */
export const epsilon: Readonly<Record<ComputeDType, number>> = {
  float32: 2 ** -23,
  float64: 2 ** -52,
}

/**
 * Rounds half to even and saturates to an integer dtype (OpenCV's rule); NaN becomes 0. Floats pass
 * through.
 */
export function toDType(value: number, dtype: DType): number {
  const facts = dtypes[dtype]
  if (!facts.integer) return dtype === 'float32' ? Math.fround(value) : value
  return Number.isNaN(value) ? 0 : roundHalfToEven(Math.min(Math.max(value, facts.min), facts.max))
}

// Doubles of this size are whole, so adding it leaves no room for a fraction and the hardware
// rounds it off, half to even.
const noFractions = 1.5 * 2 ** 52

/** The nearest integer, half to even, for |value| ≤ 2⁵¹. */
export function roundHalfToEven(value: number): number {
  return value + noFractions - noFractions
}
