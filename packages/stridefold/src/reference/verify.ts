/**
 * `verify: true`: throws if a result is not the one of the definition.
 */

import { InternalError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { dtypes } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { compareWithDefinition, type DefinedOperands, definition } from './compare.ts'

/**
 * Throws `InternalError` (`VERIFY_FAILED`) with the worst element if an error exceeds its bound, or
 * if an integer result must be exact and is not. `computedBy` names the algorithm and the backend.
 */
export function verifyResult(
  geometry: ConvGeometry,
  operands: DefinedOperands,
  result: NdArray,
  errorBound: number,
  computedBy: string,
): void {
  const defined = definition(geometry, operands)
  const isExact = defined.isExact && dtypes[result.dtype].integer
  const { fault } = compareWithDefinition(defined, result, {
    errorBound: isExact ? 0 : errorBound,
  })
  if (fault === undefined) return
  const { at, actual, expected, bound } = fault
  throw new InternalError(
    'VERIFY_FAILED',
    `${computedBy} returns ${actual} for element ${at} of ${geometry.key}, but the definition ` +
      `returns ${expected}; the error bound is ${bound}. Please report this case.`,
  )
}
