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

/**
 * Removes the loop with the highest rank from a nest; of equal loops the innermost. An empty nest
 * returns a loop of extent 1 with strides 0.
 */
export function extractLoop(
  nest: readonly StridedLoop[],
  sequences: number,
  rank: (loop: StridedLoop) => number,
): { inner: StridedLoop; outer: StridedLoop[] } {
  const bestIndex = nest.reduce(
    (bestSoFar, loop, l) => (bestSoFar < 0 || rank(loop) >= rank(nest[bestSoFar]!) ? l : bestSoFar),
    -1,
  )
  const inner = nest[bestIndex] ?? { extent: 1, strides: new Array<number>(sequences).fill(0) }
  return { inner, outer: nest.filter((_, l) => l !== bestIndex) }
}
