/**
 * Does an array have the expected shape?
 */

import { OptionError } from '../errors.ts'
import { countText } from './count-text.ts'
import { elementCount } from './layout.ts'
import type { NdArray } from './ndarray.ts'

/** Throws `OptionError` (`SHAPE_MISMATCH`) for another shape. `what` is the array in messages. */
export function checkShape(what: string, x: NdArray, shape: readonly number[]): void {
  if (x.shape.length === shape.length && x.shape.every((extent, axis) => extent === shape[axis]))
    return
  throw new OptionError(
    'SHAPE_MISMATCH',
    `${what} has shape [${x.shape}], but [${shape}] ` +
      `(${countText(elementCount(shape), 'element')}) is ` +
      'needed here.',
  )
}
