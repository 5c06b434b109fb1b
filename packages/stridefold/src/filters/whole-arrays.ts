/**
 * Filters that combine several whole arrays: the array for the result is checked before the first
 * one is computed, and receives the combination at the end.
 */

import { copy } from '../ndarray/copy.ts'
import { computeDType, type DType } from '../ndarray/dtype.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { checkOut, outArray } from '../runtime/arrays.ts'
import type { Turn } from '../runtime/turns.ts'
import type { CheckedRunOptions } from './check-options.ts'

/** What belongs to one call: its arrays, its options, and its turn. */
export interface RunFrame {
  readonly call: string
  readonly x: NdArray
  readonly run: CheckedRunOptions
  readonly turn: Turn | undefined
}

/** The dtype of the result. */
const resultDType = ({ x, run }: RunFrame): DType => run.dtype ?? computeDType(operandDType(x))

/** Throws unless a result of this shape fits into `out`. */
export function checkResult(frame: RunFrame, outputShape: readonly number[]): void {
  const { call, x, run } = frame
  if (run.out === undefined) return
  const out = outArray(call, run.out, outputShape)
  checkOut(out, { call, outputShape, resultDType: resultDType(frame) }, [x])
}

/** `result` in `out`, or in the type of the result; itself where nothing is to be done. */
export function finish<D extends DType>(frame: RunFrame, result: NdArray): NdArray<D> {
  const { call, run } = frame
  const dtype = resultDType(frame)
  const to =
    run.out !== undefined
      ? outArray(call, run.out, result.shape)
      : result.dtype === dtype && run.memory !== 'backend'
        ? undefined
        : allocateArray(result.shape, dtype, run.memory)
  if (to !== undefined) copy(result, to)
  // The type of the result follows the rule of every call.
  return (to ?? result) as NdArray as NdArray<D>
}
