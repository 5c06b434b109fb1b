/**
 * Reads and writes the .npy format of NumPy: a header in Python syntax, then the elements of one
 * array.
 *
 *   \x93NUMPY  major minor  length  {'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n  …
 *
 * Versions 1 to 3 differ in the width of `length` and in the encoding of the header. Column-major
 * arrays are read as strides, without a copy.
 */

import { inputError } from './failure.ts'
import { columnMajorStrides, elementCount, rowMajorStrides } from './layout.ts'
import { printable } from './printable.ts'

export type NpyElements =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint16Array

/** A strided array; strides in elements. */
export interface NpyArray {
  readonly data: NpyElements
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: 0
  /** Bytes of the file after the array. */
  readonly trailingBytes: number
}

interface ElementType {
  readonly bytes: number
  /**
   * The elements of a buffer in the byte order of this machine. `name` is the file name, for
   * messages.
   */
  readonly from: (buffer: ArrayBuffer, name: string) => NpyElements
}

const elementTypes: Readonly<Record<string, ElementType>> = {
  f4: { bytes: 4, from: (buffer) => new Float32Array(buffer) },
  f8: { bytes: 8, from: (buffer) => new Float64Array(buffer) },
  i4: { bytes: 4, from: (buffer) => new Int32Array(buffer) },
  i2: { bytes: 2, from: (buffer) => new Int16Array(buffer) },
  i1: { bytes: 1, from: (buffer) => new Int8Array(buffer) },
  u1: { bytes: 1, from: (buffer) => new Uint8Array(buffer) },
  u2: { bytes: 2, from: (buffer) => new Uint16Array(buffer) },
  u4: { bytes: 4, from: (buffer) => Float64Array.from(new Uint32Array(buffer)) },
  i8: { bytes: 8, from: (buffer, name) => exactDoubles(new BigInt64Array(buffer), name) },
  u8: { bytes: 8, from: (buffer, name) => exactDoubles(new BigUint64Array(buffer), name) },
  f2: { bytes: 2, from: (buffer) => Float32Array.from(new Uint16Array(buffer), halfFloat) },
  b1: { bytes: 1, from: (buffer) => new Uint8Array(buffer).map((byte) => (byte === 0 ? 0 : 1)) },
}

const maxExact = 2n ** 53n

/** 64-bit integers as doubles, which are exact up to 2⁵³. */
function exactDoubles(integers: BigInt64Array | BigUint64Array, name: string): Float64Array {
  const doubles = new Float64Array(integers.length)
  for (let i = 0; i < integers.length; i++) {
    const integer = integers[i]!
    if (integer > maxExact || integer < -maxExact) {
      throw inputError(
        `${name}: element ${i} in file order is ${integer}, but integers are exact only up to ` +
          "2^53. Scale it, or convert it with .astype('float64').",
      )
    }
    doubles[i] = Number(integer)
  }
  return doubles
}

/** sign · exponent (5) · fraction (10), as in IEEE 754 */
function halfFloat(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

const maxAxes = 64
const maxExtent = 2 ** 31 - 1

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * The array in a .npy file. `name` is the file name, for messages. Throws for unsupported element
 * types and truncated files.
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6] ?? 0
  if (bytes.length < 12 || version < 1 || version > 3)
    throw inputError(`${name} is not a .npy file of version 1 to 3.`)
  const start = version === 1 ? 10 : 12
  const body = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  const line = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    bytes.subarray(start, body),
  )
  const { descr, fortran, shape } = parseHeader(line, name)
  const [, order, kind = ''] = /^([<>|=])(\w+)$/.exec(descr) ?? []
  const type = elementTypes[kind]
  if (!type) {
    const typeNames = Object.keys(elementTypes).join(', ')
    throw inputError(
      `${name} has elements of type '${printable(descr)}'. Supported types: ${typeNames}. ` +
        "Convert it, for example with .astype('float64').",
    )
  }
  if (shape.length > maxAxes)
    throw inputError(
      `${name} has ${shape.length} axes: arrays with at most ${maxAxes} axes are supported.`,
    )
  // An extent of 0 makes any other extent free, until something is computed.
  if (shape.some((extent) => extent > maxExtent))
    throw inputError(
      `${name} has shape (${shape.join(', ')}): extents up to ${maxExtent} are supported.`,
    )
  const count = elementCount(shape)
  if (bytes.length < body + count * type.bytes) {
    throw inputError(
      `${name} is cut off: shape (${shape.join(', ')}) of '${descr}' takes ` +
        `${count * type.bytes} bytes, but the file has ${Math.max(0, bytes.length - body)}.`,
    )
  }
  const copy = new Uint8Array(count * type.bytes)
  copy.set(bytes.subarray(body, body + copy.length))
  if (type.bytes > 1 && (order === '<' || order === '>') && (order === '<') !== isLittleEndian)
    swapBytes(copy, type.bytes)
  const strides = fortran ? columnMajorStrides(shape) : rowMajorStrides(shape)
  return {
    data: type.from(copy.buffer, name),
    shape,
    strides,
    offset: 0,
    trailingBytes: bytes.length - body - copy.length,
  }
}

function parseHeader(
  line: string,
  name: string,
): { readonly descr: string; readonly fortran: boolean; readonly shape: readonly number[] } {
  const descr = /(['"])descr\1\s*:\s*(?:u?(['"])([^'"]*)\2|\[)/.exec(line)
  const fortran = /(['"])fortran_order\1\s*:\s*(True|False)/.exec(line)?.[2]
  const extents = /(['"])shape\1\s*:\s*\(([^()]*)\)/.exec(line)?.[2]
  const words = extents?.replace(/,\s*$/, '').split(',') ?? []
  const shape =
    extents?.trim() === ''
      ? []
      : words.map((word) => (/^\s*\d+L?\s*$/.test(word) ? Number.parseInt(word, 10) : Number.NaN))
  if (
    descr === null ||
    fortran === undefined ||
    extents === undefined ||
    !shape.every(Number.isSafeInteger)
  )
    throw inputError(`${name} is damaged: its header does not describe an array.`)
  if (descr[3] === undefined)
    throw inputError(`${name} has records: a file of plain numbers is needed.`)
  return { descr: descr[3], fortran: fortran === 'True', shape }
}

function swapBytes(bytes: Uint8Array<ArrayBuffer>, size: number): void {
  const all = Buffer.from(bytes.buffer)
  if (size === 2) all.swap16()
  else if (size === 4) all.swap32()
  else all.swap64()
}

/** A .npy file (version 1.0) of a dense, row-major array. */
export function writeNpy(data: NpyElements, shape: readonly number[]): Uint8Array {
  const kind = data.constructor.name.replace(
    /^(Float|Int|Uint)(\d+)Array$/,
    (_, word, bits) => `${word[0].toLowerCase()}${bits / 8}`,
  )
  const descr = data.BYTES_PER_ELEMENT === 1 ? `|${kind}` : `${isLittleEndian ? '<' : '>'}${kind}`
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const line = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${extents}), }`
  // The elements start at a multiple of 64 bytes, as NumPy writes them.
  const length = Math.ceil((10 + line.length + 1) / 64) * 64 - 10
  const header = Buffer.from(`\x93NUMPY\x01\x00\0\0${line.padEnd(length - 1)}\n`, 'latin1')
  header.writeUInt16LE(length, 8)
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}
