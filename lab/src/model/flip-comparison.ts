/**
 * The same problem with the kernel turned and unturned: two scenes of the library, each with its
 * own light for the one focus, and what is left when the second result is taken from the first.
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
  /** How many results differ. */
  readonly differenceCount: number
  /** The kernel turned round along its own axes. */
  readonly flipped: NdArray
  /** Whether turning changes no weight, or just the sign of every weight. */
  readonly symmetry: 'same' | 'negated' | 'none'
}

const [input, kernel, bias] = [part('input'), part('kernel'), part('bias')]

const otherViewModel: ReadonlySignal<ViewModel> = computed(() => {
  const g = viewModel.value.geometry
  return viewModelOf({
    problem: formatCase({ ...g, flip: !g.flip }),
    input: input.value,
    kernel: kernel.value,
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
    flipped: flipped,
    symmetry: isEqualWithSign(1) ? 'same' : isEqualWithSign(-1) ? 'negated' : 'none',
  }
})

export type Highlights = Readonly<Record<'convolution' | 'correlation', Highlight>>

/**
 * The light of each of the two for one focus: where one product of a sample goes depends on the
 * way.
 */
export function highlightsOf(pageHighlight: Highlight): Highlights {
  const otherHighlight = highlightOf(otherViewModel.value, pageHighlight.focus)
  // Products are numbered along the window; here they take the number, and so the colour, that
  // their weight has on the rest of the page.
  const size = product(otherViewModel.value.shapes.kernel.slice(2))
  const ofWeight = (tap: number): number => tap - (tap % size) + size - 1 - (tap % size)
  const flipped = {
    ...otherHighlight,
    marks: (name: HighlightName) => otherHighlight.marks(name).renumber(ofWeight),
  }
  return viewModel.value.geometry.flip
    ? { convolution: pageHighlight, correlation: flipped }
    : { convolution: flipped, correlation: pageHighlight }
}

function flipKernel({ geometry: g, kernel: originalKernel }: ViewModel): NdArray {
  const view = flip(
    originalKernel,
    g.axes.map((_, a) => a + 2),
  )
  return contiguous(view)
}
