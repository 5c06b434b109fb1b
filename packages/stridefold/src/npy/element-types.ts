/**
 * Which element types of NumPy are read, and as which dtype? The table depends on the type alone,
 * never on the values. Types that have a typed array are read as they are. The others are converted
 * element by element, and every conversion is exact.
 */

import { OptionError } from '../errors.ts'
import type { DType, TypedArray } from '../ndarray/dtype.ts'
import { halfValue } from '../ndarray/half.ts'

/** Reads the element at byte `at`. `index` counts the elements, for messages. */
export type ElementReader = (
  from: DataView,
  at: number,
  littleEndian: boolean,
  index: number,
) => number

export interface ElementType {
  /** The size of an element in the file. */
  readonly bytes: 1 | 2 | 4 | 8
  readonly dtype: DType
  /** For types without a typed array of `dtype`: makes a reader. `name` is that of the file. */
  readonly reader?: (name: string) => ElementReader
}

/** By kind and size in bytes, as in `'<f4'`. */
export const elementTypes: Readonly<Record<string, ElementType>> = {
  f4: { bytes: 4, dtype: 'float32' },
  f8: { bytes: 8, dtype: 'float64' },
  i4: { bytes: 4, dtype: 'int32' },
  i2: { bytes: 2, dtype: 'int16' },
  i1: { bytes: 1, dtype: 'int8' },
  u1: { bytes: 1, dtype: 'uint8' },
  u2: { bytes: 2, dtype: 'uint16' },
  u4: {
    bytes: 4,
    dtype: 'float64',
    reader: () => (from, at, little) => from.getUint32(at, little),
  },
  i8: {
    bytes: 8,
    dtype: 'float64',
    reader: (name) => (from, at, little, index) =>
      exactNumber(from.getBigInt64(at, little), index, name),
  },
  u8: {
    bytes: 8,
    dtype: 'float64',
    reader: (name) => (from, at, little, index) =>
      exactNumber(from.getBigUint64(at, little), index, name),
  },
  f2: {
    bytes: 2,
    dtype: 'float32',
    reader: () => (from, at, little) => halfValue(from.getUint16(at, little)),
  },
  b1: { bytes: 1, dtype: 'uint8', reader: () => (from, at) => (from.getUint8(at) === 0 ? 0 : 1) },
}

/** The kind and the size of each dtype in a file. */
export const kindOf: Readonly<Record<DType, string>> = {
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
  int32: 'i4',
  int16: 'i2',
  int8: 'i1',
  uint8: 'u1',
  uint8c: 'u1',
  uint16: 'u2',
}

/** Whether this machine stores the low byte first. */
export const isLittleEndian: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** What to do in NumPy about types that no number can hold, by the kind of the type. */
const advice: Readonly<Record<string, string>> = {
  c: 'These are complex numbers. Save x.real, x.imag or np.abs(x).',
  f: "No number has this precision. Convert it with .astype('float64').",
  M: "These are dates. Convert them with .astype('int64').",
  m: "These are time differences. Convert them with .astype('int64').",
  O: 'These are Python objects. If they are numbers, convert them with .astype(np.float32).',
  S: 'These are strings. If they are numbers, convert them with .astype(np.float32).',
  U: 'These are strings. If they are numbers, convert them with .astype(np.float32).',
}

/** Splits a `descr` such as `'>f4'`. Throws `OptionError` (`DTYPE_UNKNOWN`) for other types. */
export function elementTypeOf(
  descr: string,
  name: string,
): ElementType & { readonly littleEndian: boolean } {
  const [, order, kind = ''] = /^([<>|=]?)(.*)$/.exec(descr) ?? []
  if (Object.hasOwn(elementTypes, kind))
    return {
      ...elementTypes[kind]!,
      littleEndian: order === '<' || (order !== '>' && isLittleEndian),
    }
  throw new OptionError(
    'DTYPE_UNKNOWN',
    `${name} has elements of type '${printable(descr)}'. Supported types: ` +
      `${Object.keys(elementTypes).join(', ')}. ` +
      (advice[kind.charAt(0)] ?? "Convert it, for example with .astype('float64')."),
  )
}

/** At most 40 characters. Those that could change a terminal are escaped. */
function printable(text: string): string {
  const escaped = text.slice(0, 40).replace(/[^ -~]/gu, (character) => {
    const code = character.codePointAt(0)!
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
  return text.length > 40 ? `${escaped}…` : escaped
}

function exactNumber(integer: bigint, index: number, name: string): number {
  const number = Number(integer)
  if (Number.isSafeInteger(number) || BigInt(number) === integer) return number
  throw new OptionError(
    'INTEGER_INEXACT',
    `${name}: element ${index} in file order is ${integer}, but integers are exact only up to ` +
      "2^53. Scale it, or convert it with .astype('float64').",
  )
}

/** The elements of a buffer in the other byte order, in place. */
export function swapBytes(elements: TypedArray): void {
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength)
  const size = elements.BYTES_PER_ELEMENT
  for (let first = 0; first < bytes.length; first += size)
    for (let low = first, high = first + size - 1; low < high; low++, high--) {
      const byte = bytes[low]!
      bytes[low] = bytes[high]!
      bytes[high] = byte
    }
}
