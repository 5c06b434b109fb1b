/**
 * The arguments of a filter as lists with one entry per axis.
 */

import { OptionError } from '../errors.ts'
import type { BoundaryOption } from '../geometry/options.ts'
import { perAxis } from '../geometry/per-axis.ts'
import { rejectInteger } from '../missing/frame.ts'
import { asReadable } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { validateAxes } from '../ndarray/views.ts'
import type { AxesValues, CheckedRunOptions, MissingValues } from './check-options.ts'
import { runOnly } from './check-options.ts'

/** The input of a filter, the axes along which it moves, and its borders. */
export interface FilterFrame extends MissingValues {
  readonly x: NdArray
  readonly axes: readonly number[]
  /** One per axis of the input; those of the other axes are never read. */
  readonly borders: readonly (BoundaryOption | 'missing')[]
  readonly run: CheckedRunOptions
}

/** Throws `OptionError` for axes that do not exist, and for lists of another length. */
export function filterFrame(
  call: string,
  input: unknown,
  options: CheckedRunOptions & AxesValues,
): FilterFrame {
  const x = inputOf(call, input)
  const rank = x.shape.length
  const axes = options.axes === undefined ? [...x.shape.keys()] : validateAxes(options.axes, rank)
  const given = perAxis(call, 'boundary', options.boundary, axes.length)
  const borders = new Array<BoundaryOption | 'missing'>(rank).fill('zero')
  for (const [i, axis] of axes.entries()) borders[axis] = given[i]!
  const { missing, minimumPresent, dtype } = options
  const frame = { x, axes, borders, missing, minimumPresent, run: runOnly(options) }
  if (dtype !== undefined && mayMiss(frame)) rejectInteger(call, dtype)
  return frame
}

/** Whether samples may be missing. */
export const mayMiss = ({ missing, borders }: Pick<FilterFrame, 'missing' | 'borders'>): boolean =>
  missing !== undefined || borders.includes('missing')

/** The input as an array with at least one axis. */
export function inputOf(call: string, input: unknown): NdArray {
  const x = asReadable(input, 'input')
  if (x.shape.length > 0) return x
  throw new OptionError(
    'RANK_MISMATCH',
    `${call}: input is a single number. Give an array with at least one axis.`,
  )
}
