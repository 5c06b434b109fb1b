/**
 * Computes the definition like a textbook: for every output, multiply its window with the kernel
 * and add up. One result at a time, without sharing or reordering work.
 *
 * This is article 1's first function, for any rank. It is the program of `strided` with the hint
 * `tile: 'scalar'`.
 */

import type { Algorithm } from './algorithm.ts'
import { unsupportedCopies } from './borders.ts'
import { directCuts, directProgram, isInPlace } from './direct.ts'
import { skipsZeros, unsupportedInPlace } from './in-place.ts'
import { reductionForms } from './reduction.ts'
import { strided } from './strided.ts'

export const naive: Algorithm = {
  name: 'naive',
  summary: 'runs plain loops: for each output, multiplies its window with the kernel and adds up',
  consideredByAuto: () => false,
  unsupportedReason: (g, descriptors) =>
    descriptors.inPlace === true ? unsupportedInPlace(g, descriptors) : unsupportedCopies(g),
  skipsZeroProducts: (g, descriptors) => isInPlace(g, descriptors) && skipsZeros(g),
  isExact: () => true,
  errorBoundFactor: strided.errorBoundFactor,
  cuts: directCuts,
  tiles: reductionForms,
  program: (g, descriptors, lowering) => directProgram(g, descriptors, 'scalar', 'loops', lowering),
}
