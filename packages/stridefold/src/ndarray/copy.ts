/**
 * How are elements copied from one strided view to another, possibly of another dtype?
 *
 * The axes are sorted by the strides of the target. Neighbouring axes that form one run in both
 * views are merged. Dense arrays, rows and blocks thus become a few long runs, which
 * `TypedArray.set` copies. An odometer runs through the remaining axes.
 */

import { OptionError } from '../errors.ts'
import { deviceBlockOf, readable } from './allocations.ts'
import { type DType, dtypes, type TypedArray } from './dtype.ts'
import { gcd } from './gcd.ts'
import { elementCount, memoryBounds } from './layout.ts'
import { axisLoops, mergeLoops, Odometer, type StridedLoop, sortedByStride } from './loops.ts'
import { allocateArray, type MemoryKind, uploaded } from './memory.ts'
import { modulo } from './modulo.ts'
import { type NdArray, view } from './ndarray.ts'
import { roundHalfToEven } from './rounding.ts'
import { promoteUntyped } from './untyped.ts'

/**
 * Writes each element of `from` to the same index of `to`. If `to` has an integer dtype, values
 * round half to even and saturate, and NaN becomes 0 (see `toDType`). The views may overlap: the
 * result is the same as with a copy of `from`.
 *
 * Throws `OptionError` if the shapes differ (`SHAPE_MISMATCH`) or `to` is read-only (`READ_ONLY`).
 * Costs one pass over the elements, two if the views overlap.
 *
 * @example copy(slice(image, null, null, 0), red)
 */
export function copy(from: NdArray, to: NdArray): void {
  if (
    from.shape.length !== to.shape.length ||
    from.shape.some((extent, axis) => extent !== to.shape[axis])
  ) {
    throw new OptionError(
      'SHAPE_MISMATCH',
      `an array of shape [${from.shape}] cannot be copied to one of shape [${to.shape}]: ` +
        'the shapes must be equal.',
    )
  }
  if (!to.writable)
    throw new OptionError(
      'READ_ONLY',
      'the array to copy to is a read-only view. Copy to an array of its own memory.',
    )
  if (elementCount(to.shape) === 0) return
  const source = to.dtype === 'float64' ? promoteUntyped(from, 'float64') : from
  copyElements(overlaps(source, to) ? contiguousCopy(source) : source, to)
}

/** A row-major copy of the same dtype, in new memory. A weakly typed array stays weakly typed. */
export function contiguousCopy<D extends DType>(
  x: NdArray<D>,
  memory: MemoryKind = 'heap',
): NdArray<D> {
  if (memory === 'gpu') return uploaded(contiguousCopy(x))
  const result = allocateArray(x.shape, x.dtype, memory)
  if (elementCount(x.shape) > 0) copyElements(x, result)
  if (x.untyped === undefined) return result
  const numbers = view(x.untyped, x.shape, { strides: x.strides, offset: x.offset })
  const untyped = contiguousCopy(numbers).data as Float64Array
  return view<TypedArray>(result.data, result.shape, { untyped }) as NdArray as NdArray<D>
}

/** The loops of a copy have two strides each: that of the source, and that of the target. */
function copyElements(from: NdArray, to: NdArray): void {
  readable(from)
  readable(to)
  const loops = mergeLoops(sortedByStride(axisLoops(to.shape, from.strides, to.strides), 1))
  const copyRow = rowCopier(from, to, loops.pop() ?? once)
  const { extent, strides } = loops.pop() ?? once
  const readStride = strides[0]!
  const writeStride = strides[1]!
  const blocks = new Odometer(loops, [from.offset, to.offset])
  do {
    let source = blocks.at[0]!
    let target = blocks.at[1]!
    for (let i = 0; i < extent; i++) {
      copyRow(source, target)
      source += readStride
      target += writeStride
    }
  } while (blocks.next())
}

const once: StridedLoop = { extent: 1, strides: [0, 0] }

// For fewer elements a loop is faster: subarray().set() creates two typed arrays.
const minSetElements = 16

