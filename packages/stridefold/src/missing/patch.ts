/**
 * Few missing samples: the plain call with 0 in their place computes all results; then those whose
 * windows read one are corrected, or computed again by the definition.
 */

import { dtypes } from '../ndarray/dtype.ts'
import { indexInto } from '../ndarray/indices.ts'
import { elementAt } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import { finishInTurn } from '../runtime/pace.ts'
import { smallestAccurate } from './combine.ts'
import { type Allocate, copyForFilling, releasing } from './copies.ts'
import type { Frame } from './frame.ts'
import { copyAndSearchWork, fillHoles, type Holes, holesWork } from './holes.ts'
import { plainResult, settingsBeside, signedCall } from './plain-calls.ts'
import { type Touched, touchedWork } from './touched.ts'
import { WindowSums } from './window-sums.ts'

/**
 * The result of a call. Undefined if more than `limit` samples are missing: nothing is computed
 * then.
 */
export function patchedResult(frame: Frame, limit: number): Eventual<NdArray | undefined> {
  const { options, turn, x, outputShape } = frame
  const { bias, dtype, memory, out } = options
  const settings = settingsBeside(frame, [x, { shape: outputShape, dtype: 'int32' }])
  return releasing((allocate) =>
    after(searched(frame, limit, allocate), ({ holes, filled }) => {
      if (holes === undefined) return undefined
      fillHoles(filled, holes)
      const call = signedCall(frame, filled, { ...settings, bias, dtype, memory, out })
      return after(plainResult(frame, call), (result) =>
        after(finishInTurn(touchedWork(frame, holes), turn), (touched) =>
          after(finishInTurn(patchWork(frame, touched, result), turn), () => result),
        ),
      )
    }),
  )
}

interface Searched {
  readonly holes: Holes
  /** A copy of the input that may be changed; the input itself if nothing is missing in it. */
  readonly filled: NdArray
}

function searched(frame: Frame, limit: number, allocate: Allocate): Eventual<Searched> {
  const { options, x, mask, turn } = frame
  const isWhole = mask === undefined && (options.missing === undefined || dtypes[x.dtype].integer)
  if (isWhole) return { holes: [], filled: x }
  if (mask === undefined) {
    const filled = allocate(x.shape, x.dtype)
    return after(finishInTurn(copyAndSearchWork(x, filled, limit), turn), (holes) => ({
      ...{ holes, filled },
    }))
  }
  return after(finishInTurn(holesWork(x, mask, limit), turn), (holes) =>
    holes === undefined || holes.length === 0
      ? { holes, filled: x }
      : after(copyForFilling(frame, allocate), (filled) => ({ holes, filled })),
  )
}

/**
 * Corrects the results that missing samples change. If no two weights have different signs, the
 * plain call has all that is needed: y · Σ|k| / Σ_present |k|.
 */
function* patchWork(frame: Frame, touched: Touched, result: NdArray): Work<void> {
  const { outputShape, options, weights } = frame
  const { total, smallest } = weights
  const { data, strides, offset } = result
  const defined: number[] = []
  const index = outputShape.map(() => 0)
  const isScaled = weights.isOneSign && options.bias === 0
  for (const [i, position] of touched.positions.entries()) {
    if (i % resultsPerSlice === resultsPerSlice - 1) yield
    // A weight that is 0 does not count.
    if (touched.missing[i] === 0) continue
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
