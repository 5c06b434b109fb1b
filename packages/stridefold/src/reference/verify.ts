/**
 * `verify: true`: throws if a result is not the one of the definition.
 */

import { InternalError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { compareWithDefinition, type DefinedOperands, definition } from './compare.ts'

/**
 * Throws `InternalError` (`VERIFY_FAILED`) with the worst element if an error exceeds its bound.
 * `computedBy` names the algorithm and the backend.
 */
export function verifyResult(
  geometry: ConvGeometry,
  operands: DefinedOperands,
  result: NdArray,
  errorBound: number,
  computedBy: string,
): void {
  const { fault } = compareWithDefinition(definition(geometry, operands), result, { errorBound })
  if (fault === undefined) return
  const { at, actual, expected, bound } = fault
  throw new InternalError(
    'VERIFY_FAILED',
    `${computedBy} returns ${actual} for element ${at} of ${geometry.key}, but the definition ` +
      `returns ${expected}; the error bound is ${bound}. Please report this case.`,
  )
}
