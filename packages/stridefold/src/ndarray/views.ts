/**
 * Which other ways are there to look at the same memory? Each view is new numbers for shape,
 * strides and offset, and no copy: taking every s-th element multiplies a stride by s, going
 * backwards negates it, a transpose permutes the strides. Foreign arrays are accepted by structure,
 * as everywhere.
 */

import { OptionError } from '../errors.ts'
import { contiguousCopy } from './copy.ts'
import { describeValue, isArray, listed } from './describe-value.ts'
import { type ArrayInput, asNdArray } from './interop.ts'
import { elementCount, isContiguous, rowMajorStrides } from './layout.ts'
import { validateShape, viewOf, type NdArray } from './ndarray.ts'

type Bound = number | null | undefined

/**
 * One axis of a slice: an index (the axis disappears), `[start, stop, step]` as in NumPy, or null
 * for all of it.
 */
export type Range = number | null | undefined | readonly [start?: Bound, stop?: Bound, step?: Bound]

/**
 * A part of an array, as NumPy's `x[1, ::2, -3:]`, without copying.
 *
 * - `ranges`: one per axis, axes without one are taken whole. A number picks one index and drops
 *   the axis. `[start, stop, step]` takes from start up to, not including, stop; each may be left
 *   out or null. Negative indices count from the end, a negative step goes backwards. Bounds beyond
 *   the ends are cut, an index beyond them throws.
 *
 * Throws `OptionError` for more ranges than axes, an index outside, a step of 0 or anything that is
 * not a whole number.
 *
 * @example slice(picture, null, null, 0)          // the red channel of H×W×C
 * @example slice(x, [null, null, -1], [2, -2])    // rows backwards, without two columns on either side
 */
export function slice(x: ArrayInput, ...ranges: readonly Range[]): NdArray {
  const array = asNdArray(x)
  if (ranges.length > array.shape.length) {
    throw new OptionError(
      'RANGE_INVALID',
      `${ranges.length} ranges were given for shape [${array.shape}]: at most one per axis.`,
    )
  }
  const shape: number[] = []
  const strides: number[] = []
  let offset = array.offset
  array.shape.forEach((extent, axis) => {
    const range = ranges[axis] ?? []
    const stride = array.strides[axis]!
    if (typeof range === 'number') {
      offset += checkedIndex(range, extent, axis) * stride
      return
    }
    const { start, count, step } = resolvedRange(range, extent, axis)
    shape.push(count)
    strides.push(stride * step)
    offset += start * stride
  })
  return viewOf(array, { shape, strides, offset })
}

function checkedIndex(index: number, extent: number, axis: number): number {
  const place = index < 0 ? index + extent : index
  if (Number.isInteger(index) && place >= 0 && place < extent) return place
  const possible =
    extent === 0 ? 'It has none.' : `Whole numbers from ${-extent} to ${extent - 1} are possible.`
  throw new OptionError(
    'INDEX_OUT_OF_RANGE',
    `index ${index} along axis ${axis} is not one of its ${extent}. ${possible}`,
  )
}

function resolvedRange(
  range: readonly unknown[],
  extent: number,
  axis: number,
): { start: number; count: number; step: number } {
  if (!Array.isArray(range) || range.length > 3)
    throw rangeError(describeValue(range), axis, 'a number, null or [start, stop, step] is needed')
  const wrong = range.findIndex(
    (bound) => bound !== null && bound !== undefined && !Number.isSafeInteger(bound),
  )
  if (wrong >= 0)
    throw rangeError(
      describeValue(range[wrong]),
      axis,
      `its ${['start', 'stop', 'step'][wrong]} must be a whole number or null`,
    )
  const [from, to, by] = range as readonly Bound[]
  const step = by ?? 1
  if (step === 0) throw rangeError('step 0', axis, 'a step leads forwards or backwards')
  // Going backwards, the ends are the last element and the place before the first.
  const [lowest, highest] = step > 0 ? [0, extent] : [-1, extent - 1]
  const cut = (bound: Bound, otherwise: number): number =>
    bound === null || bound === undefined
      ? otherwise
      : Math.min(Math.max(bound < 0 ? bound + extent : bound, lowest), highest)
  const start = cut(from, step > 0 ? lowest : highest)
  const stop = cut(to, step > 0 ? highest : lowest)
  const count = Math.max(0, Math.ceil((stop - start) / step))
  return { start: count === 0 ? 0 : start, count, step }
}

function rangeError(what: string, axis: number, need: string): OptionError {
  return new OptionError('RANGE_INVALID', `the range of axis ${axis} has ${what}: ${need}.`)
}

