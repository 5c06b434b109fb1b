/**
 * A .npy file of an array, byte for byte as `numpy.save` writes it.
 */

import { OptionError, UnavailableError } from '../errors.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { describeValue } from '../ndarray/describe-value.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { halfBits } from '../ndarray/half.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { elementCount, isContiguous } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { validateOptions } from '../ndarray/options.ts'
import { promoteUntyped } from '../ndarray/untyped.ts'
import { isLittleEndian, kindOf } from './element-types.ts'
import { shapeText } from './header.ts'

/** Bytes in an ArrayBuffer, which a Blob accepts. TypeScript 5.4 has no shorter name for it. */
export type Bytes = ReturnType<typeof Uint8Array.of>

/** Options of `writeNpy`. */
export interface WriteNpyOptions {
  /**
   * `'float16'`: elements are rounded to float16, half to even, which halves the file of a float32
   * array. Numbers from 65520 on become infinite, as in NumPy. Works in every engine. Default: the
   * dtype of the array.
   */
  readonly dtype?: 'float16'
}

/**
 * Returns an array as the bytes of a .npy file, the same bytes as `numpy.save` writes for an array
 * in C order: version 1.0, elements in row-major order and in the byte order of this machine.
 *
 * - `array`: any array, with any strides. Its dtype is that of the file. `'uint8c'` is written as
 *   uint8. Nested numbers are float32, as everywhere; use a Float64Array to keep more digits.
 * - `options`: dtype, which `WriteNpyOptions` describes.
 *
 * Throws `OptionError` for values that are not arrays, with the codes of `asReadable`, and for
 * options that are not valid (`OPTION_INVALID`, `OPTION_UNKNOWN`). Throws `UnavailableError`
 * (`OUT_OF_MEMORY`) if the file is larger than the engine can hold. Copies the elements once, and
 * twice if they are not in row-major order. Source: NEP 1 and numpy.lib.format.
 *
 * @example
 * writeNpy([1, 2, 3]).length // 140
 * writeNpy([1, 2, 3], { dtype: 'float16' }).length // 134
 */
export function writeNpy(array: ArrayInput, options?: WriteNpyOptions): Bytes {
  const given = asReadable(array)
  const { dtype: asked } = validateOptions('writeNpy', options, ['dtype'])
  if (asked !== undefined && asked !== 'float16')
    throw new OptionError(
      'OPTION_INVALID',
      `writeNpy: dtype is ${describeValue(asked)}. Only 'float16' can be asked for. ` +
        'Otherwise the file has the dtype of the array.',
    )
  const dtype = asked ?? given.dtype
  // Numbers without a dtype are rounded once, not first to float32.
  const x = dtype === given.dtype ? given : promoteUntyped(given, 'float64')
  const header = headerOf(dtype, x.shape)
  const count = elementCount(x.shape)
  const dense = isContiguous(x.shape, x.strides) ? x : contiguousCopy(x)
  const byteLength = count * dtypes[dtype].bytes
  const file = allocate(header.length + byteLength)
  file.set(header)
  if (dtype !== x.dtype) {
    const halves = new Uint16Array(file.buffer, header.length, count)
    for (let i = 0; i < count; i++) halves[i] = halfBits(dense.data[dense.offset + i]!)
  } else if (count > 0) {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = dense.data
    const first = byteOffset + dense.offset * BYTES_PER_ELEMENT
    file.set(new Uint8Array(buffer, first, byteLength), header.length)
  }
  return file
}

// NumPy leaves room for an extent of this many digits, so that a file can grow in place.
const extentDigits = 21

/** Everything before the elements, which begin at a multiple of 64 bytes. */
function headerOf(dtype: DType, shape: NdArray['shape']): Uint8Array {
  const order = dtypes[dtype].bytes === 1 ? '|' : isLittleEndian ? '<' : '>'
  const dictionary =
    `{'descr': '${order}${kindOf[dtype]}', 'fortran_order': False, ` +
    `'shape': ${shapeText(shape)}, }`
  const spare = shape.length === 0 ? 0 : extentDigits - `${shape[0]}`.length
  // At least one space of padding follows, and a line feed: that is how NumPy counts.
  const total = (Math.floor((11 + dictionary.length + spare) / 64) + 1) * 64
  const text = `\x93NUMPY\x01\0\0\0${dictionary}`.padEnd(total - 1)
  const header = Uint8Array.from(`${text}\n`, (character) => character.charCodeAt(0))
  // 64 axes take about 1 kB, so the length fits in the two bytes of version 1.0.
  new DataView(header.buffer).setUint16(8, total - 10, true)
  return header
}

function allocate(length: number): Bytes {
  try {
    return new Uint8Array(length)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `writeNpy: a file of ${length} bytes is larger than this engine can hold.`,
      { cause },
    )
  }
}
