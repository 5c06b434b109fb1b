/**
 * Which views of an array need no copy? Slices, transposes, flips and many reshapes: each has the
 * same memory with another shape, other strides and another offset. Taking every s-th element
 * multiplies a stride by s. Going backwards negates it. A transpose permutes the strides.
 *
 * All functions also accept arrays of other libraries (interop.ts).
 */

import { OptionError } from '../errors.ts'
import { contiguousCopy } from './copy.ts'
import { describeValue, formatList, isArray } from './describe-value.ts'
import { type ArrayInput, asNdArray } from './interop.ts'
import { elementCount, isContiguous, rowMajorStrides } from './layout.ts'
import { type NdArray, validateShape, viewOf } from './ndarray.ts'

type Bound = number | null | undefined

/**
 * The part of one axis in a slice: an index, which removes the axis; `[start, stop, step]` as in
 * NumPy; or null for the whole axis.
 */
export type Range = number | null | undefined | readonly [start?: Bound, stop?: Bound, step?: Bound]

/**
 * Returns a part of an array, without a copy. As `x[1, ::2, -3:]` in NumPy.
 *
 * - `x`: any array. Writing to the result changes `x`.
 * - `ranges`: one per axis; the remaining axes are kept whole. A number selects one index and
 *   removes the axis. `[start, stop, step]` selects from start up to, not including, stop; each may
 *   be left out or null. Negative indices count from the end. A negative step goes backwards.
 *   Bounds outside the axis are clipped; an index outside throws.
 *
 * Throws `OptionError` for more ranges than axes (`RANGE_INVALID`), an index outside the axis
 * (`INDEX_OUT_OF_RANGE`), a step of 0, and numbers that are not whole (`RANGE_INVALID`). The cost
 * depends on the number of axes only.
 *
 * @example
 * const x = ndarray([[1, 2, 3], [4, 5, 6]])
 * slice(x, null, 0) // [1, 4]
 * slice(x, [null, null, -1], [1]) // [[5, 6], [2, 3]]
 */
export function slice(x: ArrayInput, ...ranges: readonly Range[]): NdArray {
  const array = asNdArray(x)
  if (ranges.length > array.shape.length) {
    throw new OptionError(
      'RANGE_INVALID',
      `shape [${array.shape}] has ${array.shape.length} axes, but ${ranges.length} ranges were ` +
        'passed. Pass at most one per axis.',
    )
  }
  const shape: number[] = []
  const strides: number[] = []
  let offset = array.offset
  array.shape.forEach((extent, axis) => {
    const range = ranges[axis] ?? []
    const stride = array.strides[axis]!
    if (typeof range === 'number') {
      offset += validateIndex(range, extent, axis) * stride
      return
    }
    const { start, count, step } = resolvedRange(range, extent, axis)
    shape.push(count)
    strides.push(stride * step)
    offset += start * stride
  })
  return viewOf(array, { shape, strides, offset })
}

function validateIndex(index: number, extent: number, axis: number): number {
  const fromStart = index < 0 ? index + extent : index
  if (Number.isInteger(index) && fromStart >= 0 && fromStart < extent) return fromStart
  const advice =
    extent === 0 ? 'It has no index.' : `Use a whole number from ${-extent} to ${extent - 1}.`
  throw new OptionError(
    'INDEX_OUT_OF_RANGE',
    `index ${index} is outside axis ${axis}, which has extent ${extent}. ${advice}`,
  )
}

function resolvedRange(
  range: readonly unknown[],
  extent: number,
  axis: number,
): { start: number; count: number; step: number } {
  if (!Array.isArray(range) || range.length > 3)
    throw rangeError(describeValue(range), axis, 'a number, null or [start, stop, step] is needed')
  const invalidIndex = range.findIndex(
    (bound) => bound !== null && bound !== undefined && !Number.isSafeInteger(bound),
  )
  if (invalidIndex >= 0)
    throw rangeError(
      describeValue(range[invalidIndex]),
      axis,
      `its ${['start', 'stop', 'step'][invalidIndex]} must be a whole number or null`,
    )
  const [from, to, by] = range as readonly Bound[]
  const step = by ?? 1
  if (step === 0) throw rangeError('step 0', axis, 'a positive or negative step is needed')
  // A negative step begins at the last element and ends at the position before the first one.
  const [lowest, highest] = step > 0 ? [0, extent] : [-1, extent - 1]
  const clip = (bound: Bound, defaultBound: number): number =>
    bound === null || bound === undefined
      ? defaultBound
      : Math.min(Math.max(bound < 0 ? bound + extent : bound, lowest), highest)
  const start = clip(from, step > 0 ? lowest : highest)
  const stop = clip(to, step > 0 ? highest : lowest)
  const count = Math.max(0, Math.ceil((stop - start) / step))
  return { start: count === 0 ? 0 : start, count, step }
}

