/** Writes the limits of a row: the part in which every bound of a Move holds. */

import type { BoundsCheck } from '../../../program/steps.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { MoveLoop } from '../schedule/move.ts'

/**
 * Returns the locals [low, high), the range of inner indices at which every bound holds: 0 ≤ low ≤
 * high ≤ extent. `coordinates` are the locals with the coordinate of each bound at inner index 0.
 */
export function emitValidRange(
  f: FunctionBody,
  bounds: readonly BoundsCheck[],
  inner: MoveLoop,
  coordinates: readonly number[],
): [low: number, high: number] {
  const [low, high, limit] = [f.local('i32'), f.local('i32'), f.local('i32')]
  f.i32(0).set(low).i32(inner.extent).set(high)
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
    emitStepsUntil(f, 0, bound, at, stride, limit)
    replaceIf(f, low, 'i32.gt_s', limit)
    emitStepsUntil(f, bound.extent, bound, at, stride, limit)
    replaceIf(f, high, 'i32.lt_s', limit)
  })
  // An empty range is placed at `low` if `low` is inside the row, so that the two fills cover the
  // row.
  f.get(low).i32(inner.extent).op('i32.gt_s')
  f.if(() => f.i32(inner.extent).set(low))
  f.get(high).get(low).op('i32.lt_s')
  f.if(() => f.get(low).set(high))
  return [low, high]
}

/**
 * Pushes ⌈max(0, end − c) / s⌉, the steps until the coordinate reaches `end`. c is the coordinate
 * at index 0, mirrored for a negative stride, and s the stride without its sign.
 */
function emitStepsUntil(
  f: FunctionBody,
  end: number,
  bound: BoundsCheck,
  at: number,
  stride: number,
  scratch: number,
): void {
  const s = Math.abs(stride)
  f.i32(end)
  if (stride > 0) f.get(at)
  else
    f.i32(bound.extent - 1)
      .get(at)
      .op('i32.sub')
  f.op('i32.sub')
  f.set(scratch).get(scratch).i32(0).get(scratch).i32(0).op('i32.gt_s').op('select')
  if (s > 1)
    f.i32(s - 1)
      .op('i32.add')
      .i32(s)
      .op('i32.div_s')
}

/** Replaces a local by the number on the stack if that is greater, or less. */
function replaceIf(
  f: FunctionBody,
  local: number,
  comparison: 'i32.gt_s' | 'i32.lt_s',
  scratch: number,
): void {
  f.set(scratch).get(scratch).get(local).get(scratch).get(local).op(comparison).op('select')
  f.set(local)
}
