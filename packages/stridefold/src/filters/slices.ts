/**
 * Passes over whole arrays in JavaScript. An asynchronous call pauses between slices of about a
 * millisecond or two, so that a page stays free.
 */

import type { TypedArray } from '../ndarray/dtype.ts'
import type { Eventual } from '../runtime/eventual.ts'
import { pause, type Turn } from '../runtime/turns.ts'

const sliceElements = 2 ** 19

/** Visits [0, count) in slices: [first, end) each. */
export function inSlices(
  count: number,
  visit: (first: number, end: number) => void,
  turn: Turn | undefined,
): Eventual<void> {
  if (turn !== undefined && count > sliceElements) return withPauses(count, visit, turn)
  visit(0, count)
}

async function withPauses(
  count: number,
  visit: (first: number, end: number) => void,
  turn: Turn,
): Promise<void> {
  for (let first = 0; first < count; first += sliceElements) {
    if (first > 0) await pause(turn)
    visit(first, Math.min(count, first + sliceElements))
  }
}

/** Makes all elements positive. */
export const absolute = (data: TypedArray, turn: Turn | undefined): Eventual<void> =>
  inSlices(
    data.length,
    (first, end) => {
      for (let i = first; i < end; i++) data[i] = Math.abs(data[i]!)
    },
    turn,
  )

export type Combination = 'sum' | 'magnitude' | 'max'

/** to[i] = combine(to[i], from[i]): both are dense and of one length. */
export function combineInto(
  to: TypedArray,
  from: TypedArray,
  combine: Combination,
  turn: Turn | undefined,
): Eventual<void> {
  return inSlices(to.length, (first, end) => loops[combine](to, from, first, end), turn)
}

/** One loop for each, so that the compiler sees one operation in it. */
const loops: Readonly<
  Record<Combination, (to: TypedArray, from: TypedArray, first: number, end: number) => void>
> = {
  sum(to, from, first, end) {
    for (let i = first; i < end; i++) to[i] = to[i]! + from[i]!
  },
  magnitude(to, from, first, end) {
    for (let i = first; i < end; i++) to[i] = Math.sqrt(to[i]! * to[i]! + from[i]! * from[i]!)
  },
  max(to, from, first, end) {
    for (let i = first; i < end; i++) to[i] = Math.max(to[i]!, from[i]!)
  },
}