function rangeError(what: string, axis: number, need: string): OptionError {
  return new OptionError('RANGE_INVALID', `the range of axis ${axis} has ${what}: ${need}.`)
}

/**
 * Returns an array with its axes in another order, without a copy. As `numpy.transpose`. Use it to
 * see N×H×W×C as N×C×H×W: `transpose(x, [0, 3, 1, 2])`.
 *
 * - `x`: any array. Writing to the result changes `x`.
 * - `axes`: which axis of `x` comes first, second, and so on. Each occurs once; negative numbers
 *   count from the end. Default: the reverse order.
 *
 * Throws `OptionError` (`AXES_INVALID`) if `axes` is not a permutation. The cost depends on the
 * number of axes only; calls on the result may be slower.
 *
 * @example
 * transpose([[1, 2, 3], [4, 5, 6]]) // [[1, 4], [2, 5], [3, 6]]
 */
export function transpose(x: ArrayInput, axes?: readonly number[]): NdArray {
  const array = asNdArray(x)
  const rank = array.shape.length
  const order =
    axes === undefined ? array.shape.map((_, axis) => rank - 1 - axis) : validateAxes(axes, rank)
  if (order.length !== rank) {
    throw new OptionError(
      'AXES_INVALID',
      `axes [${order}] contain ${order.length} of ${rank} axes, but each is needed once.`,
    )
  }
  return viewOf(array, {
    shape: order.map((axis) => array.shape[axis]!),
    strides: order.map((axis) => array.strides[axis]!),
  })
}

/**
 * Returns an array with some axes reversed, without a copy. As `numpy.flip`.
 *
 * - `x`: any array. Writing to the result changes `x`.
 * - `axes`: one axis or several; negative numbers count from the end. Default: all axes, as
 *   convolution flips its kernel.
 *
 * Throws `OptionError` (`AXES_INVALID`) for an axis that does not exist or occurs twice. The cost
 * depends on the number of axes only.
 *
 * @example
 * flip([[1, 2], [3, 4]], 1) // [[2, 1], [4, 3]]
 */
export function flip(x: ArrayInput, axes?: number | readonly number[]): NdArray {
  const array = asNdArray(x)
  const flipped =
    axes === undefined
      ? array.shape.map((_, axis) => axis)
      : validateAxes(typeof axes === 'number' ? [axes] : axes, array.shape.length)
  return slice(
    array,
    ...array.shape.map((_, axis): Range => (flipped.includes(axis) ? [null, null, -1] : null)),
  )
}

/**
 * The axes, counted from the first. Throws `OptionError` (`AXES_INVALID`) for an axis that does not
 * exist or occurs twice.
 */
export function validateAxes(axes: readonly number[], rank: number): number[] {
  if (!isArray(axes))
    throw new OptionError(
      'AXES_INVALID',
      `axes are ${describeValue(axes)}: a list of axes, such as [0, 2], is needed.`,
    )
  const counted: number[] = []
  for (let i = 0; i < axes.length; i++) {
    const rawAxis = axes[i]!
    const axis = Number.isInteger(rawAxis) && rawAxis < 0 ? rawAxis + rank : rawAxis
    const exists = Number.isInteger(axis) && axis >= 0 && axis < rank
    if (!exists || counted.includes(axis)) {
      const reason = exists
        ? 'occurs twice'
        : `does not exist: use whole numbers from ${-rank} to ${rank - 1}`
      throw new OptionError(
        'AXES_INVALID',
        `axis ${formatList([rawAxis])} in [${formatList(axes)}] ${reason}.`,
      )
    }
    counted.push(axis + 0)
  }
  return counted
}

