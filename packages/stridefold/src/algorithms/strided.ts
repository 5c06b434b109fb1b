/**
 * Windows as memory strides: the kernel is contracted with the input where it lies, through
 * strides, and no window is ever copied.
 *
 * This is what article 1 promises of `as_strided` and what its own reshape undoes. Source: every
 * direct convolution; NumPy's sliding_window_view is the same view.
 */

import type { Algorithm } from './algorithm.ts'
import { refuseCopies } from './borders.ts'
import { directProgram, isInPlace } from './direct.ts'
import { leavesOutZeros, refuseInPlace } from './in-place.ts'
import { polyphaseComponents } from './polyphase.ts'

export const strided: Algorithm = {
  name: 'strided',
  summary:
    'windows as memory strides, contracted with the kernel where they lie: no copy of the ' +
    'input beyond its borders',
  supportsStrips: true,
  unsupportedReason: (g, facts) =>
    facts.inPlace === true ? refuseInPlace(g, facts) : refuseCopies(g),
  skipsZeroProducts: (g, facts) => isInPlace(g, facts) && leavesOutZeros(g),
  isExact: () => true,
  errorBoundFactor(g, _, of = polyphaseComponents(g)) {
    const products = of.map((phase) =>
      phase.reduce((n, axis) => n * axis.taps, g.channels / g.groups),
    )
    return Math.max(0, ...products) + 2
  },
  program: (g, facts) => directProgram(g, facts, 'best', 'contract'),
}