function rowCopier(
  from: NdArray,
  to: NdArray,
  { extent, strides }: StridedLoop,
): (source: number, target: number) => void {
  const readStride = strides[0]!
  const writeStride = strides[1]!
  const input = from.data
  const output = to.data
  if (!plainStoreConverts(from.dtype, to.dtype)) {
    const { min, max } = dtypes[to.dtype]
    // NaN passes both comparisons, and the typed array stores it as 0.
    return (source, target) => {
      for (let i = 0; i < extent; i++) {
        const value = input[source + i * readStride]!
        const clamped = value < min ? min : value > max ? max : value
        output[target + i * writeStride] = roundHalfToEven(clamped)
      }
    }
  }
  if (readStride === 1 && writeStride === 1 && extent >= minSetElements) {
    return (source, target) => output.set(input.subarray(source, source + extent), target)
  }
  return (source, target) => {
    for (let i = 0; i < extent; i++)
      output[target + i * writeStride] = input[source + i * readStride]!
  }
}

/**
 * Whether storing a value in the typed array converts it as `toDType` does. True for floats and
 * clamped bytes, and for other integer types if they hold every value of the source type.
 */
function plainStoreConverts(from: DType, to: DType): boolean {
  const target = dtypes[to]
  const source = dtypes[from]
  return (
    !target.integer ||
    to === 'uint8c' ||
    (source.integer && source.min >= target.min && source.max <= target.max)
  )
}

/** The bytes of a view in its buffer. */
interface ByteLayout {
  /** The offset of the lowest element. */
  readonly first: number
  /** The size of one element. */
  readonly bytes: number
  /** For each axis of extent > 1: its stride, and the distance from its first to its last index. */
  readonly axes: readonly { readonly stride: number; readonly span: number }[]
}

/**
 * Whether two arrays may share a byte. False is certain. True may be wrong for views that
 * interleave in unusual ways. The result is exact for halves and quarters of an image, for
 * channels, and for every other row or column.
 *
 * The method: take all addresses modulo a common divisor of the strides of the longest axes. These
 * axes then add 0, and the other axes of each view span one interval. The views are separate if the
 * two intervals do not meet.
 */
export function overlaps(a: NdArray, b: NdArray): boolean {
  if (bufferOf(a) !== bufferOf(b) || elementCount(a.shape) === 0 || elementCount(b.shape) === 0)
    return false
  const left = byteLayout(a)
  const right = byteLayout(b)
  const strides = [...left.axes, ...right.axes].map(({ stride }) => stride)
  return [Number.POSITIVE_INFINITY, ...strides].every((min) => mayMeet(left, right, min))
}

/** What holds the elements. The typed arrays of arrays on the GPU have none. */
const bufferOf = (x: NdArray): object => deviceBlockOf(x)?.buffer ?? x.data.buffer

/**
 * Whether the intervals meet, modulo the common divisor of all strides ≥ `minStride`. Without such
 * a stride, compares the intervals as they are.
 */
function mayMeet(a: ByteLayout, b: ByteLayout, minStride: number): boolean {
  const divisor = [...a.axes, ...b.axes]
    .filter(({ stride }) => stride >= minStride)
    .reduce((common, { stride }) => gcd(common, stride), 0)
  const length = ({ axes, bytes }: ByteLayout): number =>
    axes.reduce((sum, { stride, span }) => (stride < minStride ? sum + span : sum), bytes)
  const distance = b.first - a.first
  if (divisor === 0) return distance < length(a) && -distance < length(b)
  const remainder = modulo(distance, divisor)
  return remainder < length(a) || divisor - remainder < length(b)
}

function byteLayout(x: NdArray): ByteLayout {
  const { bytes } = dtypes[x.dtype]
  const [first] = memoryBounds(x.shape, x.strides, x.offset)
  const axes = x.shape.map((extent, axis) => {
    const stride = Math.abs(x.strides[axis]!) * bytes
    return { stride, span: stride * (extent - 1) }
  })
  return {
    first: x.data.byteOffset + first * bytes,
    bytes,
    axes: axes.filter(({ span }) => span > 0),
  }
}
