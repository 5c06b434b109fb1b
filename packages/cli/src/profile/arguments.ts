/**
 * Arguments that several operations take in the same form: one number as an array, and an axis that
 * may count from the end.
 */

import type { NdArray } from 'stridefold/sync'
import { type Operation, operationError, shapeText } from './graph.ts'

/** The value of an input that is a single number. */
export function scalarOf(
  operation: Operation,
  x: NdArray | undefined,
  what: string,
): number | undefined {
  if (x !== undefined && x.data.length !== 1)
    throw operationError(
      operation,
      `has ${what} of shape ${shapeText(x.shape)}; one number is needed.`,
    )
  return x?.data[0]
}

/** Checks an axis from −rank to `last` and makes it non-negative. */
export function axisOf(
  operation: Operation,
  rank: number,
  axis: number,
  last: number = rank - 1,
): number {
  if (axis < -rank || axis > last)
    throw operationError(
      operation,
      `has axis ${axis}; an array of ${rank} axes takes −${rank} to ${last}.`,
    )
  return axis < 0 ? axis + rank : axis
}
