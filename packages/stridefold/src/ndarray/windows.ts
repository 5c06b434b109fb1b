/**
 * How does a view show all windows of an array without a copy? With strides that overlap: one
 * element of memory then has several indices.
 *
 *   data 0 1 2 3 4        windows of 3 = shape [3, 3], strides [1, 1]        0 1 2
 *                                                                            1 2 3
 *                                                                            2 3 4
 *
 * `asStrided` accepts all numbers that stay inside the data. `slidingWindows` computes such numbers
 * for windows. Both views are read-only by default, because writing one index changes others.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from './describe-value.ts'
import { type ArrayInput, asNdArray } from './interop.ts'
import { type NdArray, validateShape, viewOf } from './ndarray.ts'
import { validateOptions } from './options.ts'
import { validateAxes } from './views.ts'

/** Options of `asStrided`: the new shape, strides and offset. */
export interface StridedOptions {
  /** The extent of each axis. Default: those of `x`. */
  readonly shape?: readonly number[]
  /**
   * The stride of each axis, in elements (NumPy counts bytes). May be zero or negative. Default:
   * those of `x`.
   */
  readonly strides?: readonly number[]
  /**
   * The index in `x.data` of the element at [0, 0, …]. Default: that of `x`. Use it to begin
   * elsewhere.
   */
  readonly offset?: number
  /**
   * Whether the view can be written to, for example as `out`. Default false: several indices may
   * share an element.
   */
  readonly writable?: boolean
}

/**
 * Returns a view of the data of `x` with any shape and strides, without a copy. As `as_strided` in
 * NumPy, but safe: it checks that every index lies inside `x.data`.
 *
 * - `x`: any array.
 * - `options`: shape, strides and offset in elements, `writable`; see `StridedOptions`. Default:
 *   those of `x`, read-only.
 *
 * Throws `OptionError`: `OUT_OF_BOUNDS` with the first index outside the data and its element;
 * `READ_ONLY` for a writable view of a read-only array. The cost depends on the number of axes
 * only.
 *
 * @example
 * asStrided(new Float32Array([0, 1, 2, 3]), { shape: [2, 3], strides: [1, 1] })
 * // [[0, 1, 2], [1, 2, 3]]
 */
export function asStrided(x: ArrayInput, options?: StridedOptions): NdArray {
  const array = asNdArray(x)
  const names = ['shape', 'strides', 'offset', 'writable'] as const
  const checked = validateOptions('asStrided', options, names)
  const { writable = false } = checked
  if (typeof writable !== 'boolean') {
    throw new OptionError(
      'OPTION_INVALID',
      `asStrided: writable is ${describeValue(writable)}; true or false is needed.`,
    )
  }
  if (writable && !array.writable) {
    throw new OptionError(
      'READ_ONLY',
      'asStrided: writable is true, but the array is read-only. Make the view from an array that ' +
        'is writable.',
    )
  }
  return viewOf(array, { ...checked, writable })
}

/** Options of `slidingWindows`: where windows begin, and which elements they have. */
export interface WindowOptions {
  /**
   * The distance between neighbouring windows, in elements, ≥ 1. One number, or one per axis of
   * `axes`. Default 1. It is the stride of a convolution.
   */
  readonly step?: number | readonly number[]
  /**
   * The distance between neighbours inside a window, in elements, ≥ 1. One number, or one per axis
   * of `axes`. Default 1: neighbours. It is the dilation of a convolution.
   */
  readonly dilation?: number | readonly number[]
  /** The axes along which windows move; negative numbers count from the end. Default: all. */
  readonly axes?: number | readonly number[]
}

/**
 * Returns a read-only view of all windows of an array, without a copy. As `sliding_window_view` in
 * NumPy, with the step of scikit-image. The axes of `x` come first and count the windows. The axes
 * inside a window come last, in the order of `axes`.
 *
 * - `x`: any array.
 * - `windowShape`: the extents of a window. One number, or one per axis of `axes`.
 * - `options`: step (default 1), dilation (1) and axes (all); see `WindowOptions`.
 *
 * Throws `OptionError` if a window does not fit (`WINDOW_TOO_LARGE`), or if an extent, step or
 * dilation is not a whole number ≥ 1 (`WINDOW_INVALID`). The cost depends on the number of axes
 * only.
 *
 * @example
 * slidingWindows([1, 2, 3, 4], 2, { step: 2 }) // [[1, 2], [3, 4]]
 * slidingWindows(zeros([480, 640]), [3, 3]).shape // [478, 638, 3, 3]
 */
export function slidingWindows(
  x: ArrayInput,
  windowShape: number | readonly number[],
  options?: WindowOptions,
): NdArray {
  const array = asNdArray(x)
  const checked = validateOptions('slidingWindows', options, ['step', 'dilation', 'axes'])
  const rank = array.shape.length
  const axesOption = checked.axes ?? array.shape.map((_, axis) => axis)
  const axes = validateAxes(typeof axesOption === 'number' ? [axesOption] : axesOption, rank)
  const window = perAxis(windowShape, 'windowShape', axes)
  const step = perAxis(checked.step ?? 1, 'step', axes)
  const dilation = perAxis(checked.dilation ?? 1, 'dilation', axes)
  const shape = [...array.shape]
  const strides = [...array.strides]
  axes.forEach((axis, i) => {
    const windowExtent = dilation[i]! * (window[i]! - 1) + 1
    if (windowExtent > shape[axis]!) {
      throw new OptionError(
        'WINDOW_TOO_LARGE',
        `a window of ${window[i]} with dilation ${dilation[i]} covers ${windowExtent} elements, ` +
          `but axis ${axis} of shape [${array.shape}] has ${shape[axis]}. Use a smaller window ` +
          'or a padded array.',
      )
    }
    shape[axis] = Math.floor((shape[axis]! - windowExtent) / step[i]!) + 1
    strides[axis]! *= step[i]!
  })
  const stridesInWindow = axes.map((axis, i) => array.strides[axis]! * dilation[i]!)
  return viewOf(array, {
    shape: validateShape([...shape, ...window]),
    strides: [...strides, ...stridesInWindow],
    writable: false,
  })
}

function perAxis(
  value: number | readonly number[],
  name: string,
  axes: readonly number[],
): readonly number[] {
  const values = typeof value === 'number' ? axes.map(() => value) : value
  if (!Array.isArray(values) || values.length !== axes.length) {
    throw new OptionError(
      'WINDOW_INVALID',
      `${name} is ${describeValue(value)}: a number, or one for each of the ${axes.length} ` +
        'axes, is needed.',
    )
  }
  const invalidIndex = values.findIndex((entry) => !Number.isSafeInteger(entry) || entry < 1)
  if (invalidIndex < 0) return values
  throw new OptionError(
    'WINDOW_INVALID',
    `${name} along axis ${axes[invalidIndex]} is ${describeValue(values[invalidIndex])}: a whole ` +
      'number ≥ 1 is needed.',
  )
}
