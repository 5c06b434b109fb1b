/**
 * What is in a file of NumPy? A .npy file has a header in Python syntax, then the elements of one
 * array. Versions 1 to 3 differ in the width of `length` and in the encoding of the header.
 *
 *   \x93NUMPY  major minor  length  {'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n  …
 *
 * The format: NEP 1, and the documentation of numpy.lib.format. Nothing in a file is trusted: the
 * parser takes one step per entry, and accepts these three keys only.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from '../ndarray/describe-value.ts'
import { dtypeOf } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import { maxAxes } from '../ndarray/ndarray.ts'
import { elementTypeOf } from './element-types.ts'

/** What a .npy file says about its array. */
export interface NpyHeader {
  /** The version of the format: 1, 2 or 3. */
  readonly version: number
  /** The element type as NumPy writes it, such as `'<f4'`: byte order, kind, bytes. */
  readonly descr: string
  /** Whether the first axis is contiguous, instead of the last. */
  readonly fortranOrder: boolean
  /** The extent of each axis. */
  readonly shape: readonly number[]
  /** Where the elements begin, in bytes from the start of the file. */
  readonly byteOffset: number
  /** The size of all elements, in bytes. */
  readonly byteLength: number
}

/**
 * Returns what the header of a .npy file says: the element type, the shape, and where the elements
 * lie. Use it to look at a file before you read it, or to read one of several arrays in a file. The
 * elements need not be there: the first kilobyte of a file is nearly always enough.
 *
 * - `bytes`: the file, or its beginning.
 * - `name`: the name of the file in error messages. Default `'the .npy file'`.
 *
 * Throws `OptionError`: `NPY_INVALID` for bytes that are not a .npy file of version 1 to 3, and for
 * damaged headers; `NPY_LENGTH_MISMATCH` if the header is cut off; `DTYPE_UNKNOWN` for types that
 * `readNpy` does not read; `DATA_INVALID` for values that are not bytes. Headers up to 1 MiB are
 * read. Takes some microseconds.
 *
 * @example
 * readNpyHeader(writeNpy([[1, 2], [3, 4]])).shape // [2, 2]
 */
export function readNpyHeader(
  bytes: Uint8Array | ArrayBufferLike,
  name = 'the .npy file',
): NpyHeader {
  const file = bytesOf(bytes, name)
  const version = file[6] ?? 0
  const start = version === 1 ? 10 : 12
  if (
    file.length < start ||
    !magic.every((byte, i) => file[i] === byte) ||
    version < 1 ||
    version > 3
  )
    throw new OptionError('NPY_INVALID', `${name} ${wrongStart(file)}`)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > maxHeaderBytes)
    throw new OptionError(
      'NPY_INVALID',
      `${name} is damaged: its header takes ${length} bytes, and at most ${maxHeaderBytes} are ` +
        'supported.',
    )
  const byteOffset = start + length
  if (file.length < byteOffset)
    throw new OptionError(
      'NPY_LENGTH_MISMATCH',
      `${name} is cut off: its header takes ${byteOffset} bytes, but the file has ` +
        `${file.length}. Copy it again, or save it again with np.save.`,
    )
  // A copy, because a decoder takes no shared memory.
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    file.slice(start, byteOffset),
  )
  const { descr, fortranOrder, shape } = parseHeader(text, name)
  const { bytes: size } = elementTypeOf(descr, name)
  checkShape(shape, name)
  const byteLength = elementCount(shape) * size
  return { version, descr, fortranOrder, shape, byteOffset, byteLength }
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** A header of 64 axes takes about 1 kB. The text of a longer one could not be held. */
const maxHeaderBytes = 2 ** 20

/** Why the first bytes of a file are not those of a .npy file, and what to do. */
const wrongStart = (file: Uint8Array): string =>
  file[0] === 0x50 && file[1] === 0x4b
    ? 'is a .npz archive of several arrays. Take a .npy file out of it, or save one array with ' +
      'np.save.'
    : 'does not begin as a .npy file of version 1 to 3 does. Save the array with np.save.'

