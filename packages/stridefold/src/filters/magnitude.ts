/**
 * √(Σ g²) of several derivatives g. Each is a whole array; they are combined one after the other:
 * m ← √(m² + g²), which overflows no earlier than the result in float32.
 */

import type { DType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { combined, filterAxes, sumDType, type Term, withoutResult } from './along-axes.ts'
import type { FilterFrame } from './frame.ts'
import { absolute } from './slices.ts'
import { checkResult, finish, type RunFrame } from './whole-arrays.ts'

/** The magnitude of the derivatives that `terms` compute, one each. */
export function magnitude<D extends DType>(
  call: string,
  frame: FilterFrame,
  terms: readonly Term[],
  turn: Turn | undefined,
): Eventual<NdArray<D>> {
  const { x, run } = frame
  const whole: RunFrame = { call, x, run, turn }
  checkResult(whole, x.shape)
  const between = { ...withoutResult(run), dtype: sumDType(x, run) }
  const parts = terms.map(
    (term) => (): Eventual<NdArray> =>
      filterAxes(call, x, { ...frame, terms: [term] }, between, turn),
  )
  return after(combined(parts, 'magnitude', turn), (result) =>
    after(terms.length === 1 ? absolute(result.data, turn) : undefined, () =>
      finish<D>(whole, result),
    ),
  )
}
