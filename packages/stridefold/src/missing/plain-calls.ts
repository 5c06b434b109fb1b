/**
 * The plain calls of which a call with missing samples consists: with the kernel k, or with |k|.
 */

import { UnavailableError } from '../errors.ts'
import type { LowRankFactors } from '../geometry/operands.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { MemoryKind } from '../ndarray/memory.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { computeSignal, correlateFactors } from '../runtime/call.ts'
import type { Eventual } from '../runtime/eventual.ts'
import { mayHaveMixed } from '../runtime/mixing.ts'
import type { Frame, Settings } from './frame.ts'

export interface PlainCall {
  readonly x: NdArray
  readonly k: NdArray
  readonly factors: LowRankFactors | undefined
  readonly options: PlainOptions
}

export interface PlainOptions extends Settings {
  readonly bias?: number
  readonly dtype?: DType | undefined
  readonly memory?: MemoryKind | undefined
  readonly out?: object | undefined
}

/** The call with k on these samples. */
export const signedCall = (frame: Frame, x: NdArray, options: PlainOptions): PlainCall => ({
  ...{ x, k: frame.kernel, factors: frame.factors, options },
})

/** The call with |k|, which is the product of |lines| if k is one product of lines. */
export function absoluteCall(frame: Frame, x: NdArray, options: PlainOptions): PlainCall {
  const { kernel, factors, weights } = frame
  const { data } = contiguousCopy(kernel)
  data.set(data.map(Math.abs))
  return {
    ...{ x, k: view(data, kernel.shape) },
    factors:
      factors?.terms.length === 1
        ? {
            ...factors,
            terms: factors.terms.map((lines) => lines.map((line) => line.map(Math.abs))),
          }
        : undefined,
    // The algorithm that the caller named may support k, but not |k|.
    options: weights.isOneSign ? options : { ...options, algorithm: 'auto' },
  }
}

/** The number of present samples in each window, exactly. */
export function countCall({ kernel }: Frame, x: NdArray, options: PlainOptions): PlainCall {
  const { data } = contiguousCopy(kernel)
  data.fill(1)
  const lines = kernel.shape.map((extent) => new Array<number>(extent).fill(1))
  return {
    ...{ x, k: view(data, kernel.shape), factors: { terms: [lines], residual: 0 } },
    options: { ...options, algorithm: 'auto', accuracy: 'strict' },
  }
}

/** Computes a plain call. */
export const plainResult = (
  { call, turn }: Frame,
  { x, k, factors, options }: PlainCall,
): Eventual<NdArray> =>
  factors === undefined
    ? computeSignal(call, x, k, options, turn)
    : correlateFactors(x, k, factors, options, turn)

/** Whether a plain call that has run may be inaccurate where its samples are mostly 0. */
export const isInaccurateNearZero = ({ call }: Frame, past: PlainCall): boolean =>
  mayHaveMixed({ ...past, call: past.factors === undefined ? call : 'correlate' })

/** The options of plain calls if these arrays are needed besides, for the limit of the memory. */
export function settingsBeside(frame: Frame, arrays: readonly Extent[]): Settings {
  const { call, settings } = frame
  const bytes = arrays.reduce(
    (sum, { shape, dtype }) => sum + elementCount(shape) * dtypes[dtype].bytes,
    0,
  )
  if (bytes <= settings.memoryLimit)
    return { ...settings, memoryLimit: settings.memoryLimit - bytes }
  throw new UnavailableError(
    'MEMORY_LIMIT',
    `${call} cannot compute with missing samples within memoryLimit ${settings.memoryLimit}: it ` +
      `needs arrays of ${bytes} bytes, and the workspace of the call. Raise memoryLimit beyond that.`,
  )
}

interface Extent {
  readonly shape: readonly number[]
  readonly dtype: DType
}
