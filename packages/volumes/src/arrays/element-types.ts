/**
 * Which element types do files have, and as which dtype are they read? The rule is that of
 * stridefold/npy: types without a dtype are converted, and every conversion is exact.
 *
 *   bool → uint8     uint32 → float64     int64, uint64 → float64, refused past 2⁵³
 *   float16 → float32
 */

import type { DType, NdArray, TypedArray } from 'stridefold'
import { readNpyHeader, writeNpy } from 'stridefold/npy'
import { VolumeError } from '../errors.ts'
import { product } from './boxes.ts'

export type ElementType =
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64'

/** What elements of a file are before they are converted. float16: its bits. */
export type RawElements =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

interface ElementTypeInfo {
  readonly bytes: 1 | 2 | 4 | 8
  readonly dtype: DType
  readonly view: (buffer: ArrayBufferLike, byteOffset: number, length: number) => RawElements
}

export const elementTypes: Readonly<Record<ElementType, ElementTypeInfo>> = {
  bool: { bytes: 1, dtype: 'uint8', view: (b, at, n) => new Uint8Array(b, at, n) },
  int8: { bytes: 1, dtype: 'int8', view: (b, at, n) => new Int8Array(b, at, n) },
  uint8: { bytes: 1, dtype: 'uint8', view: (b, at, n) => new Uint8Array(b, at, n) },
  int16: { bytes: 2, dtype: 'int16', view: (b, at, n) => new Int16Array(b, at, n) },
  uint16: { bytes: 2, dtype: 'uint16', view: (b, at, n) => new Uint16Array(b, at, n) },
  int32: { bytes: 4, dtype: 'int32', view: (b, at, n) => new Int32Array(b, at, n) },
  uint32: { bytes: 4, dtype: 'float64', view: (b, at, n) => new Uint32Array(b, at, n) },
  int64: { bytes: 8, dtype: 'float64', view: (b, at, n) => new BigInt64Array(b, at, n) },
  uint64: { bytes: 8, dtype: 'float64', view: (b, at, n) => new BigUint64Array(b, at, n) },
  float16: { bytes: 2, dtype: 'float32', view: (b, at, n) => new Uint16Array(b, at, n) },
  float32: { bytes: 4, dtype: 'float32', view: (b, at, n) => new Float32Array(b, at, n) },
  float64: { bytes: 8, dtype: 'float64', view: (b, at, n) => new Float64Array(b, at, n) },
}

/** The types by kind and bytes, as NumPy and Zarr 2 write them behind the byte order. */
export const typesOfKinds: Readonly<Record<string, ElementType>> = {
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
}

export const isElementType = (name: unknown): name is ElementType =>
  typeof name === 'string' && Object.hasOwn(elementTypes, name)

/** The bytes of an element of a dtype in files. */
export const bytesOf = (dtype: DType): number => elementTypes[writtenType(dtype)].bytes

/** The type under which results of a dtype are written. */
export const writtenType = (dtype: DType): ElementType => (dtype === 'uint8c' ? 'uint8' : dtype)

/**
 * Elements of a file as numbers of the dtype under which they are read: the same array, or a new
 * one. `place` is the beginning of a message about an integer that is not exact.
 */
export function samplesOf(
  elements: RawElements,
  type: ElementType,
  place: string,
): TypedArray | Uint32Array {
  if (type === 'float16') return floatsOfHalves(elements as Uint16Array)
  if (type === 'bool') return (elements as Uint8Array).map((byte) => (byte === 0 ? 0 : 1))
  if (!(elements instanceof BigInt64Array || elements instanceof BigUint64Array)) return elements
  const numbers = new Float64Array(elements.length)
  for (let i = 0; i < elements.length; i++) numbers[i] = exactNumber(elements[i]!, type, place)
  return numbers
}

function exactNumber(integer: bigint, type: ElementType, place: string): number {
  const number = Number(integer)
  if (Number.isSafeInteger(number) || BigInt(number) === integer) return number
  throw new VolumeError(
    'data',
    `${place} holds ${integer}, but integers of ${type} are exact only up to 2^53 here. Scale ` +
      'the array, or convert it to float64.',
  )
}

function floatsOfHalves(bits: Uint16Array): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, each) => halfValue(each))
  const floats = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) floats[i] = halves[bits[i]!]!
  return floats
}

/** The value of each pattern of 16 bits, once a file of float16 was read. */
let halves: Float32Array | undefined

/** The number with these 16 bits: sign, exponent of 5 bits, 10 bits of mantissa. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const mantissa = bits & 0x3ff
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : Number.NaN
  return exponent === 0
    ? sign * mantissa * 2 ** -24
    : sign * (1024 + mantissa) * 2 ** (exponent - 25)
}

/** The bytes of a dense array, rounded to float16 if that is its type in the file. */
export function bytesOfSamples(samples: NdArray, dtype: DType): Uint8Array<ArrayBuffer> {
  if (dtype === 'float16') {
    const file = writeNpy(samples, { dtype })
    return file.subarray(readNpyHeader(file).byteOffset)
  }
  const { data, offset, shape } = samples
  const first = data.byteOffset + offset * data.BYTES_PER_ELEMENT
  const length = product(shape) * data.BYTES_PER_ELEMENT
  return new Uint8Array(data.buffer as ArrayBuffer, first, length)
}

/** The elements in the other byte order, in place. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  for (let first = 0; first < bytes.length; first += size)
    for (let low = first, high = first + size - 1; low < high; low++, high--) {
      const byte = bytes[low]!
      bytes[low] = bytes[high]!
      bytes[high] = byte
    }
}
