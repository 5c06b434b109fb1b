/**
 * The textbook: for every output, walk its window, multiply, add. One result at a time, nothing
 * shared, nothing rearranged.
 *
 * Article 1's first function, for any rank. It is the program of `strided` with the wish for a 1×1
 * tile.
 */

import type { Algorithm } from './algorithm.ts'
import { refuseCopies } from './borders.ts'
import { directProgram, isInPlace } from './direct.ts'
import { leavesOutZeros, refuseInPlace } from './in-place.ts'
import { strided } from './strided.ts'

export const naive: Algorithm = {
  name: 'naive',
  summary: 'plain loops: for each output, multiply its window with the kernel and add up',
  consideredByAuto: () => false,
  unsupportedReason: (g, facts) =>
    facts.inPlace === true ? refuseInPlace(g, facts) : refuseCopies(g),
  skipsZeroProducts: (g, facts) => isInPlace(g, facts) && leavesOutZeros(g),
  isExact: () => true,
  errorBoundFactor: strided.errorBoundFactor,
  program: (g, facts) => directProgram(g, facts, 'scalar', 'loops'),
}
