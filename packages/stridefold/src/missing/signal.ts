/**
 * `convolve` and `correlate`, with or without missing samples. Without the options of missing
 * samples a call is passed on at once. Otherwise the number of missing samples decides how it is
 * computed:
 *
 *   NaN     the programs of the plain call, box by box (interpolated.ts); where that is not
 *           possible, few or many
 *   few     the plain call, and the results that read one again; only that call if none is
 *           missing (patch.ts)
 *   many    sums over the whole arrays, with k and |k| (whole.ts)
 *
 * With a mask: few, else its zeros as NaN.
 */

import { readSignalOptions, validateSignalReading } from '../geometry/check-options.ts'
import type { ConvolveCall } from '../geometry/convolve-geometry.ts'
import { type Reading, readers } from '../geometry/read-options.ts'
import type { DType } from '../ndarray/dtype.ts'
import { asReadable } from '../ndarray/interop.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { slice } from '../ndarray/views.ts'
import { outArray } from '../runtime/arrays.ts'
import { computeSignalReading } from '../runtime/call.ts'
import { after, type Eventual, inOrder } from '../runtime/eventual.ts'
import { type Turn, throwIfAborted } from '../runtime/turns.ts'
import { type Frame, frameOf, type MissingCall } from './frame.ts'
import { interpolatedResult } from './interpolated.ts'
import { canScale, patchedResult } from './patch.ts'
import { plainResult } from './plain-calls.ts'
import { borderCount, readersPerSample } from './touched.ts'
import { wholeResult } from './whole.ts'

/** Computes `convolve` or `correlate`. */
export function computeConvolution<D extends DType>(
  call: ConvolveCall,
  x: unknown,
  k: unknown,
  options: object | undefined,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const reading = readSignalOptions(call, options)
  if (!namesMissing(reading)) return computeSignalReading(call, x, k, reading, turn)
  const result = convolutionWithMissing({
    ...{ call, x: asReadable(x, 'input'), k: asReadable(k, 'kernel') },
    ...{ options: validateSignalReading(call, reading), factors: undefined, turn },
  })
  // The type of the result follows the rule of every call.
  return result as Eventual<NdArray> as Eventual<NdArray<D>>
}

const { names } = readers.signal
const [boundaryAt, missingAt, minimumAt] = ['boundary', 'missing', 'minimumPresent'].map((name) =>
  names.indexOf(name),
) as [number, number, number]

/** Whether the caller gave an option of missing samples. */
function namesMissing(reading: Reading): boolean {
  if (reading[missingAt] !== undefined || reading[minimumAt] !== undefined) return true
  const boundary = reading[boundaryAt]
  return boundary === 'missing' || (Array.isArray(boundary) && boundary.includes('missing'))
}

/** Computes a call in which samples may be missing. */
export function convolutionWithMissing(given: MissingCall): Eventual<NdArray> {
  throwIfAborted(given.options.signal)
  const frame = frameOf(given)
  if (elementCount(frame.outputShape) === 0) return withoutMissing(frame)
  if (frame.kernelAxis !== undefined) return channelByChannel(frame, frame.kernelAxis)
  // Few zeros of a mask are found and corrected in less time than its copy as NaN takes.
  const [first, second] =
    frame.mask === undefined
      ? ([interpolatedResult, correctedResult] as const)
      : ([correctedResult, interpolatedResult] as const)
  return after(first(frame), (result) =>
    result === undefined ? after(second(frame), (other) => other ?? wholeResult(frame)) : result,
  )
}

/** The result if few samples are missing. */
function correctedResult(frame: Frame): Eventual<NdArray | undefined> {
  const limit = holesLimit(frame)
  return limit < 0 ? undefined : patchedResult(frame, limit)
}

/**
 * How many missing samples are few: the results that they change take less time than sums over the
 * whole arrays. A result by the definition takes about as long as `taps` + 30 products, and one
 * that is only scaled as 10. Negative if the border alone is too much.
 */
function holesLimit(frame: Frame): number {
  const { outputShape, weights } = frame
  const perResult = canScale(frame) ? 10 : weights.values.length + 30
  const budget = elementCount(outputShape) + 2 ** 17 - borderCount(frame) * perResult
  return Math.floor(budget / (readersPerSample(frame) * perResult))
}

/** The plain call on the caller's arrays. */
const withoutMissing = (frame: Frame): Eventual<NdArray> => {
  const { x, k, factors, options, settings } = frame
  const { bias, dtype, memory, out } = options
  return plainResult(frame, {
    ...{ x, k, factors, options: { ...settings, bias, dtype, memory, out } },
  })
}

/** Each channel with its own kernel. */
function channelByChannel(frame: Frame, axis: number): Eventual<NdArray> {
  const { call, x, kernel, mask, options, outputShape, resultDType, turn } = frame
  const result =
    options.out === undefined
      ? allocateArray(outputShape, resultDType, options.memory)
      : outArray(call, options.out, outputShape)
  const channel = (array: NdArray, c: number): NdArray =>
    slice(array, ...array.shape.map((_, a) => (a === axis ? c : null)))
  const { channelAxis: _, memory: __, ...others } = options
  return after(
    inOrder(x.shape[axis]!, (c) =>
      after(
        convolutionWithMissing({
          ...{ call, x: channel(x, c), k: channel(kernel, c), factors: undefined, turn },
          options: {
            ...{ ...others, dtype: resultDType, out: channel(result, c) },
            ...(mask !== undefined && { missing: channel(mask, c) }),
          },
        }),
        () => undefined,
      ),
    ),
    () => result,
  )
}
