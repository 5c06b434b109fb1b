/**
 * Few missing samples: the plain call with 0 in their place computes all results; then those whose
 * windows read one are corrected, or computed again by the definition.
 */

import { dtypes, isStorageOnly } from '../ndarray/dtype.ts'
import { indexInto } from '../ndarray/indices.ts'
import { elementAt, elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import { finishInTurn } from '../runtime/pace.ts'
import { smallestAccurate } from './combine.ts'
import { type Allocate, copyForFilling, releasing } from './copies.ts'
import type { Frame } from './frame.ts'
import { copyAndSearchWork, fillHoles, type Holes, holesWork } from './holes.ts'
import {
  isInaccurateNearZero,
  type PlainCall,
  plainResult,
  settingsBeside,
  signedCall,
} from './plain-calls.ts'
import { readersPerSample, type Touched, touchedWork } from './touched.ts'
import { WindowSums } from './window-sums.ts'

/**
 * The result of a call. Undefined if more than `limit` samples are missing: nothing is computed
 * then.
 */
export function patchedResult(frame: Frame, limit: number): Eventual<NdArray | undefined> {
  const { options, turn, x, outputShape } = frame
  const { bias, dtype, memory, out } = options
  const settings = settingsBeside(frame, [x, { shape: outputShape, dtype: 'int32' }])
  const callOf = (samples: NdArray): PlainCall =>
    signedCall(frame, samples, { ...settings, bias, dtype, memory, out })
  // NaN stays in the windows that read it, unless an algorithm mixes windows.
  const mayReadHoles = !options.verify && !isInaccurateNearZero(frame, callOf(x))
  return releasing((allocate) =>
    after(searched(frame, limit, mayReadHoles, allocate), ({ holes, samples, isFilled }) => {
      if (holes === undefined) return undefined
      return after(plainResult(frame, callOf(samples)), (result) =>
        after(finishInTurn(touchedWork(frame, holes), turn), (touched) =>
          after(finishInTurn(patchWork(frame, touched, isFilled, result), turn), () => result),
        ),
      )
    }),
  )
}

interface Searched {
  readonly holes: Holes
  /** The samples of the plain call: the input, or a copy with 0 in place of missing samples. */
  readonly samples: NdArray
  readonly isFilled: boolean
}

function searched(
  frame: Frame,
  limit: number,
  mayReadHoles: boolean,
  allocate: Allocate,
): Eventual<Searched> {
  const { options, x, mask, turn } = frame
  const isWhole = mask === undefined && (options.missing === undefined || dtypes[x.dtype].integer)
  if (isWhole) return { holes: [], samples: x, isFilled: true }
  const filledWith = (holes: readonly number[], copy: NdArray): Searched => {
    fillHoles(copy, holes)
    return { holes, samples: copy, isFilled: true }
  }
  if (mask === undefined && !mayReadHoles) {
    const copy = allocate(x.shape, x.dtype)
    return after(finishInTurn(copyAndSearchWork(x, copy, limit), turn), (holes) =>
      holes === undefined ? { holes, samples: copy, isFilled: true } : filledWith(holes, copy),
    )
  }
  return after(finishInTurn(holesWork(x, mask, limit), turn), (holes) => {
    if (holes === undefined || holes.length === 0) return { holes, samples: x, isFilled: true }
    if (mayReadHoles && isCheapToDefine(frame, holes.length))
      return { holes, samples: x, isFilled: false }
    return after(copyForFilling(frame, allocate), (copy) => filledWith(holes, copy))
  })
}

/** Whether it takes less time than a copy to compute all results under the holes by definition. */
function isCheapToDefine(frame: Frame, holes: number): boolean {
  const { x, weights } = frame
  const perResult = weights.values.length + 30
  return !canScale(frame) || holes * readersPerSample(frame) * perResult * 4 < elementCount(x.shape)
}

/**
 * Whether the plain call has all that a result needs: y · Σ|k| / Σ_present |k|. No two weights have
 * different signs then.
 */
export const canScale = ({ weights, options, resultDType }: Frame): boolean =>
  weights.isOneSign && options.bias === 0 && !isStorageOnly(resultDType)

/** Corrects the results that missing samples change. `isFilled`: they are those with 0 there. */
function* patchWork(
  frame: Frame,
  touched: Touched,
  isFilled: boolean,
  result: NdArray,
): Work<void> {
  const { outputShape, weights } = frame
  const { total, smallest } = weights
  const { data, strides, offset } = result
  const defined: number[] = []
  const index = outputShape.map(() => 0)
  const isScaled = isFilled && canScale(frame)
  for (const [i, position] of touched.positions.entries()) {
    if (i % resultsPerSlice === resultsPerSlice - 1) yield
    // A weight that is 0 does not count.
    if (isFilled && touched.missing[i] === 0) continue
    const present = total - touched.missing[i]!
    if (!isScaled || !(present >= smallestAccurate * total)) {
      defined.push(position)
      continue
    }
    indexInto(index, outputShape, position)
    const element = elementAt(index, strides, offset)
    data[element] = present < smallest ? NaN : (data[element]! * total) / present
  }
  yield* defineWork(frame, defined, result)
}

const resultsPerSlice = 2 ** 14

/** Computes the results at these positions by the definition. */
export function* defineWork(
  frame: Frame,
  positions: readonly number[],
  result: NdArray,
): Work<void> {
  const { outputShape, weights, options } = frame
  const { data, strides, offset } = result
  const sums = new WindowSums(frame)
  const perSlice = Math.ceil(tapsPerSlice / weights.values.length)
  const index = outputShape.map(() => 0)
  for (let i = 0; i < positions.length; i++) {
    indexInto(index, outputShape, positions[i]!)
    data[elementAt(index, strides, offset)] = sums.at(index) + options.bias
    if (i % perSlice === perSlice - 1) yield
  }
}

const tapsPerSlice = 2 ** 17