/** The bytes of a file, without a copy. A detached buffer has none. */
export function bytesOf(bytes: unknown, name: string): Uint8Array {
  if (dtypeOf(bytes) === 'uint8') return bytes as Uint8Array
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(bytes))) {
    const buffer = bytes as ArrayBufferLike
    return buffer.byteLength === 0 ? new Uint8Array(0) : new Uint8Array(buffer)
  }
  throw new OptionError(
    'DATA_INVALID',
    `${name} is ${describeValue(bytes)}: a Uint8Array or an ArrayBuffer is needed. Read the file ` +
      'as bytes, not as text.',
  )
}

/** The shape as NumPy prints it. */
export const shapeText = (shape: readonly number[]): string =>
  `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

// A value is a string, a truth value or a tuple of extents. Each part begins with another
// character, so a match takes one step per character.
const keyPart = /u?(['"])(descr|fortran_order|shape)\1\s*:\s*/y
const valuePart = /(?:u?(['"])([^'"\\\n]*)\1|(True|False)|\(([\d,L\s]*)\))\s*(?:,\s*|(?=\}))/y

function matchAt(pattern: RegExp, text: string, at: number): readonly (string | undefined)[] {
  pattern.lastIndex = at
  return pattern.exec(text) ?? []
}

/** Parses the literal of a Python dictionary that has just the three keys of the format. */
function parseHeader(
  text: string,
  name: string,
): Pick<NpyHeader, 'descr' | 'fortranOrder' | 'shape'> {
  const found = new Map<string, string>()
  let at = /^\s*\{\s*/.exec(text)?.[0].length ?? text.length
  while (at < text.length && text[at] !== '}') {
    const [start = '', , key = ''] = matchAt(keyPart, text, at)
    at += start.length
    if (key === 'descr' && (text[at] === '[' || text[at] === '(')) throw recordsError(name)
    const [whole = '', , word, truth, extents] = matchAt(valuePart, text, at)
    const value = key === 'descr' ? word : key === 'shape' ? extents : truth
    if (key === '' || value === undefined || found.has(key)) throw damagedError(name)
    found.set(key, value)
    at += whole.length
  }
  const shape = extentsIn(found.get('shape') ?? '?')
  if (text[at] !== '}' || text.slice(at + 1).trim() !== '' || found.size < 3 || shape === undefined)
    throw damagedError(name)
  return { descr: found.get('descr')!, fortranOrder: found.get('fortran_order') === 'True', shape }
}

function damagedError(name: string): OptionError {
  return new OptionError(
    'NPY_INVALID',
    `${name} is damaged: its header does not describe an array. Copy it again, or save it ` +
      'again with np.save.',
  )
}

function recordsError(name: string): OptionError {
  return new OptionError(
    'DTYPE_UNKNOWN',
    `${name} has records: a file of plain numbers is needed. Save one field, such as ` +
      "x['field'].astype(np.float32).",
  )
}

/** The extents of a tuple such as `2, 3` or `2L,`; undefined if it is none. */
function extentsIn(tuple: string): readonly number[] | undefined {
  if (tuple.trim() === '') return []
  const words = tuple.replace(/,\s*$/, '').split(',')
  return words.every((word) => /^\s*\d+L?\s*$/.test(word))
    ? words.map((word) => Number.parseInt(word, 10))
    : undefined
}

function checkShape(shape: readonly number[], name: string): void {
  if (shape.length > maxAxes)
    throw new OptionError(
      'NPY_INVALID',
      `${name} has ${shape.length} axes: arrays with at most ${maxAxes} axes are supported.`,
    )
  // As in every array, an extent of 0 counts as 1: strides are products of the other extents.
  const count = shape.reduce((product, extent) => product * Math.max(extent, 1), 1)
  if (count > Number.MAX_SAFE_INTEGER)
    throw new OptionError(
      'NPY_INVALID',
      `${name} has shape ${shapeText(shape)}: its elements are too many to count (2^53).`,
    )
}
