/** Writes the limits of a row: the part in which every bound of a Move holds. */

import type { BoundsCheck } from '../../../program/steps.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { MoveLoop } from '../schedule/move.ts'

/**
 * Returns the locals [low, high), the range of inner indices at which every bound holds: 0 ≤ low ≤
 * high ≤ extent.
 */
export function emitValidRange(
  f: FunctionBody,
  bounds: readonly BoundsCheck[],
  inner: MoveLoop,
  coordinates: readonly number[],
): [low: number, high: number] {
  const [low, high, limit] = [f.local('i32'), f.local('i32'), f.local('i32')]
  f.i32(0).set(low).i32(inner.extent).set(high)
  const raiseLow = (): void =>
    void f.set(limit).get(limit).get(low).get(limit).get(low).op('i32.gt_s').op('select').set(low)
  const lowerHigh = (): void =>
    void f
      .set(limit)
      .get(limit)
      .get(high)
      .get(limit)
      .get(high)
      .op('i32.lt_s')
      .op('select')
      .set(high)
  bounds.forEach((bound, b) => {
    const at = coordinates[b]!
    const stride = inner.bounds[b]!
    if (stride === 0) {
      f.get(at).i32(bound.extent).op('i32.ge_u')
      f.if(() => f.i32(0).set(high))
      return
    }
    // Ascending: low = ⌈−at / s⌉, high = ⌈(extent − at) / s⌉. Descending: the same with the
    // mirrored coordinate.
    const s = Math.abs(stride)
    const mirrored = (): void => {
      if (stride > 0) f.get(at)
      else
        f.i32(bound.extent - 1)
          .get(at)
          .op('i32.sub')
    }
    const ceilDiv = (): void => {
      if (s > 1)
        f.i32(s - 1)
          .op('i32.add')
          .i32(s)
          .op('i32.div_s')
    }
    const atLeastZero = (): void =>
      void f.set(limit).get(limit).i32(0).get(limit).i32(0).op('i32.gt_s').op('select')
    f.i32(0)
    mirrored()
    f.op('i32.sub')
    atLeastZero()
    ceilDiv()
    raiseLow()
    f.i32(bound.extent)
    mirrored()
    f.op('i32.sub')
    atLeastZero()
    ceilDiv()
    lowerHigh()
  })
  // An empty range is placed at `low` if `low` is inside the row, so that the two fills cover the
  // row.
  f.get(low).i32(inner.extent).op('i32.gt_s')
  f.if(() => f.i32(inner.extent).set(low))
  f.get(high).get(low).op('i32.lt_s')
  f.if(() => f.get(low).set(high))
  return [low, high]
}
