/**
 * The same problem as a convolution and as a correlation: two view models, the highlight of the
 * focus in each, and the difference of the results.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { contiguous, flip, formatCase, type NdArray } from 'stridefold/sync'
import { part } from '../state/store.ts'
import { type Highlight, type HighlightName, highlightOf } from './highlight.ts'
import { modelIn } from './models.ts'
import { arrayOf, product } from './numbers.ts'
import { isComputing, viewModel } from './shared.ts'
import type { ViewModel } from './view-model.ts'

export interface FlipComparison {
  /** The view model of the page's problem: one of the two. */
  readonly given: ViewModel
  readonly convolution: ViewModel
  readonly correlation: ViewModel
  /** Convolution − correlation. */
  readonly difference: NdArray
  /** The number of results that differ. */
  readonly differenceCount: number
  /** Whether flipping leaves every weight unchanged, only negates every weight, or neither. */
  readonly symmetry: 'same' | 'negated' | 'none'
}

const [input, kernel, divisor, bias] = [
  part('input'),
  part('kernel'),
  part('divisor'),
  part('bias'),
]

const otherViewModel: ReadonlySignal<ViewModel | undefined> = computed(() => {
  const g = viewModel.value.geometry
  return modelIn('flip', {
    problem: formatCase({ ...g, flip: !g.flip }),
    input: input.value,
    kernel: kernel.value,
    divisor: divisor.value,
    bias: bias.value,
  }).value
})

let last: FlipComparison | undefined

/**
 * Undefined while the other result of a large problem is computed. If only the numbers change, the
 * last comparison stays until the next one is there.
 */
export const flipComparison: ReadonlySignal<FlipComparison | undefined> = computed(() => {
  const other = otherViewModel.value
  if (other && !isComputing.value) last = comparisonOf(viewModel.value, other)
  return last?.given.geometry.key === viewModel.value.geometry.key ? last : undefined
})

function comparisonOf(given: ViewModel, other: ViewModel): FlipComparison {
  const [convolution, correlation] = given.geometry.flip ? [given, other] : [other, given]
  const difference = arrayOf(convolution.output.data, convolution.shapes.output, given.geometry)
  let differenceCount = 0
  for (let place = 0; place < difference.data.length; place++) {
    difference.data[place]! -= correlation.output.data[place]!
    if (difference.data[place] !== 0) differenceCount++
  }
  const flipped = flipKernel(given)
  const isEqualWithSign = (sign: number): boolean =>
    given.kernel.data.every((weight, place) => weight === sign * flipped.data[place]!)
  return {
    given,
    convolution,
    correlation,
    difference,
    differenceCount,
    symmetry: isEqualWithSign(1) ? 'same' : isEqualWithSign(-1) ? 'negated' : 'none',
  }
}

export type Highlights = Readonly<Record<'convolution' | 'correlation', Highlight>>

/**
 * The highlights of both view models for one focus. They differ, because flipping changes the
 * output that a product belongs to.
 */
export function highlightsOf(
  { given, convolution, correlation }: FlipComparison,
  pageHighlight: Highlight,
): Highlights {
  const other = given === convolution ? correlation : convolution
  const otherHighlight = highlightOf(other, pageHighlight.focus)
  // Taps are numbered along the window. In the other view model they are renumbered, so that a
  // weight keeps its number and its colour.
  const size = product(other.shapes.kernel.slice(2))
  const ofWeight = (tap: number): number => tap - (tap % size) + size - 1 - (tap % size)
  const renumbered = {
    ...otherHighlight,
    marks: (name: HighlightName) => otherHighlight.marks(name).renumber(ofWeight),
  }
  return given === convolution
    ? { convolution: pageHighlight, correlation: renumbered }
    : { convolution: renumbered, correlation: pageHighlight }
}

function flipKernel({ geometry: g, kernel: originalKernel }: ViewModel): NdArray {
  const view = flip(
    originalKernel,
    g.axes.map((_, a) => a + 2),
  )
  return contiguous(view)
}
