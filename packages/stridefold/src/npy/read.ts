/**
 * The array in a .npy file. Elements that a typed array can hold stay where they are, if the byte
 * order and the alignment permit it. All others are converted into a new array.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from '../ndarray/describe-value.ts'
import { type DType, dtypes, type TypedArray } from '../ndarray/dtype.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import { allocateArray } from '../ndarray/memory.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { validateOptions } from '../ndarray/options.ts'
import { type ElementReader, elementTypeOf, isLittleEndian, swapBytes } from './element-types.ts'
import { bytesOf, readNpyHeader, shapeText } from './header.ts'

/** Options of `readNpy`. */
export interface ReadNpyOptions<D extends 'float16' | undefined = 'float16' | undefined> {
  /** The name of the file in error messages. Default `'the .npy file'`. */
  readonly name?: string
  /**
   * `'float16'`: a file of float16 stays one, in engines with Float16Array. Default: it becomes
   * float32.
   */
  readonly dtype?: D
}

/**
 * Returns the array in a .npy file, as `numpy.save` writes it: versions 1.0, 2.0 and 3.0 of the
 * format, both byte orders, C and Fortran order, any rank up to 64. The dtype of the array depends
 * on the element type of the file alone:
 *
 * - float32, float64, int8, int16, int32, uint8, uint16: the same.
 * - float16: `'float32'`, exactly; `'float16'` if `dtype` says so.
 * - uint32: `'float64'`, exactly.
 * - int64, uint64: `'float64'`. Throws for a value that is not exact there (only above 2⁵³).
 * - bool: `'uint8'`, with 0 and 1.
 *
 * Arguments:
 *
 * - `bytes`: the whole file, with one array in it. See `readNpyHeader` for files with several.
 * - `options`: name and dtype, which `ReadNpyOptions` describes; or the name alone.
 *
 * A file in Fortran order gives strides in that order; `contiguous(x)` rearranges the elements. The
 * array shares memory with `bytes` if the dtype is the same, the file has the byte order of this
 * machine, and the elements are aligned (files of NumPy are, at the start of a buffer). Changes of
 * one then show in the other. In all other cases the elements are copied.
 *
 * Throws `OptionError`: `NPY_INVALID` for other files and damaged headers, `NPY_LENGTH_MISMATCH`
 * for too few or too many bytes, `DTYPE_UNKNOWN` for complex numbers, strings, dates, objects and
 * records, `INTEGER_INEXACT` for the first 64-bit integer that is not exact, `DATA_INVALID` for
 * values that are not bytes, `DTYPE_MISMATCH` if `dtype` is not that of the file. Throws
 * `UnavailableError` if a copy does not fit (`OUT_OF_MEMORY`), and for `dtype: 'float16'` in an
 * engine without Float16Array (`NO_FLOAT16`).
 *
 * Cost: microseconds without a copy, one pass over the elements with one. Source: NEP 1 and
 * numpy.lib.format.
 *
 * @example
 * readNpy(writeNpy([[1, 2], [3, 4]])) // [[1, 2], [3, 4]]
 */
export function readNpy<D extends 'float16' | undefined = undefined>(
  bytes: Uint8Array | ArrayBufferLike,
  options: string | ReadNpyOptions<D> = {},
): NdArray<D extends 'float16' ? 'float16' : DType> {
  const { name = 'the .npy file', dtype: asked } =
    typeof options === 'string'
      ? { name: options }
      : validateOptions('readNpy', options, ['name', 'dtype'])
  const file = bytesOf(bytes, name)
  const { descr, fortranOrder, shape, byteOffset, byteLength } = readNpyHeader(file, name)
  const given = file.length - byteOffset
  const needed = `shape ${shapeText(shape)} of '${descr}' takes ${byteLength} bytes`
  if (given < byteLength)
    throw new OptionError(
      'NPY_LENGTH_MISMATCH',
      `${name} is cut off: ${needed}, but the file has ${given}. Copy it again, or save it again ` +
        'with np.save.',
    )
  if (given > byteLength)
    throw new OptionError(
      'NPY_LENGTH_MISMATCH',
      `${name} is too long: ${needed}, but the file has ${given}. Read one array of it with ` +
        `bytes.subarray(0, ${byteOffset + byteLength}).`,
    )
  const { bytes: size, dtype, reader, littleEndian } = elementTypeIn(descr, name, asked)
  const elements = file.subarray(byteOffset)
  const data =
    reader === undefined
      ? asTyped(elements, dtype, size === 1 || littleEndian === isLittleEndian)
      : converted(elements, size, dtype, littleEndian, reader(name))
  const strides = fortranOrder
    ? rowMajorStrides(shape.toReversed()).reverse()
    : rowMajorStrides(shape)
  // The types are those of the table, or float16 where it was asked for.
  return view(data, shape, { strides }) as NdArray as NdArray<
    D extends 'float16' ? 'float16' : DType
  >
}

/** The type of the elements, as the caller asked for it. */
function elementTypeIn(
  descr: string,
  name: string,
  asked: unknown,
): ReturnType<typeof elementTypeOf> {
  const type = elementTypeOf(descr, name)
  if (asked === undefined) return type
  if (asked !== 'float16')
    throw new OptionError(
      'OPTION_INVALID',
      `readNpy: dtype is ${describeValue(asked)}. Only 'float16' can be asked for.`,
    )
  if (!/f2$/.test(descr))
    throw new OptionError(
      'DTYPE_MISMATCH',
      `${name} has elements of type '${descr}', and dtype: 'float16' keeps those of float16 as ` +
        'they are. Leave dtype out.',
    )
  const { bytes, littleEndian } = type
  return { bytes, littleEndian, dtype: 'float16' }
}

/** The elements as a typed array: the same memory where it can be, else a copy. */
function asTyped(elements: Uint8Array, dtype: DType, nativeOrder: boolean): TypedArray {
  const { bytes, create } = dtypes[dtype]
  const count = elements.length / bytes
  if (nativeOrder && elements.byteOffset % bytes === 0)
    return create(elements.buffer, elements.byteOffset, count)
  const { data } = allocateArray([count], dtype)
  new Uint8Array(data.buffer).set(elements)
  if (!nativeOrder) swapBytes(data)
  return data
}

function converted(
  elements: Uint8Array,
  size: number,
  dtype: DType,
  littleEndian: boolean,
  element: ElementReader,
): TypedArray {
  const from = new DataView(elements.buffer, elements.byteOffset, elements.byteLength)
  const count = elements.length / size
  const { data } = allocateArray([count], dtype)
  for (let i = 0; i < count; i++) data[i] = element(from, i * size, littleEndian, i)
  return data
}