/**
 * The axes in another order, without copying; reversed if `axes` is not given.
 *
 * - `axes`: which axis of `x` comes first, second, …; each once; negative ones count from the end.
 *
 * Throws `OptionError` where `axes` is no permutation.
 *
 * @example transpose(channelsLast, [0, 3, 1, 2])   // N×H×W×C as N×C×H×W
 */
export function transpose(x: ArrayInput, axes?: readonly number[]): NdArray {
  const array = asNdArray(x)
  const rank = array.shape.length
  const order =
    axes === undefined ? array.shape.map((_, axis) => rank - 1 - axis) : checkedAxes(axes, rank)
  if (order.length !== rank) {
    throw new OptionError(
      'AXES_INVALID',
      `axes [${order}] name ${order.length} of ${rank} axes: each is needed once.`,
    )
  }
  return viewOf(array, {
    shape: order.map((axis) => array.shape[axis]!),
    strides: order.map((axis) => array.strides[axis]!),
  })
}

/**
 * The array read backwards along some axes, without copying.
 *
 * - `axes`: one or several; negative ones count from the end. Default: all, which is what
 *   convolution does with its kernel.
 *
 * Throws `OptionError` for an axis that is not there or named twice.
 *
 * @example flip(picture, 1)   // left and right exchanged
 */
export function flip(x: ArrayInput, axes?: number | readonly number[]): NdArray {
  const array = asNdArray(x)
  const flipped =
    axes === undefined
      ? array.shape.map((_, axis) => axis)
      : checkedAxes(typeof axes === 'number' ? [axes] : axes, array.shape.length)
  return slice(
    array,
    ...array.shape.map((_, axis): Range => (flipped.includes(axis) ? [null, null, -1] : null)),
  )
}

/** Axes counted from the front, or `OptionError` where one is not there or named twice. */
export function checkedAxes(axes: readonly number[], rank: number): number[] {
  if (!isArray(axes))
    throw new OptionError(
      'AXES_INVALID',
      `axes are ${describeValue(axes)}: a list of axes, such as [0, 2], is needed.`,
    )
  const counted: number[] = []
  for (let i = 0; i < axes.length; i++) {
    const given = axes[i]!
    const axis = Number.isInteger(given) && given < 0 ? given + rank : given
    const isThere = Number.isInteger(axis) && axis >= 0 && axis < rank
    if (!isThere || counted.includes(axis)) {
      const reason = isThere
        ? 'is named twice'
        : `is not one of ${rank}: whole numbers from ${-rank} to ${rank - 1} are possible`
      throw new OptionError(
        'AXES_INVALID',
        `axis ${listed([given])} in [${listed(axes)}] ${reason}.`,
      )
    }
    counted.push(axis + 0)
  }
  return counted
}

/**
 * The same elements in the same row-major order under another shape, without copying.
 *
 * - `shape`: extents; one of them may be -1 and is computed from the others.
 *
 * Throws `OptionError` where the counts differ (`SHAPE_MISMATCH`) and where no strides can express
 * the new shape, as for a transposed array or for sliding windows (`NEEDS_COPY`):
 * `reshape(contiguous(x), shape)` copies and always works.
 *
 * @example reshape(x, [2, -1])
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
  const unknown = Array.isArray(shape) ? shape.indexOf(-1) : -1
  const known = validateShape(unknown < 0 ? shape : shape.with(unknown, 1))
  const count = elementCount(from)
  const missing = unknown < 0 ? 1 : count / elementCount(known)
  if (elementCount(known) * missing === count && Number.isInteger(missing))
    return unknown < 0 ? known : known.with(unknown, missing)
  throw new OptionError(
    'SHAPE_MISMATCH',
    `shape [${shape}] cannot hold the ${count} elements of shape [${from}]: ` +
      `${unknown < 0 ? `it has ${elementCount(known)}` : 'no extent in place of -1 makes them agree'}.`,
  )
}

/**
 * NumPy's rule: walk both shapes from the front in groups of equal element count; a group keeps its
 * memory order only if the old axes of the group make one run, and the new axes then divide that
 * run.
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
    let wanted = group[0]!
    let run = old[next]?.extent ?? 1
    let stride = old[next]?.stride ?? 1
    if (wanted > 1) next++
    while (wanted > 1 && wanted !== run) {
      if (wanted < run) {
        wanted *= extents[axis]!
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
 * A row-major copy of the same dtype with memory of its own.
 *
 * @example reshape(contiguous(slidingWindows(x, [3, 3])), [-1, 9])   // the copy that im2col is
 */
export function contiguous(x: ArrayInput): NdArray {
  return contiguousCopy(asNdArray(x))
}
