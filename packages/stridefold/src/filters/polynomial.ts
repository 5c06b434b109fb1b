/**
 * See `savitzkyGolay`. Inside, one row of weights serves all positions. Near the ends, `interp`
 * evaluates the polynomial of the outermost window at every position: each of these results is a
 * correlation with weights of its own.
 */

import { OptionError, withCallName } from '../errors.ts'
import type { BoundaryOption } from '../geometry/options.ts'
import { rejectInteger } from '../missing/frame.ts'
import { computeConvolution } from '../missing/signal.ts'
import { readable } from '../ndarray/allocations.ts'
import { asShaped } from '../ndarray/check-shape.ts'
import { ndarray } from '../ndarray/create.ts'
import type { DType } from '../ndarray/dtype.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { slice, validateAxes } from '../ndarray/views.ts'
import { outArray } from '../runtime/arrays.ts'
import { after, type Eventual, inOrder } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { filterAxes, movingAxes, withoutResult } from './along-axes.ts'
import {
  type CheckedRunOptions,
  filterOptions,
  type MissingValues,
  runOnly,
} from './check-options.ts'
import { inputOf } from './frame.ts'
import { fitWeights } from './polynomial-fit.ts'
import { checkResult } from './whole-arrays.ts'

const call = 'savitzkyGolay'

export function polynomialFilter<D extends DType>(
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const checked = filterOptions(call, options)
  const { window, order, derivative, spacing, boundary, missing, minimumPresent } = checked
  const run = runOnly(checked)
  if (order >= window) {
    throw new OptionError(
      'OPTION_CONFLICT',
      `${call}: ${window} samples do not determine a polynomial of order ${order}. Give a window ` +
        `of at least ${order + 1}.`,
    )
  }
  const x = inputOf(call, input)
  const [axis = 0] = validateAxes([checked.axis], x.shape.length)
  const weightsAt = (at: number): readonly number[] =>
    fitWeights(window, order, derivative, at).map((weight) => weight / spacing ** derivative)
  const inside = weightsAt((window - 1) / 2)
  if (run.dtype !== undefined && (missing !== undefined || boundary === 'missing'))
    rejectInteger(call, run.dtype)
  const ends = { x, axis, window, missing, minimumPresent, run, turn }
  if (boundary === 'interp') return withCallName(call, () => withFittedEnds<D>(ends, weightsAt))
  const borders = new Array<BoundaryOption | 'missing'>(x.shape.length).fill('zero')
  borders[axis] = boundary
  const line = { axis, weights: inside, before: Math.floor((window - 1) / 2) }
  return filterAxes(call, x, { terms: [[line]], borders, missing, minimumPresent }, run, turn)
}

interface EndsFrame extends MissingValues {
  readonly x: NdArray
  readonly axis: number
  readonly window: number
  readonly run: CheckedRunOptions
  readonly turn: Turn | undefined
}

/** The filter without a border: the ends are those of the polynomials of the outermost windows. */
function withFittedEnds<D extends DType>(
  { x, axis, window, missing, minimumPresent, run, turn }: EndsFrame,
  weightsAt: (at: number) => readonly number[],
): Eventual<NdArray<D>> {
  const extent = x.shape[axis]!
  if (extent < window && extent > 0) {
    throw new OptionError(
      'WINDOW_TOO_LARGE',
      `${call}: a window of ${window} does not fit axis ${axis} with ${extent} samples. Give a ` +
        "smaller window, or a boundary such as 'reflect' instead of 'interp'.",
    )
  }
  checkResult({ call, x, run, turn }, x.shape)
  const dtype = run.dtype ?? operandDType(x)
  const result =
    run.out === undefined
      ? allocateArray(x.shape, dtype, run.memory)
      : outArray(call, run.out, x.shape)
  // The type of the result follows the rule of every call.
  const typed = result as NdArray as NdArray<D>
  if (extent === 0) return typed
  const { channelAxis, axes } = movingAxes(x, [axis])
  const shape = axes.map((other) => (other === axis ? window : 1))
  const settings = {
    ...{ ...withoutResult(run), dtype, mode: 'valid' },
    ...(channelAxis !== undefined && { channelAxis }),
  }
  const mask =
    missing === undefined || missing === 'nan'
      ? undefined
      : readable(asShaped(`${call}: missing`, missing, x.shape), `${call}: missing`)
  const part = (array: NdArray, first: number, end: number): NdArray =>
    slice(array, ...x.shape.map((_, other) => (other === axis ? ([first, end] as const) : null)))
  /** Results [first, end) from samples [start, stop). */
  const fit = (at: number, samples: [number, number], results: [number, number]): Eventual<void> =>
    after(
      computeConvolution(
        'correlate',
        part(x, ...samples),
        ndarray([...weightsAt(at)], shape),
        {
          ...{ ...settings, out: part(result, ...results) },
          ...(missing !== undefined && {
            missing: mask === undefined ? missing : part(mask, ...samples),
            minimumPresent,
          }),
        },
        turn,
      ),
      () => undefined,
    )
  const half = Math.floor(window / 2)
  const before = Math.floor((window - 1) / 2)
  const count = extent - window + 1
  const middle = fit((window - 1) / 2, [0, extent], [before, before + count])
  return after(middle, () =>
    after(
      inOrder(2 * half, (i) =>
        i < half
          ? fit(i, [0, window], [i, i + 1])
          : fit(
              window - 2 * half + i,
              [extent - window, extent],
              [extent - 2 * half + i, extent - 2 * half + i + 1],
            ),
      ),
      () => typed,
    ),
  )
}
