/**
 * Many missing samples: all results from sums over whole arrays. With p = 1 for a present sample,
 * 0 for a missing one, and x = 0 there:
 *
 *   Σ_present k·x = k ⋆ x      Σ_present |k|·x = |k| ⋆ x      Σ_present |k| = |k| ⋆ p
 *   Σ_missing k = Σk − k ⋆ p
 *
 * If no two weights have different signs, y = (k ⋆ x) · Σ|k| / (|k| ⋆ p) needs two of them.
 */

import { isConstant } from '../geometry/boundary.ts'
import { contiguousCopy, copy } from '../ndarray/copy.ts'
import { isStorageOnly } from '../ndarray/dtype.ts'
import { isContiguous } from '../ndarray/layout.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { outArray } from '../runtime/arrays.ts'
import { after, type Eventual, inOrder } from '../runtime/eventual.ts'
import { finishInTurn } from '../runtime/pace.ts'
import { combineWork, type Sums } from './combine.ts'
import { type Allocate, copyForFilling, releasing } from './copies.ts'
import type { Frame, Settings } from './frame.ts'
import { presenceWork } from './holes.ts'
import { defineWork } from './patch.ts'
import {
  absoluteCall,
  countCall,
  isInaccurateNearZero,
  type PlainOptions,
  plainResult,
  settingsBeside,
  signedCall,
} from './plain-calls.ts'

/** The result of a call with missing samples anywhere. */
export function wholeResult(frame: Frame): Eventual<NdArray> {
  const { dtype, outputShape, x, weights, turn } = frame
  const extent = { shape: outputShape, dtype }
  const settings = settingsBeside(frame, [
    ...[x, { shape: x.shape, dtype }, extent],
    ...(weights.isOneSign ? [] : [extent, extent]),
  ])
  return releasing((allocate) =>
    after(splitInput(frame, allocate), ([filled, presence]) =>
      after(sumsOf(frame, filled, presence, settings, allocate), (sums) =>
        after(finishInTurn(combineWork(frame, sums), turn), (inaccurate) => {
          const result = sums.present
          const patched = finishInTurn(defineWork(frame, inaccurate, result), turn)
          return after(patched, () => delivered(frame, result))
        }),
      ),
    ),
  )
}

/** The input with 0 in place of missing samples, and the array p. */
function splitInput(frame: Frame, allocate: Allocate): Eventual<readonly [NdArray, NdArray]> {
  const { x, dtype, turn } = frame
  const presence = allocate(x.shape, dtype)
  const mask = frame.mask && contiguousCopy(frame.mask)
  return after(copyForFilling(frame, allocate), (filled) =>
    after(
      finishInTurn(presenceWork(filled, mask, presence), turn),
      () => [filled, presence] as const,
    ),
  )
}

/** What the call for Σ_present k·x returns: the result itself if that can be computed in place. */
function resultOptions(frame: Frame): Pick<PlainOptions, 'dtype' | 'out' | 'memory'> {
  const { options, dtype, resultDType } = frame
  if (!isInPlace(frame)) return { dtype }
  const { out, memory } = options
  return { dtype: resultDType, ...(out === undefined ? { memory } : { out }) }
}

/** Whether the result is dense, and of a type in which sums can be combined. */
function isInPlace({ call, options, outputShape, resultDType }: Frame): boolean {
  if (isStorageOnly(resultDType)) return false
  if (options.out === undefined) return true
  const { shape, strides } = outArray(call, options.out, outputShape)
  return isContiguous(shape, strides)
}

/** The result in the array of the caller, or in a new one of its type. */
function delivered(frame: Frame, result: NdArray): NdArray {
  const { call, options, outputShape, resultDType } = frame
  const { out, memory } = options
  if (isInPlace(frame)) return out === undefined ? result : outArray(call, out, outputShape)
  const to =
    out === undefined
      ? allocateArray(outputShape, resultDType, memory)
      : outArray(call, out, outputShape)
  copy(result, to)
  return to
}

function sumsOf(
  frame: Frame,
  filled: NdArray,
  presence: NdArray,
  settings: Settings,
  allocate: Allocate,
): Eventual<Sums> {
  const { dtype, outputShape, weights } = frame
  const sum = (): PlainOptions => ({ ...settings, dtype, out: allocate(outputShape, dtype) })
  const ofPresence = (): PlainOptions => ({ ...sum(), boundary: presenceBorder(frame) })
  const present = signedCall(frame, filled, { ...settings, ...resultOptions(frame) })
  const presentTotal = absoluteCall(frame, presence, ofPresence())
  const others = weights.isOneSign
    ? []
    : [absoluteCall(frame, filled, sum()), signedCall(frame, presence, ofPresence())]
  const results: NdArray[] = []
  const calls = [present, presentTotal, ...others]
  const computed = inOrder(calls.length, (i) =>
    after(plainResult(frame, calls[i]!), (result) => {
      results.push(result)
    }),
  )
  return after(computed, () => {
    const [y, total, weighted, presentWeights] = results as [NdArray, NdArray, ...NdArray[]]
    const sums = { present: y, presentTotal: total, weighted, presentWeights }
    if (!calls.some((call) => isInaccurateNearZero(frame, call)))
      return { ...sums, counts: undefined }
    const counting = countCall(frame, presence, ofPresence())
    return after(plainResult(frame, counting), (counts) => ({ ...sums, counts }))
  })
}

/** A constant outside is present, samples that the border repeats are as present as they are. */
const presenceBorder = (frame: Frame): Settings['boundary'] =>
  frame.spatialAxes.map(({ boundary, isMissingOutside }) =>
    isMissingOutside ? 'zero' : isConstant(boundary) ? { constant: 1 } : boundary,
  )
