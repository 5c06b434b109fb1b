/**
 * Reads the windows through memory strides: the kernel is contracted with the input where it lies,
 * and no window is copied.
 *
 * Article 1 introduces `as_strided` for this purpose; its reshape then copies all windows. Source:
 * every direct convolution; NumPy's sliding_window_view is the same view.
 */

import type { Algorithm } from './algorithm.ts'
import { unsupportedCopies } from './borders.ts'
import { directCuts, directProgram, directWork, isInPlace } from './direct.ts'
import { skipsZeros, unsupportedInPlace } from './in-place.ts'
import { integerWeights } from './integers.ts'
import { polyphaseComponents } from './polyphase.ts'
import { reductionForms } from './reduction.ts'

export const strided: Algorithm = {
  name: 'strided',
  summary: 'reads the windows through memory strides: copies only the samples near borders',
  unsupportedReason: (g, descriptors) =>
    descriptors.inPlace === true ? unsupportedInPlace(g, descriptors) : unsupportedCopies(g),
  skipsZeroProducts: (g, descriptors) => isInPlace(g, descriptors) && skipsZeros(g),
  isExact: () => true,
  sumsIntegers(g, descriptors) {
    const whole = integerWeights(g, descriptors)
    return whole !== undefined && whole.pairs === undefined
  },
  errorBoundFactor(g, _, of = polyphaseComponents(g)) {
    const products = of.map((component) =>
      component.reduce((n, axis) => n * axis.taps, g.channels / g.groups),
    )
    return Math.max(0, ...products) + 2
  },
  cuts: directCuts,
  tiles: reductionForms,
  program: (g, descriptors, lowering) =>
    directProgram(g, descriptors, 'best', 'contract', lowering),
  programWork: (g, descriptors, lowering) =>
    directWork(g, descriptors, 'best', 'contract', lowering),
}
