/**
 * Is this the bias of a layer? One number for each of its filters, whatever array holds them.
 */

import { OptionError } from '../errors.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'

/** The bias as an array. Throws `OptionError` (`BIAS_MISMATCH`). */
export function checkedBias(call: string, bias: unknown, filters: number): NdArray {
  const given = asNdArray(bias, 'bias')
  if (given.shape.length === 1 && given.shape[0] === filters) return given
  throw new OptionError(
    'BIAS_MISMATCH',
    `${call}: bias has shape [${given.shape}], but one number for each of the ${filters} ` +
      `output channels is needed: shape [${filters}].`,
  )
}
