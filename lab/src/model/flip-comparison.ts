/**
 * The same problem as a convolution and as a correlation: two view models, the highlight of the
 * focus in each, and the difference of the results.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { contiguous, flip, formatCase, type NdArray } from 'stridefold/sync'
import { part } from '../state/store.ts'
import { type Highlight, type HighlightName, highlightOf } from './highlight.ts'
import { arrayOf, product } from './numbers.ts'
import { type ViewModel, viewModelOf } from './view-model.ts'
import { viewModel } from './shared.ts'

export interface FlipComparison {
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

const otherViewModel: ReadonlySignal<ViewModel> = computed(() => {
  const g = viewModel.value.geometry
  return viewModelOf({
    problem: formatCase({ ...g, flip: !g.flip }),
    input: input.value,
    kernel: kernel.value,
    divisor: divisor.value,
    bias: bias.value,
  })
})

export const flipComparison: ReadonlySignal<FlipComparison> = computed(() => {
  const [convolution, correlation] = viewModel.value.geometry.flip
    ? [viewModel.value, otherViewModel.value]
    : [otherViewModel.value, viewModel.value]
  const [a, b] = [convolution.output, correlation.output]
  const difference = arrayOf(
    Array.from(a.data, (value, place) => value - b.data[place]!),
    a.shape,
    convolution.geometry,
  )
  const originalKernel = viewModel.value.kernel
  const flipped = flipKernel(viewModel.value)
  const isEqualWithSign = (sign: number): boolean =>
    originalKernel.data.every((weight, place) => weight === sign * flipped.data[place]!)
  return {
    convolution,
    correlation,
    difference,
    differenceCount: Array.from(difference.data).filter((value) => value !== 0).length,
    symmetry: isEqualWithSign(1) ? 'same' : isEqualWithSign(-1) ? 'negated' : 'none',
  }
})

export type Highlights = Readonly<Record<'convolution' | 'correlation', Highlight>>

/**
 * The highlights of both view models for one focus. They differ, because flipping changes the
 * output that a product belongs to.
 */
export function highlightsOf(pageHighlight: Highlight): Highlights {
  const otherHighlight = highlightOf(otherViewModel.value, pageHighlight.focus)
  // Taps are numbered along the window. In the other view model they are renumbered, so that a
  // weight keeps its number and its colour.
  const size = product(otherViewModel.value.shapes.kernel.slice(2))
  const ofWeight = (tap: number): number => tap - (tap % size) + size - 1 - (tap % size)
  const renumbered = {
    ...otherHighlight,
    marks: (name: HighlightName) => otherHighlight.marks(name).renumber(ofWeight),
  }
  return viewModel.value.geometry.flip
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
