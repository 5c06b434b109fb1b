/**
 * Does an array have the expected shape?
 */

import { OptionError } from '../errors.ts'
import { checkAttached, lengthOf } from './allocations.ts'
import { countText } from './count-text.ts'
import { describeValue } from './describe-value.ts'
import { dtypeOf, type TypedArray } from './dtype.ts'
import { asNdArray } from './interop.ts'
import { elementCount } from './layout.ts'
import { type NdArray, view } from './ndarray.ts'

/** Throws `OptionError` (`SHAPE_MISMATCH`) for another shape. `what` is the array in messages. */
export function checkShape(what: string, x: NdArray, shape: readonly number[]): void {
  if (x.shape.length === shape.length && x.shape.every((extent, axis) => extent === shape[axis]))
    return
  throw mismatch(`${what} has shape [${x.shape}]`, shape)
}

/**
 * Returns `x` as an array of this shape. A typed array has no shape, so it needs only as many
 * elements. Throws `OptionError` (`SHAPE_MISMATCH`) for another shape or number of elements.
 */
export function asShaped(what: string, x: unknown, shape: readonly number[]): NdArray {
  if (dtypeOf(x) === undefined) {
    const array = asNdArray(x, what)
    checkShape(what, array, shape)
    return array
  }
  // Only typed arrays have a dtype.
  const data = checkAttached(x as TypedArray, what)
  if (lengthOf(data) === elementCount(shape)) return view(data, shape)
  throw mismatch(`${what} is ${describeValue(data)} of ${countText(data.length, 'element')}`, shape)
}

const mismatch = (came: string, shape: readonly number[]): OptionError =>
  new OptionError(
    'SHAPE_MISMATCH',
    `${came}, but [${shape}] (${countText(elementCount(shape), 'element')}) is needed here.`,
  )
