/**
 * Does a bias fit a layer? It needs one number per output channel; any kind of array can hold them.
 */

import { OptionError } from '../errors.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/** The bias as an array. Throws `OptionError` (`BIAS_MISMATCH`) for another shape. */
export function validateBias(call: string, bias: unknown, filters: number): NdArray {
  const array = asNdArray(bias, 'bias')
  if (array.shape.length === 1 && array.shape[0] === filters) return array
  throw new OptionError(
    'BIAS_MISMATCH',
    `${call}: bias has shape [${array.shape}], but one number for each of the ${filters} ` +
      `output channels is needed: shape [${filters}].`,
  )
}
