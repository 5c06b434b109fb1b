/**
 * How can one element stand in many places of an array? By strides that overlap.
 *
 *   data 0 1 2 3 4        windows of 3 = shape [3, 3], strides [1, 1]        0 1 2
 *                                                                          1 2 3
 *                                                                          2 3 4
 *
 * `asStrided` takes any numbers that stay inside the data; `slidingWindows` is arithmetic on top of
 * it. Both are read-only unless asked, since writing one place changes others.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from './describe-value.ts'
import { type ArrayInput, asNdArray } from './interop.ts'
import { validateShape, viewOf, type NdArray } from './ndarray.ts'
import { checkedOptions } from './options.ts'
import { checkedAxes } from './views.ts'

export interface StridedOptions {
  /** Extents per axis. Default: those of `x`. */
  readonly shape?: readonly number[]
  /**
   * Steps per axis in elements (NumPy counts bytes); zero and negative ones are possible. Default:
   * those of `x`.
   */
  readonly strides?: readonly number[]
  /** Element of `x.data`, from its start, at index [0, 0, …]. Default: that of `x`. */
  readonly offset?: number
  /** Whether the view may be written to, as `out` for example. Default false. */
  readonly writable?: boolean
}

/**
 * A view with any shape and strides over the data of `x`, without copying: NumPy's `as_strided`
 * with a proof. Every index is known to lie inside `x.data` before the view exists.
 *
 * Throws `OptionError`: `OUT_OF_BOUNDS`, naming the first index that would leave the data and where
 * it would land; `READ_ONLY` where writing is asked for and `x` may only be read.
 *
 * @example asStrided(new Float32Array([0, 1, 2, 3, 4]), { shape: [3, 3], strides: [1, 1] })   // rows 0 1 2, 1 2 3, 2 3 4
 */
export function asStrided(x: ArrayInput, given?: StridedOptions): NdArray {
  const array = asNdArray(x)
  const options = checkedOptions('asStrided', given, ['shape', 'strides', 'offset', 'writable'])
  const { writable = false } = options
  if (typeof writable !== 'boolean') {
    throw new OptionError(
      'OPTION_INVALID',
      `asStrided: writable is ${describeValue(writable)}; true or false is needed.`,
    )
  }
  if (writable && !array.writable) {
    throw new OptionError(
      'READ_ONLY',
      'a writable view of a read-only array was asked for. Make it from the array that owns ' +
        'the data.',
    )
  }
  return viewOf(array, { ...options, writable })
}

export interface WindowOptions {
  /**
   * Distance between neighbouring windows, in elements, one for all or one per windowed axis.
   * Default 1.
   */
  readonly step?: number | readonly number[]
  /**
   * Distance between neighbours inside a window, in elements, one for all or one per windowed axis.
   * Default 1.
   */
  readonly dilation?: number | readonly number[]
  /** The axes that windows slide along; negative ones count from the end. Default: all. */
  readonly axes?: number | readonly number[]
}

/**
 * All windows of an array, without copying: NumPy's `sliding_window_view` with scikit-image's step.
 * The axes of `x` come first and count windows, the axes inside a window come last, in the order of
 * `axes`. Read-only.
 *
 * - `windowShape`: extents of a window, one for all or one per windowed axis.
 *
 * Throws `OptionError` where a window does not fit or an option is no whole number ≥ 1.
 *
 * @example slidingWindows(picture, [3, 3]).shape   // [H − 2, W − 2, 3, 3]
 */
export function slidingWindows(
  x: ArrayInput,
  windowShape: number | readonly number[],
  given?: WindowOptions,
): NdArray {
  const array = asNdArray(x)
  const options = checkedOptions('slidingWindows', given, ['step', 'dilation', 'axes'])
  const rank = array.shape.length
  const wanted = options.axes ?? array.shape.map((_, axis) => axis)
  const axes = checkedAxes(typeof wanted === 'number' ? [wanted] : wanted, rank)
  const window = perAxis(windowShape, 'windowShape', axes)
  const step = perAxis(options.step ?? 1, 'step', axes)
  const dilation = perAxis(options.dilation ?? 1, 'dilation', axes)
  const shape = [...array.shape]
  const strides = [...array.strides]
  axes.forEach((axis, i) => {
    const covered = dilation[i]! * (window[i]! - 1) + 1
    if (covered > shape[axis]!) {
      throw new OptionError(
        'WINDOW_TOO_LARGE',
        `a window of ${window[i]} with dilation ${dilation[i]} covers ${covered} elements, ` +
          `but axis ${axis} of shape [${array.shape}] has ${shape[axis]}. Use a smaller window ` +
          'or a padded array.',
      )
    }
    shape[axis] = Math.floor((shape[axis]! - covered) / step[i]!) + 1
    strides[axis]! *= step[i]!
  })
  const within = axes.map((axis, i) => array.strides[axis]! * dilation[i]!)
  return viewOf(array, {
    shape: validateShape([...shape, ...window]),
    strides: [...strides, ...within],
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
  const wrong = values.findIndex((entry) => !Number.isSafeInteger(entry) || entry < 1)
  if (wrong < 0) return values
  throw new OptionError(
    'WINDOW_INVALID',
    `${name} along axis ${axes[wrong]} is ${describeValue(values[wrong])}: a whole number ≥ ` +
      '1 is needed.',
  )
}
