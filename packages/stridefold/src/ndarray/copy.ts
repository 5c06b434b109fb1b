/**
 * How do elements get from one strided view to another, of another dtype perhaps?
 *
 * Axes are ordered as the target lies in memory and neighbours that form one run in both views are
 * merged, so that dense arrays, rows and blocks become few long runs for `TypedArray.set`; an
 * odometer over what is left does the rest.
 */

import { OptionError } from '../errors.ts'
import { type DType, dtypes, roundHalfToEven } from './dtype.ts'
import { elementCount, memoryBounds } from './layout.ts'
import { allocateArray, type MemoryKind } from './memory.ts'
import { type NdArray, view } from './ndarray.ts'
import { promoteUntyped } from './untyped.ts'

/**
 * Writes every element of `from` to the same index of `to`. Integers round half to even and
 * saturate, NaN becomes 0 (see `toDType`). The two may overlap: the result is as if `from` had been
 * copied aside first.
 *
 * Throws `OptionError` where the shapes differ or `to` is read-only. Costs one pass; a second one
 * where the views overlap.
 *
 * @example copy(slice(picture, null, null, 0), red)
 */
export function copy(from: NdArray, to: NdArray): void {
  if (
    from.shape.length !== to.shape.length ||
    from.shape.some((extent, axis) => extent !== to.shape[axis])
  ) {
    throw new OptionError(
      'SHAPE_MISMATCH',
      `an array of shape [${from.shape}] cannot be copied to one of shape [${to.shape}]: ` +
        'they must agree.',
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

/** A row-major copy with memory of its own, of the same dtype. */
export function contiguousCopy(x: NdArray, memory: MemoryKind = 'heap'): NdArray {
  const result = allocateArray(x.shape, x.dtype, memory)
  if (elementCount(x.shape) > 0) copyElements(x, result)
  if (x.untyped === undefined) return result
  const untyped = contiguousCopy(view(x.untyped, x.shape, { strides: x.strides, offset: x.offset }))
    .data as Float64Array
  return view(result.data, result.shape, { untyped, release: result.release })
}

/** One axis of the walk: steps in elements of each side. */
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
 * Axes of extent > 1, the target's longest step first; two that make one run in both views are one.
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

// Below this many elements a loop beats the two views that subarray().set() makes.
const shortRow = 16

function rowCopier(
  from: NdArray,
  to: NdArray,
  row: Loop,
): (source: number, target: number) => void {
  const { extent, from: read, to: write } = row
  const input = from.data
  const output = to.data
  if (!storesAsAsked(from.dtype, to.dtype)) {
    const { min, max } = dtypes[to.dtype]
    // A NaN goes through all of this and is stored as 0.
    return (source, target) => {
      for (let i = 0; i < extent; i++) {
        const value = input[source + i * read]!
        output[target + i * write] = roundHalfToEven(value < min ? min : value > max ? max : value)
      }
    }
  }
  if (read === 1 && write === 1 && extent >= shortRow) {
    return (source, target) => output.set(input.subarray(source, source + extent), target)
  }
  return (source, target) => {
    for (let i = 0; i < extent; i++) output[target + i * write] = input[source + i * read]!
  }
}

/**
 * Whether a plain store converts as `toDType` does: floats and the clamped bytes do, other integers
 * where every value fits.
 */
function storesAsAsked(from: DType, to: DType): boolean {
  const target = dtypes[to]
  const source = dtypes[from]
  return (
    !target.integer ||
    to === 'uint8c' ||
    (source.integer && source.min >= target.min && source.max <= target.max)
  )
}

interface Steps {
  /** Byte of the lowest element, in the buffer. */
  readonly first: number
  readonly bytes: number
  /**
   * Of each axis with more than one place: the bytes from one to the next, and from the first to
   * the last.
   */
  readonly axes: readonly { readonly stride: number; readonly span: number }[]
}

/**
 * Whether two arrays may have a byte in common. A no is certain; a yes may be wrong for views that
 * interleave in unusual ways. Halves and quarters of a picture, channels, and every other row or
 * column are told apart.
 *
 * The trick: modulo a common step of both views' longest axes, those axes stand still, and what the
 * others reach is an interval on a circle.
 */
export function overlaps(a: NdArray, b: NdArray): boolean {
  if (a.data.buffer !== b.data.buffer || elementCount(a.shape) === 0 || elementCount(b.shape) === 0)
    return false
  const left = byteSteps(a)
  const right = byteSteps(b)
  const distances = [...left.axes, ...right.axes].map(({ stride }) => stride)
  return [Number.POSITIVE_INFINITY, ...distances].every((longest) => mayMeet(left, right, longest))
}

/**
 * The test on the circle for the axes whose step is at least `longest`; none of them: on the line.
 */
function mayMeet(a: Steps, b: Steps, longest: number): boolean {
  const circle = [...a.axes, ...b.axes]
    .filter(({ stride }) => stride >= longest)
    .reduce((divisor, { stride }) => gcd(divisor, stride), 0)
  const length = ({ axes, bytes }: Steps): number =>
    axes.reduce((sum, { stride, span }) => (stride < longest ? sum + span : sum), bytes)
  const ahead = b.first - a.first
  if (circle === 0) return ahead < length(a) && -ahead < length(b)
  const turned = ((ahead % circle) + circle) % circle
  return turned < length(a) || circle - turned < length(b)
}

function byteSteps(x: NdArray): Steps {
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

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
