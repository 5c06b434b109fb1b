/**
 * The loops of a step, as few as possible, with one view per address sequence
 * (ndarray/loops.ts).
 */

import { axisLoops, mergeLoops, type StridedLoop } from '../../ndarray/loops.ts'
import type { Loop } from '../../program/steps.ts'

/** The loops with their strides in each address sequence, merged where all sequences allow it. */
export const nestOf = (
  loops: readonly Loop[],
  sequences: readonly (readonly number[])[],
): StridedLoop[] =>
  mergeLoops(
    axisLoops(
      loops.map(({ extent }) => extent),
      ...sequences,
    ),
  )

/** A loop that runs once. `sequences`: the number of its strides. */
export const once = (sequences: number): StridedLoop => ({
  extent: 1,
  strides: new Array<number>(sequences).fill(0),
})

/**
 * Removes the loop with the highest rank from a nest; of equal loops the innermost. An empty nest
 * returns `none`.
 */
export function extractLoop<L extends StridedLoop>(
  nest: readonly L[],
  none: L,
  rank: (loop: L) => number,
): { inner: L; outer: L[] } {
  const bestIndex = nest.reduce(
    (bestSoFar, loop, l) => (bestSoFar < 0 || rank(loop) >= rank(nest[bestSoFar]!) ? l : bestSoFar),
    -1,
  )
  return { inner: nest[bestIndex] ?? none, outer: nest.filter((_, l) => l !== bestIndex) }
}
