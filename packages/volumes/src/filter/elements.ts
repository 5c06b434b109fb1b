/** The typed arrays of the types of elements. */

import type { DType, TypedArray } from 'stridefold'
import { VolumeError } from '../errors.ts'

export interface Elements {
  readonly bytes: number
  readonly create: (length: number) => TypedArray
  /** The type in which sums of these values are formed. */
  readonly compute: 'float32' | 'float64'
  readonly isInteger: boolean
}

function elements(
  Type: { readonly BYTES_PER_ELEMENT: number; new (length: number): TypedArray },
  compute: 'float32' | 'float64',
  isInteger: boolean,
): Elements {
  const { BYTES_PER_ELEMENT: bytes } = Type
  return { bytes, create: (length) => new Type(length), compute, isInteger }
}

const table: Readonly<Record<DType, Elements>> = {
  float64: elements(Float64Array, 'float64', false),
  float32: elements(Float32Array, 'float32', false),
  float16: { bytes: 2, create: createHalves, compute: 'float32', isInteger: false },
  int32: elements(Int32Array, 'float64', true),
  int16: elements(Int16Array, 'float32', true),
  int8: elements(Int8Array, 'float32', true),
  uint16: elements(Uint16Array, 'float32', true),
  uint8: elements(Uint8Array, 'float32', true),
  uint8c: elements(Uint8ClampedArray, 'float32', true),
}

export const elementsOf = (dtype: DType): Elements => table[dtype]

/** The names of all types, for messages and help. */
export const dtypeNames: readonly DType[] = (Object.keys(table) as DType[]).filter(
  (name) => name !== 'uint8c',
)

function createHalves(length: number): TypedArray {
  const { Float16Array: Type } = globalThis as {
    readonly Float16Array?: new (length: number) => TypedArray
  }
  if (Type !== undefined) return new Type(length)
  throw new VolumeError(
    'request',
    'float16 needs an engine with Float16Array, such as Node 24. Use float32 instead.',
  )
}
