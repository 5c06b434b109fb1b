/**
 * How are elements copied from one strided view to another, possibly of another dtype?
 *
 * The axes are sorted by the strides of the target. Neighbouring axes that form one run in both
 * views are merged. Dense arrays, rows and blocks thus become a few long runs, which
 * `TypedArray.set` copies. A counter per axis loops over the remaining axes.
 */

import { OptionError } from '../errors.ts'
import { type DType, dtypes, roundHalfToEven } from './dtype.ts'
import { gcd } from './gcd.ts'
import { elementCount, memoryBounds } from './layout.ts'
import { allocateArray, type MemoryKind } from './memory.ts'
import { type NdArray, view } from './ndarray.ts'
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
export function contiguousCopy(x: NdArray, memory: MemoryKind = 'heap'): NdArray {
  const result = allocateArray(x.shape, x.dtype, memory)
  if (elementCount(x.shape) > 0) copyElements(x, result)
  if (x.untyped === undefined) return result
  const untyped = contiguousCopy(view(x.untyped, x.shape, { strides: x.strides, offset: x.offset }))
    .data as Float64Array
  return view(result.data, result.shape, { untyped, release: result.release })
}

/** One loop of a copy: its extent, and its strides in both views, in elements. */
interface Loop {
  readonly extent: number
  readonly from: number
  readonly to: number
}

function copyElements(from: NdArray, to: NdArray): void {
  const loops = mergedLoops(from, to)
  const copyRow = rowCopier(from, to, loops.pop() ?? { extent: 1, from: 0, to: 0 })
  const index = loops.map(() => 0)
  let source = from.offset
  let target = to.offset
  for (;;) {
    copyRow(source, target)
    let axis = loops.length - 1
    for (; axis >= 0; axis--) {
      const loop = loops[axis]!
      source += loop.from
      target += loop.to
      index[axis]! += 1
      if (index[axis]! < loop.extent) break
      index[axis] = 0
      source -= loop.from * loop.extent
      target -= loop.to * loop.extent
    }
    if (axis < 0) return
  }
}

/**
 * A loop for each axis of extent > 1, the longest stride of the target first. Two axes that form
 * one run in both views become one loop.
 */
function mergedLoops(from: NdArray, to: NdArray): Loop[] {
  const loops = to.shape
    .map((extent, axis): Loop => ({ extent, from: from.strides[axis]!, to: to.strides[axis]! }))
    .filter(({ extent }) => extent > 1)
    .sort((a, b) => Math.abs(b.to) - Math.abs(a.to))
  const merged: Loop[] = []
  for (const loop of loops) {
    const outer = merged.at(-1)
    const isOneRun =
      outer !== undefined &&
      outer.from === loop.from * loop.extent &&
      outer.to === loop.to * loop.extent
    if (isOneRun) merged[merged.length - 1] = { ...loop, extent: loop.extent * outer.extent }
    else merged.push(loop)
  }
  return merged
}

// For fewer elements a loop is faster: subarray().set() creates two typed arrays.
const minSetElements = 16

function rowCopier(
  from: NdArray,
  to: NdArray,
  row: Loop,
): (source: number, target: number) => void {
  const { extent, from: readStride, to: writeStride } = row
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
  if (a.data.buffer !== b.data.buffer || elementCount(a.shape) === 0 || elementCount(b.shape) === 0)
    return false
  const left = byteLayout(a)
  const right = byteLayout(b)
  const strides = [...left.axes, ...right.axes].map(({ stride }) => stride)
  return [Number.POSITIVE_INFINITY, ...strides].every((min) => mayMeet(left, right, min))
}

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
  const remainder = ((distance % divisor) + divisor) % divisor
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