/**
 * Returns the same elements in the same row-major order with another shape, without a copy. As
 * `numpy.reshape` with `copy=False`.
 *
 * - `x`: any array. Writing to the result changes `x`.
 * - `shape`: the new extents. One of them may be -1: it is computed from the others.
 *
 * Throws `OptionError` if the number of elements differs (`SHAPE_MISMATCH`), or if no strides
 * express the new shape (`NEEDS_COPY`). The latter happens for many transposed arrays and for
 * sliding windows. Then use `reshape(contiguous(x), shape)`, which copies. The cost depends on the
 * number of axes only.
 *
 * @example
 * reshape([1, 2, 3, 4, 5, 6], [2, -1]) // [[1, 2, 3], [4, 5, 6]]
 */
export function reshape(x: ArrayInput, shape: readonly number[]): NdArray {
  const array = asNdArray(x)
  const extents = completedShape(shape, array.shape)
  const strides = stridesAfterReshape(array, extents)
  if (strides !== undefined) return viewOf(array, { shape: extents, strides })
  throw new OptionError(
    'NEEDS_COPY',
    `shape [${array.shape}] with strides [${array.strides}] cannot be seen as [${extents}] ` +
      `without copying. Use reshape(contiguous(x), [${extents}]).`,
  )
}

function completedShape(shape: readonly number[], from: readonly number[]): readonly number[] {
  const openAxis = Array.isArray(shape) ? shape.indexOf(-1) : -1
  const extents = validateShape(openAxis < 0 ? shape : shape.with(openAxis, 1))
  const count = elementCount(from)
  const missing = openAxis < 0 ? 1 : count / elementCount(extents)
  if (elementCount(extents) * missing === count && Number.isInteger(missing))
    return openAxis < 0 ? extents : extents.with(openAxis, missing)
  const reason =
    openAxis < 0
      ? `it has ${elementCount(extents)}`
      : 'no extent in place of -1 gives that number of elements'
  throw new OptionError(
    'SHAPE_MISMATCH',
    `shape [${shape}] cannot hold the ${count} elements of shape [${from}]: ${reason}.`,
  )
}

/**
 * The strides of a reshaped view; undefined if it needs a copy. This is NumPy's rule: it splits
 * both shapes, from the first axis, into groups with equal numbers of elements. The old axes of a
 * group must form one run in memory. The new axes of the group then divide that run.
 */
function stridesAfterReshape(array: NdArray, extents: readonly number[]): number[] | undefined {
  if (isContiguous(array.shape, array.strides)) return rowMajorStrides(extents)
  const old = array.shape
    .map((extent, axis) => ({ extent, stride: array.strides[axis]! }))
    .filter(({ extent }) => extent > 1)
  const strides: number[] = []
  let next = 0
  for (let axis = 0; axis < extents.length; ) {
    const group = [extents[axis++]!]
    let groupCount = group[0]!
    let run = old[next]?.extent ?? 1
    let stride = old[next]?.stride ?? 1
    if (groupCount > 1) next++
    while (groupCount > 1 && groupCount !== run) {
      if (groupCount < run) {
        groupCount *= extents[axis]!
        group.push(extents[axis++]!)
        continue
      }
      const inner = old[next++]!
      if (stride !== inner.extent * inner.stride) return undefined
      run *= inner.extent
      stride = inner.stride
    }
    strides.push(...rowMajorStrides(group).map((step) => step * stride))
  }
  return strides
}

/**
 * Returns a row-major copy with the same dtype, in new memory on the heap. As
 * `numpy.ascontiguousarray`, but it always copies. Use it before `reshape`, or to keep a part of a
 * large array alone.
 *
 * - `x`: any array, with any strides.
 *
 * Throws `UnavailableError` (`OUT_OF_MEMORY`) if the copy does not fit, and `OptionError` for
 * values that are not arrays (`ARRAY_UNKNOWN`). Copies all elements once.
 *
 * @example
 * reshape(contiguous(slidingWindows([1, 2, 3], [2])), [-1]) // [1, 2, 2, 3]
 */
export function contiguous(x: ArrayInput): NdArray {
  return contiguousCopy(asNdArray(x))
}
